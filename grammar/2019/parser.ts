/** From source text in the 2019 dialect to syntax tree: the entry to the grammar. */
import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken, type TokenType, tokenLabel } from 'chevrotain';
import type { Diagnostic } from '../../src/ast/diagnostic.ts';
import type { ArrowLiteral, Script } from '../../src/ast/nodes.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { ErrorLimit, Stop } from '../v1/error-limit.ts';
import { failure } from '../v1/errors.ts';
import type { Tokens } from '../v1/lexer.ts';
import { intValue } from '../v1/literals.ts';
import type { Outcome } from '../v1/tolerant.ts';
import { Grammar } from './grammar.ts';
import { tokenize } from './lexer.ts';
import * as t from './tokens.ts';

/** How the parser speaks of a token type. */
const WORDS: Readonly<Record<string, string>> = {
  Identifier: 'a name',
  Name: 'a name',
  Int: 'a whole number',
  AssignOperator: 'an assignment',
  BinaryOperator: 'an operator',
  Semicolon: '`;`',
};

const label = (type: TokenType): string => WORDS[type.name] ?? `\`${typeof type.PATTERN === 'string' ? type.PATTERN : tokenLabel(type)}\``;

function describe(token: IToken): string {
  if (token.tokenType === EOF) return ENDING;
  if (token.tokenType === t.OpenString) return 'a string that is not closed';
  if (token.tokenType === t.OpenComment) return 'a comment that is not closed';
  // A right number behind an operand is none in the tokens: see there.
  if (token.tokenType === t.BadNumber && !/^\d+(?:\.\d+)?$/.test(token.image)) return `a malformed number: \`${token.image.slice(0, 20)}\``;
  if (token.tokenType.CATEGORIES?.includes(t.BinaryOperator)) return `\`${token.image}\` outside of parentheses`;
  return `\`${token.image.slice(0, 20)}\``;
}

const ENDING = 'the end of the text';
/** What ends the message on a place where the text could end, until it is known what else could stand there. */
const OR_ENDING = `expected or ${ENDING}`;

const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) =>
    `found ${describe(actual)}, ${expected === EOF ? OR_ENDING : `expected ${label(expected)}`}`,
  buildNoViableAltMessage: ({ actual }) => `found ${describe(actual[0] as IToken)}, expected an expression`,
  buildEarlyExitMessage: ({ actual }) => `found ${describe(actual[0] as IToken)}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }) => `found ${describe(firstRedundant)}, expected \`;\` or ${ENDING}`,
};

const limit = new ErrorLimit();

const INSERTED: ReadonlySet<TokenType> = new Set([t.RParen, t.RBracket, t.RBrace, t.Semicolon, t.Colon]);

export class Parser extends Grammar {
  private readonly found: Diagnostic[] = [];
  private text = '';

  constructor(recover: boolean) {
    super(recover, recover ? limit.counting(messages) : messages);
  }

  /** The tree as far as it goes, and the errors in the order of the text. */
  parse({ tokens, text }: Tokens): Outcome {
    this.restart();
    limit.restart();
    this.found.length = 0;
    this.text = text;
    this.input = tokens;
    try {
      this.script();
    } catch (error) {
      if (error instanceof RangeError) this.found.push(this.diagnostic(this.LA(1), 'nested too deep for what is left of the stack'));
      else if (!(error instanceof Stop)) throw error;
    }
    const errors = this.errors.map((error: IRecognitionException) => this.diagnostic(error.token, this.messageOf(error)));
    const diagnostics = [...this.found, ...errors].sort((a, b) => a.start - b.start);
    return { body: this.statements.slice(), separators: this.separators.slice(), diagnostics };
  }

  /** Where the text could end, so could a statement stand at its start and behind a `;`, and a `;` behind a statement. */
  private messageOf({ token, message }: IRecognitionException): string {
    if (!message.endsWith(OR_ENDING)) return message;
    const tokens = this.input;
    const before = tokens[tokens.indexOf(token) - 1];
    const isStart = before === undefined || before.tokenType === t.Semicolon;
    return `${message.slice(0, -OR_ENDING.length)}expected ${isStart ? 'an expression' : '`;`'} or ${ENDING}`;
  }

  /** Only what no node takes its place from. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return INSERTED.has(type);
  }

  protected override misplaced(token: IToken): string {
    return `found ${describe(token)}, expected an expression or ${ENDING}`;
  }

  protected override report(token: IToken, problem: string): void {
    this.found.push(this.diagnostic(token, problem));
  }

  protected override abort(token: IToken, problem: string): never {
    this.report(token, problem);
    throw new Stop();
  }

  protected override intOf(token: IToken): number | bigint | null {
    const value = intValue(token.image);
    if (value === null) this.found.push({ ...this.diagnostic(token, 'the number does not fit in 64 bit'), code: ErrorCode.OVERFLOW });
    return value;
  }

  private diagnostic(token: IToken, message: string): Diagnostic {
    // Behind the end of the text there is no place.
    const start = Number.isNaN(token.startOffset) || token.startOffset < 0 ? this.text.length : token.startOffset;
    return { code: ErrorCode.SYNTAX, severity: 'error', message, start, end: start + token.image.length };
  }
}

const scriptOf = ({ comments, text }: Tokens, body: Outcome['body']): Script => ({
  kind: 'Script',
  body,
  comments,
  start: 0,
  end: text.length,
});

const strict = new Parser(false);
/** Made when the first text with errors comes. */
let tolerant: Parser | null = null;

/**
 * Parses a whole text.
 *
 * @param source a byte string; a NUL byte ends the text
 * @throws TiError at the first error, with its byte offset as `start`: SYNTAX, or OVERFLOW for an int literal beyond 64 bit
 */
export function parse(source: string): Script {
  const tokens = tokenize(source);
  const { body, diagnostics } = strict.parse(tokens);
  // What is no text at all comes first: the size of a number matters in a text that can be read.
  const first = diagnostics.find((d) => d.code === ErrorCode.SYNTAX) ?? diagnostics[0];
  if (first === undefined) return scriptOf(tokens, body);
  if (first.code === ErrorCode.SYNTAX) throw failure(tokens.text, first.start, first.message);
  const error = new TiError(first.code, first.message);
  error.start = first.start;
  throw error;
}

/**
 * Parses the text of one arrow function, such as `x => (x + 1)`.
 *
 * @throws TiError with code SYNTAX when the text is anything else
 */
export function parseArrow(source: string): ArrowLiteral {
  const { body } = parse(source);
  const [arrow, next] = body;
  if (arrow?.kind !== 'ArrowLiteral') throw failure(source, arrow?.start ?? 0, 'expected an arrow function');
  if (next !== undefined) throw failure(source, next.start, 'expected nothing behind the arrow function');
  return arrow;
}

/**
 * Parses a text for a tool: goes on behind errors, and puts an `ErrorExpr` where something could not be parsed. Never throws.
 *
 * @returns the tree, and the errors in the order of the text; none when the text is right
 */
export function parseTolerant(source: string): { script: Script; diagnostics: readonly Diagnostic[] } {
  const tokens = tokenize(source);
  const { body, diagnostics } = parseSplit(tokens);
  return { script: scriptOf(tokens, body), diagnostics };
}

/** As `parseTolerant`, of a text that is split into tokens already. */
export function parseSplit(split: Tokens): Outcome {
  const first = strict.parse(split);
  if (first.diagnostics.length === 0) return first;
  tolerant ??= new Parser(true);
  return tolerant.parse(split);
}
