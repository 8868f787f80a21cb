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
import { type KeyPath, paths } from './json-keys.ts';
import type { Context } from './row.ts';

const MAX_NESTING = 127;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand in a string.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const HEX = /[0-9a-fA-F]{4}/y;

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** A larger buffer is not kept for the next text. */
const KEPT = 2 ** 20;

/** For the next text; bytes of a buffer are read several times as fast as those of a string. */
let spare = Buffer.alloc(4096);

class JsonReader {
  private readonly cx: Context;
  private readonly text: string;
  /** The text, and a zero behind it, which nothing in JSON is. */
  private readonly bytes: Buffer;
  private at = 0;
  private depth = 0;
  private count = 0;

  constructor(cx: Context, text: string) {
    this.cx = cx;
    this.text = text;
    if (spare.length <= text.length) spare = Buffer.alloc(Math.min(KEPT, 2 * text.length));
    this.bytes = spare.length > text.length ? spare : Buffer.allocUnsafe(text.length + 1);
    this.bytes.latin1Write(text, 0);
    this.bytes[text.length] = 0;
  }

  /** The value of the whole text; nil when there is nothing but spaces. */
  document(): Value {
    if (!this.isUtf8()) throw valueErr('invalid JSON: the text is no UTF-8');
    this.spaces();
    if (this.at === this.text.length) return null;
    const value = this.value(false);
    this.spaces();
    if (this.at < this.text.length) throw this.error('expecting the end of the text');
    return value;
  }

  private isUtf8(): boolean {
    const { bytes, text } = this;
    let all = 0;
    for (let at = 0; at < text.length; at++) all |= bytes[at] as number;
    return all < 0x80 || isUtf8(text);
  }

  private error(reason: string): TiError {
    const found = this.at < this.text.length ? '' : ', but the text ends';
    return valueErr(`invalid JSON at position ${this.at}: ${reason}${found}`);
  }

  private spaces(): void {
    if ((this.bytes[this.at] as number) <= 32) this.skip();
  }

  private skip(): void {
    const { bytes } = this;
    let { at } = this;
    for (;;) {
      const code = bytes[at];
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
      at++;
    }
    this.at = at;
  }

  private take(code: number): boolean {
    if (this.bytes[this.at] !== code) return false;
    this.at++;
    return true;
  }

  private value(inList: boolean): Value {
    if ((++this.count & 0xfff) === 0) this.cx.spend(0x1000);
    switch (this.bytes[this.at]) {
      case 0x22: // "
        return this.string();
      case 0x5b: // [
        return this.list(inList);
      case 0x7b: // {
        return this.thing();
      case 0x74: // t
        return this.word('true', true);
      case 0x66: // f
        return this.word('false', false);
      case 0x6e: // n
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
    const { bytes, at } = this;
    let end = at;
    let value = 0;
    for (; end - at < 15; end++) {
      const digit = (bytes[end] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (end === at || (end > at + 1 && bytes[at] === 48)) return -1;
    const next = bytes[end];
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
    const start = ++this.at;
    const end = this.plainEnd(start);
    if (end >= 0) {
      this.at = end + 1;
      return this.text.slice(start, end);
    }
    let result = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      result += (PLAIN.exec(this.text) as RegExpExecArray)[0];
      this.at = PLAIN.lastIndex;
      if (this.take(QUOTE)) return result;
      if (!this.take(BACKSLASH)) throw this.error('expecting the end of a string');
      result += this.escape();
    }
  }

  /** Where a string that begins at `start` ends, when all of it stands for itself; else -1. */
  private plainEnd(start: number): number {
    const { bytes } = this;
    for (let at = start; ; at++) {
      const code = bytes[at] as number;
      if (code === QUOTE) return at;
      if (code < 32 || code === BACKSLASH) return -1;
    }
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
    if (!this.take(0x5d)) {
      do {
        this.spaces();
        if (items.push(this.value(true)) > MAX_ITEMS) throw listTooLong();
        this.spaces();
      } while (this.take(COMMA));
      if (!this.take(0x5d)) throw this.error('expecting `,` or `]`');
    }
    this.depth--;
    return new List(items, inList);
  }

  private thing(): Thing {
    this.enter();
    const thing = this.take(0x7d) ? new Thing(Shape.empty, []) : this.properties();
    this.depth--;
    return thing;
  }

  private properties(): Thing {
    let path = paths.root;
    const slots: Value[] = [];
    let hasLists = false;
    do {
      this.spaces();
      const next = this.knownKey(path);
      const key = next === null ? this.key() : (path.nextKey as string);
      const step = next ?? path.step(key);
      if (step === null) return this.others(path, slots, key);
      const value = this.valueOf();
      hasLists ||= value instanceof List;
      // A key that came before keeps its place.
      if (step === path) slots[path.shape.slotOf.get(key) as number] = value;
      else slots.push(value);
      path = step;
    } while (this.take(COMMA));
    this.closing();
    const thing = path.thing(slots);
    if (hasLists) own(thing);
    return thing;
  }

  /** The other properties of a thing with one that no shape takes: it becomes a dictionary. */
  private others(path: KeyPath, slots: Value[], key: string): Thing {
    const thing = new Thing(path.shape, slots);
    thing.put(key, this.valueOf());
    while (this.take(COMMA)) {
      this.spaces();
      const other = this.key();
      thing.put(other, this.valueOf());
    }
    this.closing();
    thing.shape = Shape.sorted;
    own(thing);
    return thing;
  }

  private closing(): void {
    if (!this.take(0x7d)) throw this.error('expecting `,` or `}`');
  }

  /** What follows when the key is the one that came at this place the last time, which it mostly is; else null, and nothing is taken. */
  private knownKey(path: KeyPath): KeyPath | null {
    const { bytes, at } = this;
    const known = path.nextBytes;
    if (known === null || bytes[at] !== QUOTE) return null;
    let end = at + 1;
    for (let i = 0; i < known.length; i++) if (bytes[end++] !== known[i]) return null;
    if (bytes[end] !== QUOTE) return null;
    this.at = end + 1;
    return path.next;
  }

  private key(): string {
    if (this.bytes[this.at] !== QUOTE) throw this.error('expecting a key in quotes');
    const key = this.string();
    checkKey(key);
    return key;
  }

  /** The value behind a key, and the spaces around it. */
  private valueOf(): Value {
    this.spaces();
    if (!this.take(0x3a)) throw this.error('expecting `:`');
    this.spaces();
    const value = this.value(false);
    this.spaces();
    return value;
  }
}

/** Tells the lists in a new thing whose they are. */
function own(thing: Thing): void {
  const { shape, slots, dict } = thing;
  for (let i = 0; i < slots.length; i++) claim(thing, shape.keys[i] as string, slots[i] as Value);
  if (dict !== null) for (const [key, value] of dict) claim(thing, key, value);
}

function claim(thing: Thing, key: string, value: Value): void {
  if (!(value instanceof List)) return;
  value.parent = thing;
  value.key = key;
}

/** The value of a JSON text. Throws TiError: -60 for what is no JSON, with the position in bytes; -63 for nesting that is too deep. */
export function loadJson(cx: Context, text: string): Value {
  cx.spend(text.length >> 3);
  return new JsonReader(cx, text).document();
}
