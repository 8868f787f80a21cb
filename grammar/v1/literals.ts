/** Literals: from their text to their value, and from their tokens to nodes. */
import type { IToken } from 'chevrotain';
import type { FloatLiteral, IntLiteral, RegexLiteral, StringLiteral, TemplateText } from '../../src/ast/nodes.ts';
import { endOf, Int } from './tokens.ts';

const MAX_INT = 2n ** 63n - 1n;
/** Decimal numbers up to this length, sign included, are safe integers. */
const SAFE_DIGITS = 15;
/** More digits than these, without leading zeros, fit in 64 bit in no base. */
const MAX_DIGITS = 64;

/**
 * The value of an int literal such as `-0x1f`: a number when it is a safe integer, else a bigint, or null when it does not fit in 64 bit. An octal number
 * ends at its first `8`.
 */
export function intValue(raw: string): number | bigint | null {
  const signed = raw.charCodeAt(0) === 0x2d || raw.charCodeAt(0) === 0x2b;
  const digits = signed ? raw.slice(1) : raw;
  const prefix = digits.charCodeAt(1);
  const prefixed = prefix === 0x78 || prefix === 0x6f || prefix === 0x62;
  // Adding zero turns -0 into 0.
  if (!prefixed && raw.length <= SAFE_DIGITS) return Number(raw) + 0;
  if (raw.length > MAX_DIGITS && significant(digits) > MAX_DIGITS) return null;
  const magnitude = BigInt(prefix === 0x6f ? octal(digits) : digits);
  // The sign is no help: the smallest int cannot be written as a literal.
  if (magnitude > MAX_INT) return null;
  const value = raw.charCodeAt(0) === 0x2d ? -magnitude : magnitude;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const significant = (digits: string): number => digits.replace(/^0[box]?0*/, '').length;

function octal(digits: string): string {
  const eight = digits.indexOf('8');
  if (eight < 0) return digits;
  return eight === 2 ? '0' : digits.slice(0, eight);
}

/** The value of a float literal such as `-1.5e+3`, `inf` or `nan`. */
export function floatValue(raw: string): number {
  if (raw === 'inf') return Number.POSITIVE_INFINITY;
  if (raw === 'nan') return Number.NaN;
  return Number(raw);
}

/** The value of a string literal: without its quotes, doubled quotes undone. */
export function stringValue(raw: string): string {
  const text = raw.slice(1, -1);
  const quote = raw.charCodeAt(0) === 0x27 ? "'" : '"';
  return text.includes(quote) ? text.replaceAll(quote + quote, quote) : text;
}

/** The value of a template's text: doubled back-ticks and braces undone. */
export function templateValue(raw: string): string {
  return /[`{}]/.test(raw) ? raw.replace(/(``|\{\{|\}\})/g, (pair) => pair.charAt(0)) : raw;
}

/** A number and the sign in front of it, if that belongs to it. */
export function numberNode(sign: IToken | null, token: IToken): IntLiteral | FloatLiteral {
  const raw = sign === null ? token.image : sign.image + token.image;
  const start = sign === null ? token.startOffset : sign.startOffset;
  const end = endOf(token);
  if (token.tokenType === Int) return { kind: 'IntLiteral', raw, value: intValue(raw), start, end };
  return { kind: 'FloatLiteral', raw, value: floatValue(raw), start, end };
}

export function stringNode(token: IToken): StringLiteral {
  const raw = token.image;
  return { kind: 'StringLiteral', raw, value: stringValue(raw), start: token.startOffset, end: endOf(token) };
}

export function regexNode(token: IToken): RegexLiteral {
  const raw = token.image;
  const close = raw.lastIndexOf('/');
  const pattern = raw.slice(1, close);
  return { kind: 'RegexLiteral', raw, pattern, flags: raw.slice(close + 1), start: token.startOffset, end: endOf(token) };
}

export function templateTextNode(token: IToken): TemplateText {
  const raw = token.image;
  return { kind: 'TemplateText', raw, value: templateValue(raw), start: token.startOffset, end: endOf(token) };
}
