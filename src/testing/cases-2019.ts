/**
 * Files of tests in the 2019 dialect. A comment begins a case, which goes to the next one; a comment behind a statement tells what it gives.
 *
 *     /* thingsc: load lamps.t19 *\/
 *     desk = {watts: 5};
 *
 *     /* test: a lamp needs power *\/
 *     (desk.watts / 2);     /* => 2.5 *\/
 *     desk.price;           /* => INDEX_ERROR *\/
 *
 * For each case, in a store of its own: the scripts that are loaded run, then the statements before the first case and those of the case, as one query.
 */
import { parseTolerant } from '../../grammar/2019/parser.ts';
import type { Comment, Expr, Span } from '../ast/nodes.ts';
import { CASE_FUNCTIONS, type CaseMode } from '../ast/test-file.ts';
import { toBytes } from '../utf8.ts';
import { ERRORS_2019 } from '../wire/errors-2019.ts';
import { type Case, type Expectation, problem, readComments, type TestScript } from './cases.ts';
import { packedJson } from './expected.ts';

const CASE = new RegExp(`^/\\*\\s*(${[...CASE_FUNCTIONS.keys()].join('|')}):\\s*(.*?)\\s*\\*/$`, 's');
const EXPECTED = /^\/\*\s*=>\s*(.*?)\s*\*\/$/s;

/** A case while its statements are found; the one before all others has no name. */
interface Part {
  readonly name: string;
  readonly mode: CaseMode;
  readonly at: Span;
  readonly statements: Expr[];
  readonly expected: Expectation[];
}

class Reader {
  readonly problems: ReturnType<typeof problem>[] = [];
  readonly parts: Part[] = [{ name: '', mode: 'run', at: { start: 0, end: 0 }, statements: [], expected: [] }];

  private get part(): Part {
    return this.parts.at(-1) as Part;
  }

  statement(statement: Expr): void {
    const { statements, expected } = this.part;
    const before = expected.at(-1);
    if (before !== undefined && 'error' in before && before.index === statements.length - 1) {
      this.problems.push(problem(before.at, 'nothing runs behind an error: it has to be the last of its case'));
    }
    statements.push(statement);
  }

  /** A comment inside of a statement. */
  inside(comment: Comment): void {
    if (CASE.test(comment.text)) this.problems.push(problem(comment, 'a case begins between statements; is a `;` missing before it?'));
    if (EXPECTED.test(comment.text)) this.problems.push(problem(comment, 'what a statement gives is told once, behind the statement'));
  }

  comment(comment: Comment): void {
    const [, word = '', name = ''] = CASE.exec(comment.text) ?? [];
    const mode = CASE_FUNCTIONS.get(word);
    if (mode !== undefined) {
      if (name === '') this.problems.push(problem(comment, 'a case has a name: `/* test: name */`'));
      this.parts.push({ name, mode, at: comment, statements: [], expected: [] });
    }
    const [, text] = EXPECTED.exec(comment.text) ?? [];
    if (text !== undefined) this.expected(comment, text);
  }

  private expected(at: Comment, text: string): void {
    const { statements, expected } = this.part;
    const index = statements.length - 1;
    if (index < 0 || expected.at(-1)?.index === index) {
      this.problems.push(problem(at, 'what a statement gives is told once, behind the statement'));
      return;
    }
    const packed = packedJson(text);
    if (ERRORS_2019.has(text)) expected.push({ index, at, text, error: text });
    else if (packed !== null) expected.push({ index, at, text, value: packed });
    else
      this.problems.push(
        problem(at, toBytes('behind `=>` stands a value in JSON, such as 2.0, "text", [1] or null, or the name of an error')),
      );
  }

  cases(): Case[] {
    const [first, ...others] = this.parts as [Part, ...Part[]];
    const ends = first.expected.find((each) => 'error' in each);
    if (ends !== undefined) this.problems.push(problem(ends.at, 'nothing runs behind an error, so that none can stand before the cases'));
    return others.map(({ name, mode, at, statements, expected }) => ({
      name,
      mode,
      at,
      statements: mode === 'todo' && statements.length === 0 ? null : [...first.statements, ...statements],
      expected: [...first.expected, ...expected.map((each) => ({ ...each, index: each.index + first.statements.length }))],
    }));
  }
}

/** Reads the text of a file of tests (a byte string). */
export function readTests2019(text: string): TestScript {
  const { script, diagnostics } = parseTolerant(text);
  const reader = new Reader();
  const parts: readonly (Expr | Comment)[] = [...script.body, ...script.comments].sort((a, b) => a.start - b.start);
  let end = 0;
  for (const part of parts) {
    if ('kind' in part) {
      reader.statement(part);
      end = part.end;
    } else if (part.start >= end) reader.comment(part);
    else reader.inside(part);
  }
  const cases = reader.cases();
  return { script, ...readComments(script.comments), cases, problems: [...diagnostics, ...reader.problems] };
}
