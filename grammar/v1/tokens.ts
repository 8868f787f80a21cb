/**
 * The tokens of the language. Source text is a byte string, so character classes name ASCII sets: `\s`, `\w` and the like would also match
 * bytes above 0x7f.
 *
 * Keywords are words in some places only: `if`, `return` or `nil` may also name a property, a parameter or a field. Each keyword therefore
 * is an `Identifier`, and the parser decides by place. `||` is two `Bar` tokens: `|x||y| x` is a closure that returns a closure.
 */
import { createToken, type IToken, type ITokenConfig, Lexer, type TokenType } from 'chevrotain';
import { matchBlockComment, matchRegex, matchString, matchTemplateText } from './scanners.ts';

const token = (name: string, pattern: NonNullable<ITokenConfig['pattern']>, rest: Partial<ITokenConfig> = {}): TokenType =>
  createToken({ name, pattern, ...rest });

// Categories: matched by the parser wherever any of their members may stand.
export const Identifier = token('Identifier', Lexer.NA);
export const BinaryOperator = token('BinaryOperator', Lexer.NA);
export const AssignOperator = token('AssignOperator', Lexer.NA);
export const Sign = token('Sign', Lexer.NA);
export const PrefixOperator = token('PrefixOperator', Lexer.NA);
export const Access = token('Access', Lexer.NA);
export const Constant = token('Constant', Lexer.NA);
export const Numeric = token('Numeric', Lexer.NA);
export const Jump = token('Jump', Lexer.NA);

export const Whitespace = token('Whitespace', /[ \t\n\v\f\r]+/, { group: Lexer.SKIPPED, line_breaks: true });
export const LineComment = token('LineComment', /\/\/[^\n]*/, { group: 'comments' });
export const BlockComment = token(
  'BlockComment',
  { exec: matchBlockComment },
  { group: 'comments', start_chars_hint: ['/'], line_breaks: true },
);

// Literals.
export const Regex = token('Regex', { exec: matchRegex }, { start_chars_hint: ['/'], line_breaks: false });
export const Float = token('Float', /[0-9]*\.[0-9]+(?:e[+-][0-9]+)?(?![0-9A-Za-z_.])/, { categories: [Numeric] });
export const Int = token('Int', /(?:0b[01]+|0o[0-8]+|0x[0-9a-fA-F]+|[0-9]+)(?![0-9A-Za-z_.])/, { categories: [Numeric] });
export const StringText = token('String', { exec: matchString }, { start_chars_hint: ["'", '"'], line_breaks: true });

// Words.
const texts: string[] = [];
/** The keywords as they are written. */
export const keywordTexts: readonly string[] = texts;
function keyword(name: string, text: string, more: TokenType[] = []): TokenType {
  texts.push(text);
  return token(name, new RegExp(`${text}(?![0-9A-Za-z_])`), { categories: [Identifier, ...more] });
}
export const Nil = keyword('Nil', 'nil', [Constant]);
export const True = keyword('True', 'true', [Constant]);
export const False = keyword('False', 'false', [Constant]);
export const Inf = keyword('Inf', 'inf', [Numeric]);
export const Nan = keyword('Nan', 'nan', [Numeric]);
export const If = keyword('If', 'if');
export const Else = keyword('Else', 'else');
export const For = keyword('For', 'for');
export const In = keyword('In', 'in');
export const Return = keyword('Return', 'return');
export const Break = keyword('Break', 'break', [Jump]);
export const Continue = keyword('Continue', 'continue', [Jump]);
export const Name = token('Name', /[A-Za-z_][0-9A-Za-z_]*/, { categories: [Identifier] });

// Brackets and separators. A brace opens a new lexer mode, so that the brace which closes a template's expression finds the way back.
export const LParen = token('LParen', '(');
export const RParen = token('RParen', ')');
export const LBracket = token('LBracket', '[');
export const RBracket = token('RBracket', ']');
export const LBrace = token('LBrace', '{', { push_mode: 'code' });
export const RBrace = token('RBrace', '}', { pop_mode: true });
export const Comma = token('Comma', ',');
export const Semicolon = token('Semicolon', ';');
export const Colon = token('Colon', ':');
export const Question = token('Question', '?');
export const DotDot = token('DotDot', '..', { categories: [Access] });
export const Dot = token('Dot', '.', { categories: [Access] });

