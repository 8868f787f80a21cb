/**
 * JSON as MessagePack, byte by byte: ints and floats stay apart, and text stays the bytes that it is, neither of which would survive JavaScript's
 * own values. What is taken and what is not follows RFC 8259, with limits to the size of ints (64 bits) and to nesting.
 */
import { isUtf8 } from 'node:buffer';
import { MsgpackWriter } from '../msgpack/writer.ts';

/** What cannot be read: `incomplete` when the text ends too early and nothing else is wrong. Its place is an offset in bytes. */
export class JsonError {
  readonly reason: 'incomplete' | 'invalid';
  readonly offset: number;

  constructor(reason: 'incomplete' | 'invalid', offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

const MAX_NESTING = 127;
const HEADER = 5;
const INT64_MIN = -0x8000_0000_0000_0000n;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const CUT_NUMBER = /^-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?)?$/;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The value of a JSON text as MessagePack. Of two members of one name in an object both are kept. Throws JsonError. */
export function jsonToMsgpack(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) throw new JsonError('invalid', 0);
  const reader = new JsonReader(bytes.latin1Slice(), new MsgpackWriter(bytes.length + 64));
  return reader.whole();
}

class JsonReader {
  private readonly text: string;
  private readonly out: MsgpackWriter;
  private at = 0;

  constructor(text: string, out: MsgpackWriter) {
    this.text = text;
    this.out = out;
  }

  whole(): Buffer {
    this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.invalid();
    return this.out.bytes();
  }

  private invalid(): JsonError {
    return new JsonError(this.at >= this.text.length ? 'incomplete' : 'invalid', this.at);
  }

  private space(): void {
    const { text } = this;
    for (let c = text.charCodeAt(this.at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = text.charCodeAt(this.at)) this.at += 1;
  }

  /** Passes over white space; the next character, which is not taken. */
  private peek(): string {
    this.space();
    return this.text.charAt(this.at);
  }

  private value(depth: number): void {
    switch (this.peek()) {
      case '{':
        this.object(depth + 1);
        return;
      case '[':
        this.array(depth + 1);
        return;
      case '"':
        this.out.str(this.string());
        return;
      case 't':
        this.word('true');
        this.out.bool(true);
        return;
      case 'f':
        this.word('false');
        this.out.bool(false);
        return;
      case 'n':
        this.word('null');
        this.out.nil();
        return;
      default:
        this.number();
    }
  }

  private word(word: string): void {
    const { text } = this;
    for (const char of word) {
      if (text.charAt(this.at) !== char) throw this.invalid();
      this.at += 1;
    }
  }

  private number(): void {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    const next = this.text.charAt(this.at + (match?.[0].length ?? 0));
    if ((match === null || /[.eE]/.test(next)) && CUT_NUMBER.test(this.text.slice(this.at)) && this.at < this.text.length) {
      throw new JsonError('incomplete', this.text.length);
    }
    if (match === null) throw this.invalid();
    const [digits, fraction, exponent] = match;
    if (fraction !== undefined || exponent !== undefined) this.float(Number(digits));
    else this.int(digits);
    this.at += digits.length;
  }

  private float(value: number): void {
    if (!Number.isFinite(value)) throw this.invalid();
    this.out.float(value);
  }

  private int(digits: string): void {
    const value = Number(digits);
    if (Number.isSafeInteger(value)) {
      this.out.int(value + 0);
      return;
    }
    // No int of 64 bits is longer; making a number of the digits of a longer one would take time for nothing.
    const big = digits.length > 20 ? INT64_MAX + 1n : BigInt(digits);
    if (big < INT64_MIN || big > INT64_MAX) throw this.invalid();
    this.out.bigint(big);
  }

  private string(): string {
    const { text } = this;
    let from = this.at + 1;
    let out = '';
    for (let i = from; ; i++) {
      const c = text.charCodeAt(i);
      if (c === 0x22) {
        this.at = i + 1;
        return out + text.slice(from, i);
      }
      if (c === 0x5c) {
        this.at = i;
        out += text.slice(from, i) + this.escape();
        from = this.at;
        i = from - 1;
      } else if (!(c >= 0x20)) {
        this.at = i;
        throw this.invalid();
      }
    }
  }

  /** What stands behind a backslash, as UTF-8. */
  private escape(): string {
    const char = this.text.charAt(this.at + 1);
    this.at += 2;
    if (char === 'u') return utf8Of(this.codePoint());
    const plain = ESCAPES[char];
    if (plain !== undefined) return plain;
    this.at = Math.min(this.at - 1, this.text.length);
    throw this.invalid();
  }

  /** Half a pair of surrogates is no character and reads as a question mark. */
  private codePoint(): number {
    const first = this.hex();
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || !this.text.startsWith('\\u', this.at)) return 0x3f;
    const back = this.at;
    this.at += 2;
    const second = this.hex();
    if (second >= 0xdc00 && second <= 0xdfff) return 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    this.at = back;
    return 0x3f;
  }

  private hex(): number {
    const digits = this.text.slice(this.at, this.at + 4);
    const count = /^[0-9a-fA-F]*/.exec(digits)?.[0].length ?? 0;
    this.at += count;
    if (count < 4) throw this.invalid();
    return Number.parseInt(digits, 16);
  }

  private array(depth: number): void {
    const start = this.open(depth);
    let count = 0;
    if (this.peek() === ']') this.at += 1;
    else
      do {
        this.value(depth);
        count += 1;
      } while (this.goesOn(']'));
    this.close(start, 0xdd, count);
  }

  private object(depth: number): void {
    const start = this.open(depth);
    let count = 0;
    if (this.peek() === '}') this.at += 1;
    else
      do {
        if (this.peek() !== '"') throw this.invalid();
        this.out.str(this.string());
        if (this.peek() !== ':') throw this.invalid();
        this.at += 1;
        this.value(depth);
        count += 1;
      } while (this.goesOn('}'));
    this.close(start, 0xdf, count);
  }

  private open(depth: number): number {
    if (depth > MAX_NESTING) throw new JsonError('invalid', this.at);
    this.at += 1;
    return this.out.skip(HEADER);
  }

  /** The count is known only now; the header takes the long form, which has room for any. */
  private close(start: number, code: number, count: number): void {
    const raw = this.out.raw();
    raw[start] = code;
    raw.writeUInt32BE(count, start + 1);
  }

  private goesOn(end: string): boolean {
    const char = this.peek();
    if (char !== ',' && char !== end) throw this.invalid();
    this.at += 1;
    return char === ',';
  }
}

const utf8Of = (codePoint: number): string =>
  codePoint < 0x80 ? String.fromCharCode(codePoint) : Buffer.from(String.fromCodePoint(codePoint), 'utf8').latin1Slice();
