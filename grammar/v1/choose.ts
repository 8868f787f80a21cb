/**
 * Which alternative of a choice the next tokens select. The language needs no backtracking: at most the fourth token decides, except for the head
 * of a `for`. Every function here answers with the index of an alternative in `grammar.ts`, or -1 when none can stand.
 */
import type { IToken, TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** What a choice may look at: the k-th token ahead, from 1. */
export interface Ahead {
  peek(k: number): IToken;
}

/** Alternatives of an operand, in the order of the grammar. */
export const Operand = { IF: 0, FOR: 1, RETURN: 2, JUMP: 3, CLOSURE: 4, BLOCK: 5, UNARY: 6, ROOT: 7, POSTFIX: 8 } as const;

/** Alternatives of what a chain starts with, in the order of the grammar. */
export const Primary = {
  CONSTANT: 0,
  NUMBER: 1,
  STRING: 2,
  REGEX: 3,
  TEMPLATE: 4,
  CALL: 5,
  ASSIGNMENT: 6,
  INSTANCE: 7,
  ENUM_MEMBER: 8,
  VARIABLE: 9,
  THING: 10,
  ANONYMOUS_TYPE: 11,
  ARRAY: 12,
  PARENTHESIS: 13,
} as const;

export const Link = { METHOD: 0, PROPERTY: 1, INDEX: 2 } as const;

const NONE = -1;
/** The next token alone does not decide. */
const LOOK = -2;

const index = (type: TokenType): number => type.tokenTypeIdx as number;

function table(entries: readonly (readonly [number, readonly TokenType[]])[]): Int8Array {
  const all = new Int8Array(Math.max(...t.vocabulary.map(index)) + 1).fill(NONE);
  for (const [choice, types] of entries) for (const type of types) all[index(type)] = choice;
  return all;
}

const words = [t.Name, t.If, t.Else, t.For, t.In, t.Return, t.Break, t.Continue];
const constants = [t.Nil, t.True, t.False, t.Inf, t.Nan];
const literals = [t.Int, t.Float, t.StringText, t.Regex, t.TemplateStart];

const operandTable = table([
  [Operand.POSTFIX, [t.Name, t.Else, t.In, ...constants, ...literals, t.LParen, t.LBracket]],
  [LOOK, [t.If, t.For, t.Break, t.Continue, t.LBrace, t.Plus, t.Minus, t.Amp]],
  [Operand.RETURN, [t.Return]],
  [Operand.CLOSURE, [t.Bar]],
  [Operand.UNARY, [t.Bang, t.Tilde]],
  [Operand.ROOT, [t.Dot, t.DotDot]],
]);

const primaryTable = table([
  [LOOK, [...words, t.Inf, t.Nan, t.Amp]],
  [Primary.CONSTANT, [t.Nil, t.True, t.False]],
  [Primary.NUMBER, [t.Int, t.Float, t.Plus, t.Minus]],
  [Primary.STRING, [t.StringText]],
  [Primary.REGEX, [t.Regex]],
  [Primary.TEMPLATE, [t.TemplateStart]],
  [Primary.THING, [t.LBrace]],
  [Primary.ARRAY, [t.LBracket]],
  [Primary.PARENTHESIS, [t.LParen]],
]);

const isWord = new Uint8Array(operandTable.length);
for (const type of [...words, ...constants]) isWord[index(type)] = 1;
const isAssign = new Uint8Array(operandTable.length);
for (const type of t.vocabulary) if (type.CATEGORIES?.includes(t.AssignOperator)) isAssign[index(type)] = 1;

/** Whether two tokens touch, as the parts of `-5` and `&{` must. */
export const adjacent = (left: IToken, right: IToken): boolean => left.startOffset + left.image.length === right.startOffset;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Whether the sign ahead belongs to the number behind it: only when a digit follows at once (`-.5` is an operator and a number). */
function signedNumber(ahead: Ahead): boolean {
  const number = ahead.peek(2);
  if (number.tokenType !== t.Int && number.tokenType !== t.Float) return false;
  return adjacent(ahead.peek(1), number) && isDigit(number.image.charCodeAt(0));
}

const opensAnonymousType = (ahead: Ahead): boolean => ahead.peek(2).tokenType === t.LBrace && adjacent(ahead.peek(1), ahead.peek(2));

/** Whether the brace that is the k-th token opens fields (`{}`, `{name: ...`), not statements or a member's name. */
function opensFields(ahead: Ahead, k: number): boolean {
  const next = ahead.peek(k + 1);
  if (next.tokenType === t.RBrace) return true;
  return isWord[next.tokenTypeIdx] === 1 && ahead.peek(k + 2).tokenType === t.Colon;
}

/** `if (` with something in it; `if` alone and `if()` are a name and a call. */
const opensCondition = (ahead: Ahead): boolean => ahead.peek(2).tokenType === t.LParen && ahead.peek(3).tokenType !== t.RParen;

/** `for (name` with another word or a comma behind it; else `for` is a name. */
function opensLoop(ahead: Ahead): boolean {
  if (ahead.peek(2).tokenType !== t.LParen || isWord[ahead.peek(3).tokenTypeIdx] !== 1) return false;
  const next = ahead.peek(4);
  return next.tokenType === t.Comma || isWord[next.tokenTypeIdx] === 1;
}

/** Whether the word ahead is more than itself: the start of a call, a chain, an assignment or a pair of braces. */
function continues(ahead: Ahead): boolean {
  const { tokenType, tokenTypeIdx } = ahead.peek(2);
  return (
    isAssign[tokenTypeIdx] === 1 ||
    tokenType === t.LParen ||
    tokenType === t.LBracket ||
    tokenType === t.LBrace ||
    tokenType === t.Dot ||
    tokenType === t.DotDot
  );
}

export function chooseOperand(ahead: Ahead): number {
  const token = ahead.peek(1);
  const choice = operandTable[token.tokenTypeIdx] ?? NONE;
  if (choice !== LOOK) return choice;
  switch (token.tokenType) {
    case t.If:
      return opensCondition(ahead) ? Operand.IF : Operand.POSTFIX;
    case t.For:
      return opensLoop(ahead) ? Operand.FOR : Operand.POSTFIX;
    case t.LBrace:
      return opensFields(ahead, 1) ? Operand.POSTFIX : Operand.BLOCK;
    case t.Plus:
    case t.Minus:
      return signedNumber(ahead) ? Operand.POSTFIX : Operand.UNARY;
    case t.Amp:
      return opensAnonymousType(ahead) ? Operand.POSTFIX : NONE;
    default:
      return continues(ahead) ? Operand.POSTFIX : Operand.JUMP;
  }
}

/** Whether an operand may start here. */
export const startsOperand = (ahead: Ahead): boolean => chooseOperand(ahead) >= 0;

/** Whether a prefix operator is next that is not the sign of a number. */
export function startsPrefix(ahead: Ahead): boolean {
  const type = ahead.peek(1).tokenType;
  if (type === t.Bang) return true;
  return (type === t.Minus || type === t.Plus) && !signedNumber(ahead);
}

/** What follows prefix operators: 0 for a chain from the root, 1 for one that starts with a primary. */
export function chooseUnaryOperand(ahead: Ahead): number {
  const type = ahead.peek(1).tokenType;
  if (type === t.Dot || type === t.DotDot) return 0;
  return choosePrimary(ahead) < 0 ? NONE : 1;
}

export function choosePrimary(ahead: Ahead): number {
  const token = ahead.peek(1);
  const choice = primaryTable[token.tokenTypeIdx] ?? NONE;
  if (choice === Primary.NUMBER && (token.tokenType === t.Plus || token.tokenType === t.Minus)) return signedNumber(ahead) ? choice : NONE;
  if (choice === Primary.THING) return opensFields(ahead, 1) ? choice : NONE;
  if (choice !== LOOK) return choice;
  if (token.tokenType === t.Amp) return opensAnonymousType(ahead) ? Primary.ANONYMOUS_TYPE : NONE;
  const next = ahead.peek(2);
  if (token.tokenType === t.Inf || token.tokenType === t.Nan) {
    const dotted = next.tokenType === t.Dot || next.tokenType === t.DotDot;
    return dotted && adjacent(token, next) ? Primary.VARIABLE : Primary.NUMBER;
  }
  if (next.tokenType === t.LParen) return Primary.CALL;
  if (isAssign[next.tokenTypeIdx] === 1) return Primary.ASSIGNMENT;
  if (next.tokenType !== t.LBrace) return Primary.VARIABLE;
  return opensFields(ahead, 2) ? Primary.INSTANCE : Primary.ENUM_MEMBER;
}

export function chooseLink(ahead: Ahead): number {
  if (ahead.peek(1).tokenType === t.LBracket) return Link.INDEX;
  return ahead.peek(3).tokenType === t.LParen ? Link.METHOD : Link.PROPERTY;
}