// Templates. `{` opens an expression in a template, as `LBrace` does in code.
export const TemplateStart = token('TemplateStart', '`', { push_mode: 'template' });
export const TemplateEnd = token('TemplateEnd', '`', { pop_mode: true });
export const TemplateOpen = token('TemplateOpen', '{', { push_mode: 'code' });
const anyByte = Array.from({ length: 256 }, (_, code) => code);
export const TemplateText = token('TemplateText', { exec: matchTemplateText }, { start_chars_hint: anyByte, line_breaks: true });

const binary = (name: string, text: string, more: TokenType[] = []): TokenType =>
  token(name, text, { categories: [BinaryOperator, ...more] });
export const Star = binary('Star', '*');
export const Slash = binary('Slash', '/');
export const Percent = binary('Percent', '%');
export const Plus = binary('Plus', '+', [Sign, PrefixOperator]);
export const Minus = binary('Minus', '-', [Sign, PrefixOperator]);
export const ShiftLeft = binary('ShiftLeft', '<<');
export const ShiftRight = binary('ShiftRight', '>>');
export const Amp = binary('Amp', '&');
export const Caret = binary('Caret', '^');
export const Bar = binary('Bar', '|');
export const Less = binary('Less', '<');
export const Greater = binary('Greater', '>');
export const Equal = binary('Equal', '==');
export const NotEqual = binary('NotEqual', '!=');
export const LessEqual = binary('LessEqual', '<=');
export const GreaterEqual = binary('GreaterEqual', '>=');
export const AmpAmp = binary('AmpAmp', '&&');
export const Bang = token('Bang', '!', { categories: [PrefixOperator] });
export const Tilde = token('Tilde', '~');

const assign = (name: string, text: string): TokenType => token(name, text, { categories: [AssignOperator] });
export const Assign = assign('Assign', '=');
export const PlusAssign = assign('PlusAssign', '+=');
export const MinusAssign = assign('MinusAssign', '-=');
export const StarAssign = assign('StarAssign', '*=');
export const SlashAssign = assign('SlashAssign', '/=');
export const PercentAssign = assign('PercentAssign', '%=');
export const AmpAssign = assign('AmpAssign', '&=');
export const CaretAssign = assign('CaretAssign', '^=');
export const BarAssign = assign('BarAssign', '|=');

// What no rule accepts: the lexer never fails, so that every error has one source, the parser.
export const BadNumber = token('BadNumber', /[0-9][0-9A-Za-z_.]*/);
export const OpenComment = token('OpenComment', /\/\*[\s\S]*/, { line_breaks: true });
export const OpenString = token('OpenString', /['"][\s\S]*/, { line_breaks: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: any character at all is meant.
export const Unknown = token('Unknown', /[\u0000-\uffff]/, { line_breaks: true });

const keywords = [Nil, True, False, Inf, Nan, If, Else, For, In, Return, Break, Continue];
const assignOperators = [
  PlusAssign,
  MinusAssign,
  StarAssign,
  SlashAssign,
  PercentAssign,
  AmpAssign,
  CaretAssign,
  BarAssign,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Assign,
];
const operators = [ShiftLeft, ShiftRight, AmpAmp, Star, Slash, Percent, Plus, Minus, Amp, Caret, Bar, Less, Greater, Bang, Tilde, Question];
const punctuation = [LParen, RParen, LBracket, RBracket, LBrace, RBrace, Comma, Semicolon, Colon, DotDot, Dot];
const categories = [Identifier, BinaryOperator, AssignOperator, Sign, PrefixOperator, Access, Constant, Numeric, Jump];

/** The lexer's modes. In each, the first token that matches wins, so longer operators stand before their beginnings. */
export const modes: Record<'code' | 'template', TokenType[]> = {
  code: [
    Whitespace,
    ...keywords,
    Name,
    LineComment,
    BlockComment,
    Regex,
    OpenComment,
    Float,
    Int,
    BadNumber,
    StringText,
    OpenString,
    TemplateStart,
    ...punctuation,
    ...assignOperators,
    ...operators,
    Unknown,
    ...categories,
  ],
  template: [TemplateText, TemplateEnd, TemplateOpen, Unknown],
};

/** The offset behind a token. */
export const endOf = (token: IToken): number => token.startOffset + token.image.length;

/** Every token type once, as the parser wants them. */
export const vocabulary: TokenType[] = [...new Set([...modes.code, ...modes.template])];
