/** Typed answers: what the cases expect, and what came back, in one form that can be compared. */
import { MsgpackReader, Tok } from '../../src/msgpack/reader.ts';

/** JSON with `$f`, `$b`, `$i`, `$m`, `$x` for what JSON has no type for; see the cases. */
export type Typed = null | boolean | number | string | Typed[] | { [key: string]: Typed };

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return String(value);
};

function readMap(r: MsgpackReader): Typed {
  const entries: [Typed, Typed][] = [];
  for (let left = r.number; left > 0; left--) entries.push([read(r), read(r)]);
  // JavaScript objects would put keys that look like numbers first.
  const plain = entries.every(([key]) => typeof key === 'string' && !key.startsWith('$') && !/^\d+$/.test(key));
  return plain ? (Object.fromEntries(entries) as Record<string, Typed>) : { $m: entries.map(([k, v]) => [k, v]) };
}

function read(r: MsgpackReader): Typed {
  switch (r.next()) {
    case Tok.NIL:
      return null;
    case Tok.BOOL:
      return r.number === 1;
    case Tok.INT:
      if (r.big === null) return r.number;
      // 2^53 itself is told as it is.
      return Math.abs(Number(r.big)) === 2 ** 53 && BigInt(Number(r.big)) === r.big ? Number(r.big) : { $i: String(r.big) };
    case Tok.FLOAT:
      return { $f: floatText(r.number) };
    case Tok.STR: {
      const bytes = r.bytes();
      return isUtf8(bytes) ? bytes.toString('utf8') : { $b: bytes.toString('base64') };
    }
    case Tok.BIN:
      return { $b: r.bytes().toString('base64') };
    case Tok.ARRAY: {
      const items: Typed[] = [];
      for (let left = r.number; left > 0; left--) items.push(read(r));
      return items;
    }
    case Tok.MAP:
      return readMap(r);
    default:
      return { $x: [r.extType, r.bytes().toString('base64')] };
  }
}

/** Reads one MessagePack value. */
export function typedOf(bytes: Uint8Array): Typed {
  return read(new MsgpackReader(bytes));
}

/** Numbers the ids under `#` by first appearance in a case, as the cases do. */
export class IdNames {
  private readonly names = new Map<string, string>();

  rename(value: Typed): Typed {
    if (Array.isArray(value)) return value.map((item) => this.rename(item));
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value.$m)) {
      const pairs = value.$m as [Typed, Typed][];
      return { $m: pairs.map(([k, v]) => [k, k === '#' ? this.name(v) : this.rename(v)]) };
    }
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === '#' ? this.name(v) : this.rename(v)]));
  }

  private name(id: Typed): Typed {
    if (typeof id !== 'number') return this.rename(id);
    const key = String(id);
    let name = this.names.get(key);
    if (name === undefined) {
      name = `id${this.names.size + 1}`;
      this.names.set(key, name);
    }
    return name;
  }
}

const numberOf = (text: string): number =>
  text === 'nan' ? Number.NaN : text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);

function sameFloat(a: string, b: string): boolean {
  const x = numberOf(a);
  const y = numberOf(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  return x === y || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
}

/** An object in the one form in which the order of its keys is told: `$m` pairs. */
function pairsOf(value: { [key: string]: Typed }): [Typed, Typed][] {
  return Array.isArray(value.$m) ? (value.$m as [Typed, Typed][]) : Object.entries(value);
}

const asObject = (pairs: [Typed, Typed][]): [Typed, Typed][] =>
  pairs.every(([key]) => typeof key === 'string') ? Object.entries(Object.fromEntries(pairs)) : pairs;

/** Whether two typed answers are the same; the order of keys counts, floats are equal within 1e-12. */
export function same(a: Typed, b: Typed): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i] as Typed));
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || Array.isArray(b)) return a === b;
  if (typeof a.$f === 'string' && typeof b.$f === 'string') return sameFloat(a.$f, b.$f);
  // What was read from the file of a case has keys that look like numbers first, wherever they stood.
  const isPlain = !Array.isArray(a.$m) || !Array.isArray(b.$m);
  const x = isPlain ? asObject(pairsOf(a)) : pairsOf(a);
  const y = isPlain ? asObject(pairsOf(b)) : pairsOf(b);
  return x.length === y.length && x.every(([k, v], i) => same(k, y[i]?.[0] as Typed) && same(v, y[i]?.[1] as Typed));
}
