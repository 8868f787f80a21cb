/** The words of syntax errors. Texts here are byte strings, as they quote the source. */
import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import { lineColumn } from '../../src/ast/position.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import * as t from './tokens.ts';

const MAX_QUOTE = 30;

/** How the parts of a rule are told apart from what may stand between and after them. */
interface Parts {
  readonly item: string;
  readonly separator: TokenType | null;
  readonly close: TokenType;
  /** Whether the items are statements, so that an operator may follow one. */
  readonly operators: boolean;
}

const rules: Readonly<Record<string, Parts>> = {
  script: { item: 'a value', separator: t.Semicolon, close: EOF, operators: true },
  block: { item: 'a value', separator: t.Semicolon, close: t.RBrace, operators: true },
  args: { item: 'a value', separator: t.Comma, close: t.RParen, operators: true },
  array: { item: 'a value', separator: t.Comma, close: t.RBracket, operators: true },
  index: { item: 'a value', separator: t.Colon, close: t.RBracket, operators: true },
  fields: { item: 'a name', separator: t.Comma, close: t.RBrace, operators: true },
  closure: { item: 'a name', separator: t.Comma, close: t.Bar, operators: false },
  loop: { item: 'a name', separator: t.Comma, close: t.In, operators: false },
  conditional: { item: 'a value', separator: null, close: t.RParen, operators: true },
  parenthesis: { item: 'a value', separator: null, close: t.RParen, operators: true },
  template: { item: 'a value', separator: null, close: t.RBrace, operators: true },
  statement: { item: 'a value', separator: null, close: t.Colon, operators: true },
};

const openers = new Set([t.LParen, t.LBracket, t.LBrace, t.TemplateOpen, t.Comma, t.Semicolon, t.Colon, t.Bar]);

function label(type: TokenType): string {
  if (type === EOF) return 'the end of the text';
  if (type === t.Identifier) return 'a name';
  if (type === t.TemplateEnd) return 'a back-tick that closes the template';
  const pattern = type.PATTERN;
  if (typeof pattern === 'string') return `\`${pattern}\``;
  return `\`${type.name.toLowerCase()}\``;
}

/**
 * What could stand where a rule found something else.
 *
 * @param expected the token that the rule asked for, or null when none of its alternatives fits
 * @param previous the token before the place
 */
export function expectations(rule: string, expected: TokenType | null, previous: IToken): string[] {
  if (previous.tokenType === t.If || previous.tokenType === t.For) return ['`(`'];
  if (expected === null) return rule === 'enumMember' ? ['a name', 'a closure'] : ['a value'];
  const parts = rules[rule];
  if (parts === undefined || parts.close !== expected) return [label(expected)];
  const list: string[] = [];
  if (openers.has(previous.tokenType) || previous.tokenType === EOF) list.push(parts.item);
  else {
    if (parts.operators) list.push('an operator');
    if (parts.separator !== null) list.push(label(parts.separator));
  }
  list.push(label(expected));
  return list;
}

/** The bytes of a token, or the part of them that a message has room for; characters of several bytes stay whole. */
function quote(token: IToken, source: string): string {
  const { image, startOffset } = token;
  let end = startOffset + Math.min(image.length, MAX_QUOTE);
  while (end < source.length && (source.charCodeAt(end) & 0xc0) === 0x80) end++;
  const newline = source.indexOf('\n', startOffset);
  if (newline > startOffset && newline < end) end = newline;
  const text = source.slice(startOffset, end).trimEnd();
  return `\`${text}${end < startOffset + image.length ? '...' : ''}\``;
}

function describe(token: IToken, source: string): string {
  switch (token.tokenType) {
    case EOF:
      return 'the end of the text';
    case t.OpenString:
      return `a string that is not closed: ${quote(token, source)}`;
    case t.OpenComment:
      return `a comment that is not closed: ${quote(token, source)}`;
    case t.BadNumber:
      return `a malformed number: ${quote(token, source)}`;
    case t.TemplateStart:
    case t.TemplateEnd:
      return 'a back-tick';
    case t.Unknown: {
      const code = token.image.charCodeAt(0);
      const control = code < 0x20 || code === 0x7f;
      return control ? `byte 0x${code.toString(16).padStart(2, '0')}` : quote(token, source);
    }
    default:
      return quote(token, source);
  }
}

/** Joins `a`, `b` and `c` to `a, b or c`. */
function either(list: readonly string[]): string {
  if (list.length < 2) return list.join('');
  return `${list.slice(0, -1).join(', ')} or ${list[list.length - 1]}`;
}

/** `found ..., expected ...`. */
export function problemWith(token: IToken, expected: readonly string[], source: string): string {
  // A rule may have had its fill of what it names here.
  const rest = expected.filter((each) => each !== label(token.tokenType));
  return `found ${describe(token, source)}, expected ${either(rest)}`;
}

/** A syntax error at a byte offset of the source. */
export function failure(source: string, offset: number, problem: string): TiError {
  const { line, column } = lineColumn(source, offset);
  const error = new TiError(ErrorCode.SYNTAX, `syntax error at line ${line}, column ${column}: ${problem}`);
  error.start = offset;
  return error;
}

/**
 * Chevrotain's errors carry in their message what `expectations` needs: the rule and the name of the token that it asked for. The words are found later, as
 * the token before the place is not always known when the error is made.
 */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) => `${ruleName} ${expected.name}`,
  buildNoViableAltMessage: ({ ruleName }) => ruleName,
  buildEarlyExitMessage: ({ ruleName }) => ruleName,
  buildNotAllInputParsedMessage: () => 'script EOF',
};

const types = new Map([...t.vocabulary, EOF].map((type) => [type.name, type]));

/** What was expected where Chevrotain found an error, behind the token `previous`. */
export function expectedBy(error: { readonly message: string }, previous: IToken): string[] {
  const [rule = '', type = ''] = error.message.split(' ');
  return expectations(rule, types.get(type) ?? null, previous);
}
