/**
 * The tokens of the 2019 dialect. Source text is a byte string, so character classes name ASCII sets.
 *
 * A `/` may open a regular expression, and a sign belong to the number behind it, only where an operand may stand; the token before it tells.
 */
import {
  type CustomPatternMatcherFunc,
  type CustomPatternMatcherReturn,
  createToken,
  type IToken,
  type ITokenConfig,
  Lexer,
  type TokenType,
} from 'chevrotain';
import { matchBlockComment, matchString } from '../v1/scanners.ts';

const token = (name: string, pattern: NonNullable<ITokenConfig['pattern']>, rest: Partial<ITokenConfig> = {}): TokenType =>
  createToken({ name, pattern, ...rest });

export const Identifier = token('Identifier', Lexer.NA);
export const Constant = token('Constant', Lexer.NA);
export const BinaryOperator = token('BinaryOperator', Lexer.NA);
export const AssignOperator = token('AssignOperator', Lexer.NA);

export const Whitespace = token('Whitespace', /[ \t\n\v\f\r]+/, { group: Lexer.SKIPPED, line_breaks: true });
export const BlockComment = token(
  'BlockComment',
  { exec: matchBlockComment },
  { group: 'comments', start_chars_hint: ['/'], line_breaks: true },
);

const keyword = (name: string, text: string): TokenType =>
  token(name, new RegExp(`${text}(?![0-9A-Za-z_])`), { categories: [Identifier, Constant] });
export const Nil = keyword('Nil', 'nil');
export const True = keyword('True', 'true');
export const False = keyword('False', 'false');
export const Name = token('Name', /[A-Za-z_][0-9A-Za-z_]*/, { categories: [Identifier] });
export const Temp = token('Temp', /\$[A-Za-z_][0-9A-Za-z_]*/);

export const LParen = token('LParen', '(');
export const RParen = token('RParen', ')');
export const LBracket = token('LBracket', '[');
export const RBracket = token('RBracket', ']');
export const LBrace = token('LBrace', '{');
export const RBrace = token('RBrace', '}');
export const Comma = token('Comma', ',');
export const Semicolon = token('Semicolon', ';');
export const Colon = token('Colon', ':');
export const Question = token('Question', '?');
export const Dot = token('Dot', '.');
export const Arrow = token('Arrow', '=>');
export const Bang = token('Bang', '!');

const scan = (pattern: RegExp): CustomPatternMatcherFunc => {
  return (text, offset, tokens): CustomPatternMatcherReturn | null => {
    if (!operandExpected(tokens)) return null;
    pattern.lastIndex = offset;
    return pattern.exec(text) as CustomPatternMatcherReturn | null;
  };
};

const digits = [...'0123456789'];
export const Float = token(
  'Float',
  { exec: scan(/[-+]?(?:[0-9]*\.[0-9]+(?:e[+-][0-9]+)?|inf|nan)(?![0-9A-Za-z_])/y) },
  { start_chars_hint: [...digits, '+', '-', '.', 'i', 'n'], line_breaks: false },
);
export const Int = token(
  'Int',
  { exec: scan(/[-+]?(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+)(?![0-9A-Za-z_]|\.[0-9])/y) },
  { start_chars_hint: [...digits, '+', '-'], line_breaks: false },
);
/** One line; the pattern ends at the first slash without a backslash before it. */
export const Regex = token(
  'Regex',
  { exec: scan(/\/(?:[^/\\\n*]|\\[^\n])(?:[^/\\\n]|\\[^\n])*\/i?(?![0-9A-Za-z_])/y) },
  { start_chars_hint: ['/'], line_breaks: false },
);
export const StringText = token('String', { exec: matchString }, { start_chars_hint: ["'", '"'], line_breaks: true });

const binary = (name: string, text: string): TokenType => token(name, text, { categories: [BinaryOperator] });
const IntDiv = binary('IntDiv', '//');
const Star = binary('Star', '*');
const Slash = binary('Slash', '/');
const Percent = binary('Percent', '%');
const Plus = binary('Plus', '+');
const Minus = binary('Minus', '-');
const AmpAmp = binary('AmpAmp', '&&');
const BarBar = binary('BarBar', '||');
const Amp = binary('Amp', '&');
const Caret = binary('Caret', '^');
const Bar = binary('Bar', '|');
const LessEqual = binary('LessEqual', '<=');
const GreaterEqual = binary('GreaterEqual', '>=');
const Equal = binary('Equal', '==');
const NotEqual = binary('NotEqual', '!=');
const Less = binary('Less', '<');
const Greater = binary('Greater', '>');

const assign = (name: string, text: string): TokenType => token(name, text, { categories: [AssignOperator] });
const assignments = [
  assign('IntDivAssign', '//='),
  assign('PlusAssign', '+='),
  assign('MinusAssign', '-='),
  assign('StarAssign', '*='),
  assign('SlashAssign', '/='),
  assign('PercentAssign', '%='),
  assign('AmpAssign', '&='),
  assign('CaretAssign', '^='),
  assign('BarAssign', '|='),
];
const Assign = assign('Assign', '=');

// What no rule accepts: the lexer never fails, so that every error has one source, the parser.
export const BadNumber = token('BadNumber', /[0-9][0-9A-Za-z_.]*/);
export const OpenComment = token('OpenComment', /\/\*[\s\S]*/, { line_breaks: true });
export const OpenString = token('OpenString', /['"][\s\S]*/, { line_breaks: true });
/** A character of UTF-8 as a whole, or one byte. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: any character at all is meant.
export const Unknown = token('Unknown', /[\xc2-\xf4][\x80-\xbf]{1,3}|[\u0000-\uffff]/, { line_breaks: true });

/** Tokens that end an operand, by name, since the tokens themselves are built on `operandExpected`. */
const ENDS_OPERAND = new Set([
  'Nil',
  'True',
  'False',
  'Name',
  'Temp',
  'RParen',
  'RBracket',
  'RBrace',
  'Float',
  'Int',
  'Regex',
  'String',
  'BadNumber',
  'Dot',
]);

/** Whether an operand may stand behind these tokens. A dot wants a name, which must not be read as `inf` or `nan`. */
function operandExpected(tokens: readonly IToken[]): boolean {
  const last = tokens[tokens.length - 1];
  return last === undefined || !ENDS_OPERAND.has(last.tokenType.name);
}

/** In each place the first token that matches wins, so longer operators stand before their beginnings. */
export const vocabulary: TokenType[] = [
  Whitespace,
  BlockComment,
  Regex,
  Float,
  Int,
  BadNumber,
  Nil,
  True,
  False,
  Name,
  Temp,
  OpenComment,
  StringText,
  OpenString,
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Comma,
  Semicolon,
  Colon,
  Question,
  Dot,
  Arrow,
  ...assignments,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Assign,
  AmpAmp,
  BarBar,
  IntDiv,
  Star,
  Slash,
  Percent,
  Plus,
  Minus,
  Amp,
  Caret,
  Bar,
  Less,
  Greater,
  Bang,
  Unknown,
  Identifier,
  Constant,
  BinaryOperator,
  AssignOperator,
];
