/** With which bytes a match can begin. */
import type { CharSet, Node } from './ast.ts';

export interface First {
  /** 1 for the bytes that may come first; may have too many, never too few. */
  readonly bytes: Uint8Array;
  /** Whether nothing at all may match. */
  readonly nullable: boolean;
}

const NONE = new Uint8Array(256);
const ALL = new Uint8Array(256).fill(1);

export const ANYTHING: First = { bytes: ALL, nullable: true };
const NOTHING: First = { bytes: NONE, nullable: true };

/** The bytes with which characters of a set begin. */
export function leadBytes(set: CharSet, utf: boolean): Uint8Array {
  if (!utf) return set.low;
  const bytes = new Uint8Array(256);
  for (let c = 0; c < 128; c++) bytes[c] = set.low[c] as number;
  for (let c = 128; c < 256; c++) if (set.low[c] === 1) bytes[0xc0 | (c >> 6)] = 1;
  if (set.high !== null) bytes.fill(1, 0xc4, 0xf5);
  return bytes;
}

export const union = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((bit, i) => bit | (b[i] as number));
export const areDisjoint = (a: Uint8Array, b: Uint8Array): boolean => a.every((bit, i) => bit === 0 || b[i] === 0);

/** What a node can begin with, when `next` follows it. */
export function firstOf(node: Node, utf: boolean, next: First = NOTHING): First {
  const before = (bytes: Uint8Array, nullable: boolean): First =>
    nullable ? { bytes: union(bytes, next.bytes), nullable: next.nullable } : { bytes, nullable: false };
  switch (node.kind) {
    case 'chars': {
      const bytes = new Uint8Array(256);
      bytes[node.text.charCodeAt(0)] = 1;
      return before(bytes, false);
    }
    case 'set':
      return before(leadBytes(node.set, utf), false);
    case 'sequence':
      return node.items.reduceRight((rest: First, item) => firstOf(item, utf, rest), next);
    case 'alternatives':
      return node.items
        .map((item) => firstOf(item, utf, next))
        .reduce((a, b) => ({ bytes: union(a.bytes, b.bytes), nullable: a.nullable || b.nullable }));
    case 'group':
    case 'atomic':
      return firstOf(node.body, utf, next);
    case 'repeat': {
      if (node.max === 0) return next;
      const body = firstOf(node.body, utf);
      return before(body.bytes, body.nullable || node.min === 0);
    }
    case 'look':
    case 'assert':
    case 'empty':
      return next;
    case 'verb':
      return node.verb === 'accept' ? ANYTHING : next;
    case 'byte':
    case 'grapheme':
      return before(ALL, false);
    default:
      return ANYTHING;
  }
}

/** Whether a node can match without taking anything; true when that is not known. */
export const isNullable = (node: Node): boolean => firstOf(node, false).nullable;
