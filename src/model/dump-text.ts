/**
 * MessagePack, as changes hold it, as text that people read and tools compare, and back. Every value has one text, and the text gives the same bytes again.
 *
 *     nil true 12 2.0 "text" bytes"\x00"    as in the language; a float always has a point, an exponent, or is `nan`, `inf`, `-inf`
 *     [1, 2]  map("key" 1)                  arrays; maps
 *     #12  set(#12 #13)                     a thing by its id; a set of things
 *     closure"|x| x"  regex"/a/i"           and other values of the language, by their stored text
 *     ano(map())  wrap_ano(#12 map())       an anonymous type; a thing wrapped by one
 *     ext40"..."                            what this release does not know
 *
 * Strings are bytes: what is no UTF-8 is written as `\xff`.
 */
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { isUtf8 } from '../utf8.ts';
import { Ext } from './stored.ts';

/** Told in a way of their own. */
const SPECIAL_EXTS: ReadonlySet<number> = new Set([Ext.THING, Ext.SET, Ext.ANO, Ext.WRAP_ANO]);
const EXT_NAMES = new Map<number, string>(
  Object.entries(Ext)
    .filter(([, number]) => !SPECIAL_EXTS.has(number))
    .map(([name, number]) => [number, name.toLowerCase()]),
);
const EXT_NUMBERS = new Map([...EXT_NAMES].map(([number, name]) => [name, number]));

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };
const UNESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** What cannot stand in a text as it is; bytes from 0x80 on can where they are UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const SPECIAL = /[\x00-\x1f"\\\x7f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const SPECIAL_OR_HIGH = /[\x00-\x1f"\\\x7f-\xff]/g;

