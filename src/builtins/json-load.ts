/** Reads JSON. */

import { operationErr, type TiError, valueErr } from '../errors.ts';
import { listTooLong, MAX_ITEMS } from '../limits.ts';
import { checkKey } from '../model/property-checks.ts';
import { encodeCodePoint, isUtf8 } from '../utf8.ts';
import { List } from '../values/list.ts';
import { INT_MAX, INT_MIN } from '../values/operators.ts';
import { Float } from '../values/scalars.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Context } from './row.ts';

const MAX_NESTING = 127;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand in a string.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const HEX = /[0-9a-fA-F]{4}/y;

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class JsonReader {
  private readonly cx: Context;
  private readonly text: string;
  private at = 0;
  private depth = 0;
  private count = 0;
  private readonly keys = new Set<string>();
  /** For each layout in the order of a text: that in the order of bytes, and where its values are; null when it is in that order. */
  private readonly orders = new Map<Shape, { readonly shape: Shape; readonly from: readonly number[] } | null>();

  constructor(cx: Context, text: string) {
    this.cx = cx;
    this.text = text;
  }

  /** The value of the whole text; nil when there is nothing but spaces. */
  document(): Value {
    this.spaces();
    if (this.at === this.text.length) return null;
    const value = this.value(false);
    this.spaces();
    if (this.at < this.text.length) throw this.error('expecting the end of the text');
    return value;
  }

  private error(reason: string): TiError {
    const found = this.at < this.text.length ? '' : ', but the text ends';
    return valueErr(`invalid JSON at position ${this.at}: ${reason}${found}`);
  }

  private spaces(): void {
    const { text } = this;
    let { at } = this;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
      at++;
    }
    this.at = at;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private value(inList: boolean): Value {
    if ((++this.count & 0xfff) === 0) this.cx.spend(0x1000);
    switch (this.text.charAt(this.at)) {
      case '"':
        return this.string();
      case '[':
        return this.list(inList);
      case '{':
        return this.thing();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private word(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) throw this.error('expecting a value');
    this.at += word.length;
    return value;
  }

  /** An int of at most fifteen digits; -1, and nothing taken, for other numbers. */
  private shortInt(): number {
    const { text, at } = this;
    let end = at;
    let value = 0;
    for (; end - at < 15; end++) {
      const digit = text.charCodeAt(end) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (end === at || (end > at + 1 && text.charCodeAt(at) === 48)) return -1;
    const next = text.charCodeAt(end);
    // Only what can follow a value: not a digit, a point, an exponent or a sign.
    if (next !== 44 && next !== 93 && next !== 125 && next !== 32 && next !== 10) return -1;
    this.at = end;
    return value;
  }

  private number(): Value {
    const short = this.shortInt();
    if (short >= 0) return short;
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.error('expecting a value');
    const [digits, fraction, exponent] = match;
    const end = NUMBER.lastIndex;
    if (/[0-9.eE+-]/.test(this.text.charAt(end))) throw this.error('a number is not as it must be');
    const value = Number(digits);
    if (fraction !== undefined || exponent !== undefined) {
      if (!Number.isFinite(value)) throw this.error('a float is too large');
      this.at = end;
      return new Float(value + 0);
    }
    const int = Number.isSafeInteger(value) ? value + 0 : this.bigInt(digits);
    this.at = end;
    return int;
  }

  private bigInt(digits: string): bigint {
    const value = digits.length > 20 ? null : BigInt(digits);
    if (value === null || value > INT_MAX || value < INT_MIN) throw this.error('an int is beyond 64 bit');
    return value;
  }

  private string(): string {
    this.at++;
    const end = this.text.indexOf('"', this.at);
    if (end >= 0 && end - this.at < 64 && this.isPlain(end)) {
      const text = this.text.slice(this.at, end);
      this.at = end + 1;
      return text;
    }
    let result = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      result += (PLAIN.exec(this.text) as RegExpExecArray)[0];
      this.at = PLAIN.lastIndex;
      if (this.take('"')) return result;
      if (!this.take('\\')) throw this.error('expecting the end of a string');
      result += this.escape();
    }
  }

  /** Whether the text up to `end` stands for itself in a string. */
  private isPlain(end: number): boolean {
    for (let at = this.at; at < end; at++) {
      const code = this.text.charCodeAt(at);
      if (code === 92 || code < 32) return false;
    }
    return true;
  }

  private escape(): string {
    const char = this.text.charAt(this.at++);
    const plain = ESCAPES[char];
    if (plain !== undefined) return plain;
    if (char !== 'u') throw this.error('an unknown escape in a string');
    const code = this.hex();
    if (code < 0xd800 || code >= 0xdc00) return encodeCodePoint(code);
    // The first half of a pair; one without its other half is no character.
    if (!this.text.startsWith('\\u', this.at)) return '?';
    this.at += 2;
    const second = this.hex();
    if (second < 0xdc00 || second >= 0xe000) return `?${encodeCodePoint(second)}`;
    return encodeCodePoint(0x10000 + ((code & 0x3ff) << 10) + (second & 0x3ff));
  }

  private hex(): number {
    HEX.lastIndex = this.at;
    const match = HEX.exec(this.text);
    if (match === null) throw this.error('expecting four hexadecimal digits');
    this.at = HEX.lastIndex;
    return Number.parseInt(match[0], 16);
  }

  private enter(): void {
    if (++this.depth > MAX_NESTING) throw operationErr(`JSON may be nested ${MAX_NESTING} levels deep, no deeper`);
    this.at++;
    this.spaces();
  }

  /** A list; inside another list a tuple. */
  private list(inList: boolean): List {
    this.enter();
    const items: Value[] = [];
    if (!this.take(']')) {
      do {
        this.spaces();
        if (items.push(this.value(true)) > MAX_ITEMS) throw listTooLong();
        this.spaces();
      } while (this.take(','));
      if (!this.take(']')) throw this.error('expecting `,` or `]`');
    }
    this.depth--;
    return new List(items, inList);
  }

  private thing(): Thing {
    this.enter();
    const thing = new Thing(Shape.empty, []);
    if (!this.take('}')) {
      do {
        this.spaces();
        this.property(thing);
        this.spaces();
      } while (this.take(','));
      if (!this.take('}')) throw this.error('expecting `,` or `}`');
    }
    this.depth--;
    this.order(thing);
    return thing;
  }

  /** Gives a thing its properties in the order of their bytes. */
  private order(thing: Thing): void {
    const { shape } = thing;
    if (thing.dict !== null) {
      thing.shape = Shape.sorted;
      return;
    }
    let order = this.orders.get(shape);
    if (order === undefined) {
      const keys = [...shape.keys].sort();
      const isSorted = keys.every((key, i) => key === shape.keys[i]);
      order = isSorted ? null : { shape: Shape.of(keys), from: keys.map((key) => shape.slotOf.get(key) as number) };
      this.orders.set(shape, order);
    }
    if (order === null) return;
    const { slots } = thing;
    thing.slots = order.from.map((slot) => slots[slot] as Value);
    thing.shape = order.shape;
  }

  /** The key that comes now; mostly one that was met before, and checked then. */
  private key(): string {
    if (this.text.charAt(this.at) !== '"') throw this.error('expecting a key in quotes');
    const key = this.string();
    if (!this.keys.has(key)) {
      checkKey(key);
      this.keys.add(key);
    }
    return key;
  }

  private property(thing: Thing): void {
    const key = this.key();
    this.spaces();
    if (!this.take(':')) throw this.error('expecting `:`');
    this.spaces();
    const value = this.value(false);
    if (value instanceof List) {
      value.parent = thing;
      value.key = key;
    }
    thing.put(key, value);
  }
}

/** The value of a JSON text. Throws TiError: -60 for what is no JSON, with the position in bytes; -63 for nesting that is too deep. */
export function loadJson(cx: Context, text: string): Value {
  cx.spend(text.length >> 3);
  if (!isUtf8(text)) throw valueErr('invalid JSON: the text is no UTF-8');
  const reader = new JsonReader(cx, text);
  const value = reader.document();
  return value;
}
