/**
 * Values as JSON text, by way of MessagePack: compact, keys in the order in which they are packed. Text in and out is byte strings, so UTF-8
 * passes as it is.
 */
import { operationErr, typeErr } from '../errors.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { toDigits, toExponent } from '../values/digits.ts';
import type { Value } from '../values/value.ts';
import { type EncodeHooks, Encoder } from './encode.ts';

export interface JsonOptions {
  /**
   * What to do with what JSON has no form for (bytes, nan, inf): `refuse` throws TiError (-61); `text` writes bytes as base64 and numbers as `"nan"`,
   * `"inf"`, `"-inf"`.
   */
  readonly unsupported: 'refuse' | 'text';
  /** Spaces a level, each member on a line of its own; 0 for all on one line without spaces. */
  readonly indent: number;
  /** With an indent: whether arrays and objects without members take two lines, a blank one between them, as they do in the JSON of queries. */
  readonly opensEmpty?: boolean;
  /** Levels of arrays and objects; 128 when left out. */
  readonly maxNesting?: number;
}

const COMPACT: JsonOptions = { unsupported: 'refuse', indent: 0 };

const MAX_NESTING = 128;

/**
 * The JSON text of a value, with `deep` levels of things and without ids when bit 32 of `flags` is set. Throws TiError: -61 for what JSON cannot say, -63
 * for nesting beyond 128, -6 beyond the size limit (bytes of the packed form).
 */
export function valueToJson(value: Value, deep: number, flags: number, hooks?: EncodeHooks, sizeLimit?: number): string {
  const writer = new MsgpackWriter();
  new Encoder(writer, hooks, sizeLimit).encode(value, deep, flags);
  return msgpackToJson(writer.bytes());
}

/** The JSON text of one packed value. Throws as `valueToJson`, and MsgpackError for bytes that are no MessagePack. */
export function msgpackToJson(bytes: Uint8Array, options: JsonOptions = COMPACT): string {
  const printer = new JsonPrinter(new MsgpackReader(bytes), options);
  printer.value(0);
  return printer.out;
}

class JsonPrinter {
  private readonly reader: MsgpackReader;
  private readonly options: JsonOptions;
  private readonly colon: string;
  out = '';

  constructor(reader: MsgpackReader, options: JsonOptions) {
    this.reader = reader;
    this.options = options;
    this.colon = options.indent === 0 ? ':' : ': ';
  }

  value(depth: number): void {
    const reader = this.reader;
    switch (reader.next()) {
      case Tok.NIL:
        this.out += 'null';
        return;
      case Tok.BOOL:
        this.out += reader.number === 1 ? 'true' : 'false';
        return;
      case Tok.INT:
        this.out += reader.big === null ? String(reader.number) : String(reader.big);
        return;
      case Tok.FLOAT:
        this.out += this.float(reader.number);
        return;
      case Tok.STR:
        this.out += quote(reader.text());
        return;
      case Tok.ARRAY:
        this.array(reader.number, depth + 1);
        return;
      case Tok.MAP:
        this.map(reader.number, depth + 1);
        return;
      default:
        this.out += this.bytes();
    }
  }

  private float(value: number): string {
    if (Number.isFinite(value)) return floatText(value);
    if (this.options.unsupported === 'refuse') throw typeErr('nan and inf cannot be told in JSON');
    return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
  }

  private bytes(): string {
    if (this.options.unsupported === 'refuse') throw typeErr('a value of type `bytes` cannot be told in JSON');
    return `"${this.reader.bytes().toString('base64')}"`;
  }

  private newLine(depth: number): string {
    return this.options.indent === 0 ? '' : `\n${' '.repeat(this.options.indent * depth)}`;
  }

  private array(count: number, depth: number): void {
    this.members('[', ']', count, depth, () => this.value(depth));
  }

  private map(count: number, depth: number): void {
    this.members('{', '}', count, depth, () => {
      this.key();
      this.out += this.colon;
      this.value(depth);
    });
  }

  private members(open: string, close: string, count: number, depth: number, member: () => void): void {
    const most = this.options.maxNesting ?? MAX_NESTING;
    if (depth > most) throw operationErr(`JSON may be nested ${most} levels deep, no deeper`);
    this.out += open;
    for (let i = 0; i < count; i++) {
      this.out += (i === 0 ? '' : ',') + this.newLine(depth);
      member();
    }
    if (count > 0) this.out += this.newLine(depth - 1);
    else if (this.options.opensEmpty === true && this.options.indent > 0) this.out += `\n${this.newLine(depth - 1)}`;
    this.out += close;
  }

  private key(): void {
    if (this.reader.next() !== Tok.STR) throw typeErr('the keys of a JSON object must be of type `str`');
    this.out += quote(this.reader.text());
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped.
const SPECIAL = /["\\\x00-\x1f]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
};

function escapeChar(char: string): string {
  return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A byte string as a JSON string; bytes from 0x7f on pass as they are. */
function quote(text: string): string {
  return text.search(SPECIAL) < 0 ? `"${text}"` : `"${text.replace(SPECIAL, escapeChar)}"`;
}

const DIGITS = 20;

/** Twenty significant digits without trailing zeros, as C's `%.20g`, with `.0` where only digits would show. */
function floatText(value: number): string {
  // Few digits, and as many binary places as decimal ones: the shortest form is exact.
  if (Number.isInteger(value * 256) && Math.abs(value) < 1e7) return Number.isInteger(value) ? `${value + 0}.0` : String(value);
  if (Number.isSafeInteger(value)) return `${value}.0`;
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e20) return exponentText(value);
  const text = toDigits(value, DIGITS);
  if (!text.includes('.')) return `${text}.0`;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end -= 1;
  return text.charCodeAt(end - 1) === 0x2e ? `${text.slice(0, end)}0` : text.slice(0, end);
}

function exponentText(value: number): string {
  const [mantissa = '', exponent = '0'] = toExponent(value, DIGITS).split('e');
  const digits = mantissa.replace(/\.?0+$/, '');
  return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}