function quote(bytes: string): string {
  return `"${bytes.replace(isUtf8(bytes) ? SPECIAL : SPECIAL_OR_HIGH, (char) => ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** An array with a longer text is told one item a line. */
const LINE = 120;

/** The text of the next value. */
export function valueText(r: MsgpackReader, indent: string): string {
  switch (r.next()) {
    case Tok.NIL:
      return 'nil';
    case Tok.BOOL:
      return r.number === 1 ? 'true' : 'false';
    case Tok.INT:
      return String(r.big ?? r.number);
    case Tok.FLOAT:
      return floatText(r.number);
    case Tok.STR:
      return quote(r.text());
    case Tok.BIN:
      return `bytes${quote(r.text())}`;
    case Tok.ARRAY:
      return listText('[', ']', r, r.number, indent);
    case Tok.MAP:
      return listText('map(', ')', r, r.number * 2, indent);
    default:
      return extText(r, indent);
  }
}

function listText(open: string, close: string, r: MsgpackReader, count: number, indent: string): string {
  const items: string[] = [];
  let length = 0;
  for (let left = count; left > 0; left--) {
    const item = valueText(r, `${indent}  `);
    length += item.length + 1;
    items.push(item);
  }
  return length <= LINE
    ? open + items.join(' ') + close
    : `${open}\n${items.map((item) => `${indent}  ${item}\n`).join('')}${indent}${close}`;
}

const u64 = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);

function extText(r: MsgpackReader, indent: string): string {
  const { extType } = r;
  if (extType === Ext.ANO) return `ano(${valueText(r, indent)})`;
  if (extType === Ext.WRAP_ANO) return `wrap_ano(#${u64(r.bytes(), 0)} ${valueText(r, indent)})`;
  if (extType === Ext.THING && r.number === 8) return `#${u64(r.bytes(), 0)}`;
  if (extType === Ext.SET && r.number % 8 === 0) {
    const bytes = r.bytes();
    return `set(${Array.from({ length: bytes.length / 8 }, (_, i) => `#${u64(bytes, i * 8)}`).join(' ')})`;
  }
  return `${EXT_NAMES.get(extType) ?? `ext${extType}`}${quote(r.text())}`;
}

/** A text that is no dump; `offset` is where, in the text of the operation. */
export class DumpError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const TOKEN = /([A-Za-z_][A-Za-z0-9_]*)?"((?:[^"\\]|\\.)*)"|(map|set|ano|wrap_ano)?([([])|[)\]]|#(\d+)|[^\s()[\]"]+/y;
const SPACE = /(?:\s+|;[^\n]*)*/y;
const INT = /^-?\d+$/;
const FLOAT = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Reads the text of values, separated by space; `;` begins a comment to the end of its line. */
export class DumpParser {
  private readonly text: string;
  private at: number;
  private match: RegExpExecArray | null = null;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
    this.advance();
  }

  get atEnd(): boolean {
    return this.match === null;
  }

  private fail(message: string): DumpError {
    return new DumpError(message, this.match?.index ?? this.at);
  }

  private advance(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
    if (this.at >= this.text.length) {
      this.match = null;
      return;
    }
    TOKEN.lastIndex = this.at;
    this.match = TOKEN.exec(this.text);
    if (this.match === null) throw new DumpError('a text without its end', this.at);
    this.at = TOKEN.lastIndex;
  }

  /** Takes a word, such as the name of an operation. */
  word(): string {
    const word = this.match?.[0] ?? '';
    if (!/^\w+$/.test(word)) throw this.fail('a word is missing');
    this.advance();
    return word;
  }

  /** Takes a number that is no less than 0. */
  count(): number {
    const number = Number(this.match?.[0]);
    if (!Number.isSafeInteger(number) || number < 0) throw this.fail('a number is missing');
    this.advance();
    return number;
  }

  /** Takes a value and writes it. Throws DumpError. */
  value(w: MsgpackWriter): void {
    const { match } = this;
    if (match === null) throw this.fail('a value is missing');
    const [whole, prefix = '', quoted, kind = '', open, id] = match;
    if (quoted !== undefined) this.quoted(w, prefix, quoted);
    else if (id !== undefined) {
      w.extHeader(Ext.THING, 8);
      w.u64(Number(id));
    } else if (open !== undefined) {
      this.advance();
      this.list(w, kind, open);
      return;
    } else this.simple(w, whole);
    this.advance();
  }

  private quoted(w: MsgpackWriter, prefix: string, quoted: string): void {
    const text = quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/gs, (whole: string, hex: string | undefined, char: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const plain = UNESCAPES[char];
      if (plain === undefined) throw this.fail(`\`${whole}\` is no escape`);
      return plain;
    });
    if (prefix === '') w.str(text);
    else if (prefix === 'bytes') w.bin(text);
    else {
      const type = EXT_NUMBERS.get(prefix) ?? Number(/^ext(\d+)$/.exec(prefix)?.[1] ?? Number.NaN);
      if (!(type >= 0 && type < 128)) throw this.fail(`there are no values of the kind \`${prefix}\``);
      w.extHeader(type, text.length);
      w.copy(Buffer.from(text, 'latin1'));
    }
  }

  private list(w: MsgpackWriter, kind: string, open: string): void {
    const close = open === '[' ? ']' : ')';
    if ((kind === '') !== (open === '[')) throw this.fail(`\`${kind}${open}\` begins nothing`);
    if (kind === 'set') {
      this.set(w);
      return;
    }
    if (kind === 'ano' || kind === 'wrap_ano') {
      this.anonymous(w, kind);
      return;
    }
    // How many there are is only known at the end.
    const count = this.itemsAhead(close);
    if (kind === 'map') w.mapHeader(count / 2);
    else w.arrayHeader(count);
    for (let left = count; left > 0; left--) this.value(w);
    this.advance();
  }

  private itemsAhead(close: string): number {
    const { at, match } = this;
    let count = 0;
    let depth = 0;
    for (;;) {
      const token = this.match?.[0];
      if (token === undefined) throw this.fail(`\`${close}\` is missing`);
      if (depth === 0 && token === close) break;
      if (token === ')' || token === ']') depth--;
      if (depth < 0) throw this.fail(`\`${token}\` in place of \`${close}\``);
      if (depth === 0 && token !== ')' && token !== ']') count++;
      if (this.match?.[4] !== undefined) depth++;
      this.advance();
    }
    this.at = at;
    this.match = match;
    return count;
  }

  private set(w: MsgpackWriter): void {
    const ids: number[] = [];
    for (; this.match?.[5] !== undefined; this.advance()) ids.push(Number(this.match[5]));
    if (this.match?.[0] !== ')') throw this.fail('a set holds nothing but things');
    this.advance();
    w.extHeader(Ext.SET, ids.length * 8);
    for (const id of ids) w.u64(id);
  }

  private anonymous(w: MsgpackWriter, kind: 'ano' | 'wrap_ano'): void {
    if (kind === 'ano') w.extHeader(Ext.ANO, 0);
    else if (this.match?.[5] === undefined) throw this.fail('the thing that is wrapped is missing');
    else {
      w.extHeader(Ext.WRAP_ANO, 8);
      w.u64(Number(this.match[5]));
      this.advance();
    }
    this.value(w);
    if (this.match?.[0] !== ')') throw this.fail('`)` is missing');
    this.advance();
  }

  private simple(w: MsgpackWriter, text: string): void {
    if (text === 'nil') w.nil();
    else if (text === 'true' || text === 'false') w.bool(text === 'true');
    else if (INT.test(text)) {
      const number = Number(text);
      if (Number.isSafeInteger(number)) w.int(number);
      else w.bigint(BigInt(text));
    } else if (FLOAT.test(text)) w.float(Number(text));
    else if (text === 'nan') w.float(Number.NaN);
    else if (text === 'inf' || text === '-inf') w.float(text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
    else throw this.fail(`\`${text}\` is no value`);
  }
}
