/** From source text to syntax tree: the entry to the grammar. */
import type { Diagnostic } from '../../src/ast/diagnostic.ts';
import type { ClosureLiteral, Script } from '../../src/ast/nodes.ts';
import { TiError } from '../../src/errors.ts';
import { failure } from './errors.ts';
import { LeanParser } from './lean.ts';
import { type Tokens, tokenize } from './lexer.ts';
import { type Outcome, TolerantParser } from './tolerant.ts';

const parser = new LeanParser();
/** Made when the first text with errors comes. */
let tolerant: TolerantParser | null = null;

/**
 * Parses a whole text.
 *
 * @param source a byte string; a NUL byte ends the text
 * @throws TiError with code SYNTAX at the first error; its `start` is the byte offset of the place
 */
export function parse(source: string): Script {
  return parseTokens(tokenize(source));
}

function parseTokens({ tokens, comments, text }: Tokens): Script {
  const body = parser.parse(parser.script, text, tokens).slice();
  return { kind: 'Script', body, comments, start: 0, end: text.length };
}

/**
 * Parses the text of one closure, such as `|x| x + 1`.
 *
 * @throws TiError with code SYNTAX when the text is anything else
 */
export function parseClosure(source: string): ClosureLiteral {
  const { body } = parse(source);
  const [closure, ...rest] = body;
  if (closure?.kind !== 'ClosureLiteral') throw failure(source, closure?.start ?? 0, 'expected a closure');
  const [next] = rest;
  if (next !== undefined) throw failure(source, next.start, 'expected nothing behind the closure');
  return closure;
}

/**
 * Parses a text for a tool: goes on behind errors, and puts an `ErrorExpr` where something could not be parsed. Never throws.
 *
 * @returns the tree, and the errors in the order of the text; none when the text is right
 */
export function parseTolerant(source: string): { script: Script; diagnostics: readonly Diagnostic[] } {
  const split = tokenize(source);
  const { comments, text } = split;
  const { body, diagnostics } = parseSplit(split);
  return { script: { kind: 'Script', body, comments, start: 0, end: text.length }, diagnostics };
}

/** As `parseTolerant`, of a text that is split into tokens already. */
export function parseSplit(split: Tokens): Outcome {
  try {
    const body = parser.parse(parser.script, split.text, split.tokens).slice();
    return { body, separators: parser.divisions(), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    return recover(split, error);
  }
}

function recover(split: Tokens, first: TiError): Outcome {
  tolerant ??= new TolerantParser();
  try {
    return tolerant.recover(split);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const end = split.text.length;
    const message = first.message.replace(/^syntax error at line \d+, column \d+: /, '');
    const diagnostic: Diagnostic = { code: first.code, severity: 'error', message, start: first.start, end: first.start };
    return { body: [{ kind: 'ErrorExpr', start: 0, end }], separators: [], diagnostics: [diagnostic] };
  }
}
