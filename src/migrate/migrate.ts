/**
 * From a script in the 2019 dialect to one of today.
 *
 * The tree gives a text of today's language in one pass; the formatter then lays it out. Between statements the source is copied, so comments and empty
 * lines stay. What has no exact counterpart is marked by a comment that begins with `2019:`, and told as a remark.
 */
import { parse } from '../../grammar/2019/parser.ts';
import { format } from '../../grammar/v1/format.ts';
import type { Expr, Script, Span } from '../ast/nodes.ts';
import { Calls } from './calls.ts';
import { chooseNames } from './variables.ts';

export interface Note extends Span {
  readonly message: string;
}

export interface Migrated {
  /** The script in today's language, formatted. */
  readonly text: string;
  /** What has no exact counterpart, in the order of the source. */
  readonly notes: readonly Note[];
}

/**
 * Migrates a script (a byte string).
 *
 * @throws TiError with code SYNTAX or OVERFLOW when it is no script of the dialect
 */
export function migrate(source: string): Migrated {
  const nul = source.indexOf('\0');
  const text = nul < 0 ? source : source.slice(0, nul);
  const script = parse(text);
  const names = chooseNames(script);
  const calls = new Calls(script, names);
  const parts = names.holder === null ? [] : [`${names.holder} = {};\n`];
  let from = 0;
  script.body.forEach((statement, i) => {
    parts.push(text.slice(from, statement.start));
    calls.comments.skip(statement.start);
    const isLast = i === script.body.length - 1;
    if (isLast && i > 0) calls.note(script.body[0] as Expr, `the answer is that of the last of ${i + 1} statements, not of each`);
    parts.push(calls.statement(statement, isLast));
    from = statement.end;
  });
  const first = script.body[0];
  if (first === undefined) calls.note(script, 'the answer is nil, where it was an empty array');
  const marked = headed(parts, script) + text.slice(from);
  return { text: format(marked), notes: [...calls.notes].sort((a, b) => a.start - b.start) };
}

/** The text so far. A script with several results says at its top that they became one. */
function headed(parts: readonly string[], { body }: Script): string {
  const head = body.length > 1 ? `/* 2019: the answer was that of each of ${body.length} statements. */\n` : '';
  return head + parts.join('');
}
