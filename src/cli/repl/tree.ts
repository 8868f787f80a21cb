/** Packed answers for people: on one line when they fit, else a line for each item, and in the words of the language. */

import { MsgpackReader, Tok } from '../../msgpack/reader.ts';
import { columnsOf } from '../../terminal/columns.ts';
import { isName } from '../../values/thing.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { fromBytes } from '../io.ts';
import { CLASS_STYLES, STYLES, type Style, styled } from './colours.ts';

export interface TreeOptions {
  readonly columns: number;
  readonly colored: boolean;
  /** How many items of a list, and properties of a thing, are shown; 0 for all. */
  readonly limit: number;
}

interface Leaf {
  readonly kind: 'leaf';
  readonly text: string;
  readonly style: Style;
  readonly width: number;
}

interface Item {
  readonly key: string | null;
  readonly value: Node;
}

interface Branch {
  readonly kind: 'branch';
  /** The id of a thing, before the bracket. */
  readonly head: string;
  readonly brackets: readonly [open: string, close: string];
  readonly items: readonly Item[];
  /** How many more there are. */
  readonly more: number;
  /** Columns on one line. */
  readonly width: number;
}

type Node = Leaf | Branch;

const INDENT = '  ';
const SEPARATOR = ', ';
/** A text longer than this, in code units, has its rest left out when there is a limit. */
const MOST_TEXT = 2000;
/** Deeper than this, nothing is shown. */
const MOST_LEVELS = 100;

const leaf = (text: string, style: Style): Leaf => ({ kind: 'leaf', text, style, width: columnsOf(text) });

/** JSON leaves these as they are, and some terminals take them for commands. */
const safe = (json: string): string =>
  json.replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const quoted = (text: string): string => safe(JSON.stringify(text));

class TreeReader {
  private readonly bytes: Buffer;
  private readonly reader: MsgpackReader;
  private readonly limit: number;

  constructor(bytes: Buffer, limit: number) {
    this.bytes = bytes;
    this.reader = new MsgpackReader(bytes);
    this.limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  }

  value(level = 0): Node {
    const { reader } = this;
    const start = reader.offset;
    const kind = reader.next();
    if (kind === Tok.ARRAY) return this.list(reader.number, level);
    if (kind === Tok.MAP) return this.map(reader.number, level);
    if (kind === Tok.STR) return this.text(fromBytes(reader.text()));
    const json = fromBytes(msgpackToJson(this.bytes.subarray(start, reader.offset), { unsupported: 'text', indent: 0 }));
    if (kind === Tok.NIL) return leaf('nil', CLASS_STYLES.constant);
    if (kind === Tok.BOOL) return leaf(json, CLASS_STYLES.constant);
    if (kind === Tok.BIN) return leaf(`bytes ${json}`, CLASS_STYLES.string);
    return leaf(json.replaceAll('"', ''), CLASS_STYLES.number);
  }

  private text(text: string): Leaf {
    if (text.length <= MOST_TEXT || this.limit === Number.POSITIVE_INFINITY) return leaf(quoted(text), CLASS_STYLES.string);
    return leaf(`${quoted(text.slice(0, MOST_TEXT))} ... ${text.length - MOST_TEXT} more characters`, CLASS_STYLES.string);
  }

  private list(count: number, level: number): Branch {
    const { items, more } = this.parts(count, level, 1, () => ({ key: null, value: this.value(level + 1) }));
    return branch('', ['[', ']'], items, more);
  }

  private map(count: number, level: number): Branch {
    const id = count > 0 ? this.id() : null;
    const { items, more } = this.parts(id === null ? count : count - 1, level, 2, () => {
      const key = this.key();
      return { key: `${isName(key) ? key : quoted(key)}: `, value: this.value(level + 1) };
    });
    return branch(id === null ? '' : `#${id} `, ['{', '}'], items, more);
  }

  /** The id of a thing, which comes first; null, with nothing read, when something else does. */
  private id(): number | bigint | null {
    const { reader } = this;
    const start = reader.offset;
    if (reader.next() === Tok.STR && reader.text() === '#' && reader.next() === Tok.INT) return reader.big ?? reader.number;
    reader.offset = start;
    return null;
  }

  private key(): string {
    return this.reader.next() === Tok.STR ? fromBytes(this.reader.text()) : String(this.reader.number);
  }

  /** Reads items of so many values each, as many as are to be shown. */
  private parts(count: number, level: number, values: number, read: () => Item): { items: Item[]; more: number } {
    const shown = Math.min(count, level < MOST_LEVELS ? this.limit : 0);
    const items = Array.from({ length: shown }, read);
    for (let left = (count - shown) * values; left > 0; left--) this.reader.skip();
    return { items, more: count - shown };
  }
}

function branch(head: string, brackets: Branch['brackets'], items: readonly Item[], more: number): Branch {
  const widths = items.map(({ key, value }) => columnsOf(key ?? '') + value.width);
  if (more > 0) widths.push(moreText(more).length);
  const inner = widths.reduce((sum, width) => sum + width, Math.max(0, widths.length - 1) * SEPARATOR.length);
  const width = head.length + brackets.join('').length + inner;
  return { kind: 'branch', head, brackets, items, more, width };
}

const moreText = (more: number): string => `... ${more} more`;

class TreeWriter {
  private readonly options: TreeOptions;
  out = '';

  constructor(options: TreeOptions) {
    this.options = options;
  }

  private paint(text: string, style: Style): string {
    return styled(text, style, this.options.colored);
  }

  /** Writes a value behind `used` columns of its line; `after` columns follow it there. */
  write(node: Node, indent: string, used: number, after: number): void {
    if (node.kind === 'leaf') {
      this.out += this.paint(node.text, node.style);
      return;
    }
    const [open, close] = node.brackets;
    const isFlat = used + node.width + after <= this.options.columns || node.items.length === 0;
    this.out += this.paint(node.head, STYLES.dim) + open;
    if (isFlat) this.flat(node);
    else this.broken(node, `${indent}${INDENT}`);
    this.out += isFlat ? close : `\n${indent}${close}`;
  }

  private flat({ items, more }: Branch): void {
    items.forEach(({ key, value }, i) => {
      this.out += (i === 0 ? '' : SEPARATOR) + (key ?? '');
      this.write(value, '', 0, Number.NEGATIVE_INFINITY);
    });
    if (more > 0) this.out += (items.length === 0 ? '' : SEPARATOR) + this.paint(moreText(more), STYLES.dim);
  }

  private broken({ items, more }: Branch, indent: string): void {
    items.forEach(({ key, value }, i) => {
      const isLast = i === items.length - 1 && more === 0;
      this.out += `\n${indent}${key ?? ''}`;
      this.write(value, indent, indent.length + columnsOf(key ?? ''), isLast ? 0 : 1);
      if (!isLast) this.out += ',';
    });
    if (more > 0) this.out += `\n${indent}${this.paint(moreText(more), STYLES.dim)}`;
  }
}

/** A packed answer as text for people, with a line end. Throws TiError for what cannot be told. */
export function treeOf(bytes: Buffer, options: TreeOptions): string {
  const writer = new TreeWriter(options);
  writer.write(new TreeReader(bytes, options.limit).value(), '', 0, 0);
  return `${writer.out}\n`;
}
