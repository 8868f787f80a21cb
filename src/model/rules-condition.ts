/** The conditions in definitions: `int<0:10>`, `str<1:20:none>`, `email<info@example.com>`, `/^[a-z]+$/i<abc>`. */
import { overflowErr, type TiError, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { INT_MAX, intOf } from '../values/operators.ts';
import { isEmail, isTel, isUrl } from '../values/patterns.ts';
import { Regex } from '../values/regex.ts';
import { Float } from '../values/scalars.ts';
import { matchesPattern, patternFault } from './pattern-engine.ts';
import { RuleKind, type RuleParts } from './rules.ts';

/** A longer string is not made up as a default. */
const MAX_FILLER = 1 << 24;

/** Reads a condition from its start; `fail` makes the error for what is wrong. */
class Condition {
  private readonly text: string;
  private at = 0;
  readonly fail: (why: string) => TiError;

  constructor(text: string, fail: (why: string) => TiError) {
    this.text = text;
    this.fail = fail;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  /** Whether the next character is a colon; steps over it. */
  colon(): boolean {
    if (this.text[this.at] !== ':') return false;
    this.at++;
    return true;
  }

  needColon(): void {
    if (!this.colon()) throw this.fail('expecting a colon behind the minimum of the range');
  }

  /** An int, or `empty` when a colon or the end comes at once. Throws overflow_err. */
  int(empty: number | bigint): number | bigint {
    const found = this.match(/[ \t-\r]*([+-]*)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)/y);
    if (found === null) return empty;
    const [, signs = '', digits = ''] = found;
    // Leading zeros mean nothing, and that many digits are too many.
    if (digits.length > 80) throw overflowErr();
    const value = BigInt(digits.toLowerCase());
    return intOf(isNegative(signs) ? -value : value);
  }

  float(empty: number): number {
    const found = this.match(
      /[ \t-\r]*([+-]*)(inf|nan|0[xX][0-9a-fA-F]+(?:[pP][+-]?[0-9]+)?|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/y,
    );
    if (found === null) return empty;
    const [, signs = '', digits = ''] = found;
    if (digits === 'nan') throw this.fail('nan cannot be a bound or a default');
    const value = digits === 'inf' ? Number.POSITIVE_INFINITY : floatOf(digits);
    return isNegative(signs) ? -value : value;
  }

  /** What follows, to the end. */
  rest(): string {
    const rest = this.text.slice(this.at);
    this.at = this.text.length;
    return rest;
  }

  end(): void {
    if (this.at < this.text.length) throw this.fail(`expecting the end of the condition but got \`${this.text.slice(this.at)}\``);
  }
}

/** Signs may stand one behind another, as in the language. */
const isNegative = (signs: string): boolean => (signs.split('-').length - 1) % 2 === 1;

function floatOf(digits: string): number {
  const hex = /^0[xX]([0-9a-fA-F]+)(?:[pP]([+-]?[0-9]+))?$/.exec(digits);
  return hex === null ? Number(digits) : Number(`0x${hex[1]}`) * 2 ** Number(hex[2] ?? 0);
}

const MISFIT = 'the default does not fit the condition';
const ORDER = 'the maximum must not be below the minimum';

/** The kind and bounds of a definition with a condition, such as `int` and `0:10`; `name` stands before the angle bracket. */
export function parseCondition(name: string, body: string, fail: (why: string) => TiError): RuleParts {
  const base = `${name}<${body}>`;
  switch (name) {
    case 'int':
      return { base, ...intRange(new Condition(body, fail)) };
    case 'float':
      return { base, ...floatRange(new Condition(body, fail)) };
    case 'str':
    case 'utf8':
      return { base, ...textRange(new Condition(body, fail), name === 'utf8') };
    case 'bool':
      if (body !== 'true' && body !== 'false') throw fail('the default must be `true` or `false`');
      return { base, kind: RuleKind.BOOL, preset: body === 'true' };
    case 'email':
      if (!isEmail(body)) throw fail(`\`${body}\` is no email address`);
      return { base, kind: RuleKind.EMAIL, preset: body };
    case 'url':
      if (!isUrl(body)) throw fail(`\`${body}\` is no URL`);
      return { base, kind: RuleKind.URL, preset: body };
    case 'tel':
      if (!isTel(body)) throw fail(`\`${body}\` is no telephone number`);
      return { base, kind: RuleKind.TEL, preset: body };
    default:
      throw fail('only `int`, `float`, `str`, `utf8`, `bool`, `email`, `url`, `tel` and `thing` take something in angle brackets');
  }
}

function intRange(c: Condition): RuleParts {
  const min = c.int(0);
  c.needColon();
  const max = c.int(INT_MAX);
  const given = c.colon() ? c.int(0) : undefined;
  c.end();
  if (max < min) throw c.fail(ORDER);
  if (given !== undefined && (given < min || given > max)) throw c.fail(MISFIT);
  return { kind: RuleKind.INT_RANGE, min, max, ...(given === undefined ? {} : { preset: given }) };
}

function floatRange(c: Condition): RuleParts {
  const min = c.float(0);
  c.needColon();
  const max = c.float(Number.POSITIVE_INFINITY);
  const given = c.colon() ? c.float(0) : undefined;
  c.end();
  if (max < min) throw c.fail(ORDER);
  if (given !== undefined && (given < min || given > max)) throw c.fail(MISFIT);
  return { kind: RuleKind.FLOAT_RANGE, min, max, ...(given === undefined ? {} : { preset: new Float(given) }) };
}

function textRange(c: Condition, utf8: boolean): RuleParts {
  const min = c.int(0);
  if (min < 0) throw c.fail('the minimum length must not be negative');
  c.needColon();
  const max = c.int(INT_MAX);
  const given = c.colon() ? c.rest() : undefined;
  c.end();
  if (max < min) throw c.fail(ORDER);
  if (given === undefined && min > MAX_FILLER) throw c.fail(`a minimum length above ${MAX_FILLER} needs a default`);
  if (given !== undefined && (given.length < min || given.length > max || (utf8 && !isUtf8(given)))) throw c.fail(MISFIT);
  return { kind: utf8 ? RuleKind.UTF8_RANGE : RuleKind.STR_RANGE, min, max, ...(given === undefined ? {} : { preset: given }) };
}

/** Reads `/pattern/`, `/pattern/i` or `/pattern/<default>`. Without question mark, an empty string must match, or there must be a default. */
export function parsePattern(text: string, nillable: boolean, fail: (why: string) => TiError): RuleParts {
  const found = /^\/([\s\S]*)\/(i?)(?:<([\s\S]*)>)?$/.exec(text);
  if (found === null) throw fail('a pattern is written as `/pattern/`, `/pattern/i` or `/pattern/<default>`');
  const [, body = '', flags = '', given] = found;
  const pattern = new Regex(body, flags);
  const fault = patternFault(pattern);
  if (fault !== null) throw fail(fault);
  if (given !== undefined && !matchesPattern(pattern, given)) throw fail(MISFIT);
  if (given === undefined && !nillable && !matchesPattern(pattern, '')) {
    throw fail('a pattern that an empty string does not match needs a default, as in `/^(e|h|l|o)+$/<hello>`');
  }
  return { kind: RuleKind.PATTERN, base: text, pattern, ...(given === undefined ? {} : { preset: given }) };
}

/** The error for a definition: what it is for, and why it is none. */
export const conditionError = (where: string, why: string): TiError => valueErr(`${where}; ${why}`);
