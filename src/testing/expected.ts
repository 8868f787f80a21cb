/** What a statement gives, held against what is expected of it: JSON, in which 2 and 2.0 differ. */
import { packJson, parseJson } from '../msgpack/json.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { fromBytes } from '../utf8.ts';
import { msgpackToJson } from '../wire/json.ts';

/** Under which the id of a thing is told. */
const ID = '#';

/** Packs JSON (a byte string), or `nil`; null for what is neither. */
export function packedJson(text: string): Uint8Array | null {
  const w = new MsgpackWriter();
  try {
    packJson(w, text === 'nil' ? null : parseJson(fromBytes(text)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
  return w.take();
}

/** A packed value as JSON in one line. */
export const jsonText = (packed: Uint8Array): string => msgpackToJson(packed, { unsupported: 'text', indent: 0 });

/** Whether a packed value is the one that is expected. The order of keys is of no account, and ids of things neither where none is expected. */
export function isExpected(expected: Uint8Array, given: Uint8Array): boolean {
  return isSame(treeOf(new MsgpackReader(expected)), treeOf(new MsgpackReader(given)));
}

type Tree = string | readonly Tree[] | ReadonlyMap<string, Tree>;

function treeOf(r: MsgpackReader): Tree {
  const kind = r.next();
  switch (kind) {
    case Tok.ARRAY:
      return Array.from({ length: r.number }, () => treeOf(r));
    case Tok.MAP:
      return new Map(
        Array.from({ length: r.number }, (): [string, Tree] => {
          r.next();
          const key = r.text();
          return [key, treeOf(r)];
        }),
      );
    // In the dialect both are raw.
    case Tok.STR:
    case Tok.BIN:
      return `"${r.text()}"`;
    case Tok.FLOAT:
      return `${r.number}f`;
    case Tok.INT:
      return String(r.big ?? r.number);
    case Tok.BOOL:
      return r.number === 1 ? 'true' : 'false';
    default:
      return 'nil';
  }
}

function isSame(expected: Tree, given: Tree): boolean {
  if (typeof expected === 'string' || typeof given === 'string') return expected === given;
  if (!(expected instanceof Map) || !(given instanceof Map)) {
    if (!Array.isArray(expected) || !Array.isArray(given)) return false;
    return expected.length === given.length && expected.every((item, i) => isSame(item, given[i] as Tree));
  }
  const keys = [...given.keys()].filter((key) => key !== ID || expected.has(ID));
  return (
    keys.length === expected.size && keys.every((key) => expected.has(key) && isSame(expected.get(key) as Tree, given.get(key) as Tree))
  );
}
