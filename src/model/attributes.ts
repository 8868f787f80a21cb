/** Attributes of stored things: names and plain values beside their properties, which only the 2019 dialect reads and writes. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Value } from '../values/value.ts';
import { readInt, readStr } from './read.ts';
import { decodeStored, encodeStored, type StoredContext } from './stored.ts';

export class Attributes {
  private readonly byThing = new Map<number, Map<string, Value>>();

  /** The attributes of a thing by its id; undefined when it has none. */
  of(id: number): ReadonlyMap<string, Value> | undefined {
    return this.byThing.get(id);
  }

  set(id: number, name: string, value: Value): void {
    let own = this.byThing.get(id);
    if (own === undefined) {
      own = new Map();
      this.byThing.set(id, own);
    }
    own.set(name, value);
  }

  unset(id: number, name: string): void {
    const own = this.byThing.get(id);
    if (own?.delete(name) === true && own.size === 0) this.byThing.delete(id);
  }

  /** To be called when a thing leaves. */
  drop(id: number): void {
    if (this.byThing.size > 0) this.byThing.delete(id);
  }

  /** To be called when things get other ids. */
  renumber(newIds: ReadonlyMap<number, number>): void {
    const before = [...this.byThing];
    this.byThing.clear();
    for (const [id, own] of before) this.byThing.set(newIds.get(id) ?? id, own);
  }

  /** Things that have some, by id. */
  ids(): Iterable<number> {
    return this.byThing.keys();
  }

  get size(): number {
    return this.byThing.size;
  }
}

/** Writes the attributes of one thing: its id, then names and values. */
export function encodeAttributes(w: MsgpackWriter, id: number, attributes: Attributes): void {
  w.int(id);
  for (const [name, value] of attributes.of(id) ?? []) {
    w.str(name);
    encodeStored(w, value);
  }
}

export function decodeAttributes(r: MsgpackReader, attributes: Attributes, cx: StoredContext): void {
  const id = readInt(r);
  while (!r.atEnd) attributes.set(id, readStr(r), decodeStored(r, cx));
}
