/** Whether a text may become one that can be parsed when more is written behind it. */
import { EOF, type TokenType } from 'chevrotain';
import { tokenize as tokenize2019 } from '../../grammar/2019/lexer.ts';
import { parse as parse2019 } from '../../grammar/2019/parser.ts';
import * as t2019 from '../../grammar/2019/tokens.ts';
import { tokenize } from '../../grammar/v1/lexer.ts';
import { parse } from '../../grammar/v1/parser.ts';
import * as v1 from '../../grammar/v1/tokens.ts';
import type { Script } from '../ast/nodes.ts';
import { ErrorCode, TiError } from '../errors.ts';

/** What only the end of the text closes. */
const OPEN: ReadonlySet<TokenType> = new Set([EOF, v1.OpenString, v1.OpenComment, t2019.OpenString, t2019.OpenComment]);

/** Without what follows a condition, `if (x)` is the call of a function: one that nobody has. */
function endsInCondition({ body, end }: Script): boolean {
  const last = body.at(-1);
  return last?.kind === 'CallExpr' && last.callee.name === 'if' && last.end === end;
}

/** The parsers stop at the first token that cannot stand where it does: when that is the end, all before is right so far. */
export function isUnfinished(text: string, dialect: 'v1' | '2019'): boolean {
  try {
    if (dialect === '2019') parse2019(text);
    else return endsInCondition(parse(text.trimEnd()));
    return false;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    if (error.code !== ErrorCode.SYNTAX) return false;
    const { tokens } = dialect === '2019' ? tokenize2019(text) : tokenize(text);
    const at = tokens.find(({ startOffset }) => startOffset >= error.start);
    return at !== undefined && OPEN.has(at.tokenType);
  }
}
