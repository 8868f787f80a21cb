/** Runs texts against an engine in this process, and gives what is needed to look at what they recorded. */
import { expect } from 'vitest';

import { LocalEngine } from '../../src/engine/engine.ts';
import { lazyCode } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { applyChange } from '../../src/model/apply.ts';
import { Database } from '../../src/model/database.ts';
import { valuesOf } from '../../src/model/references.ts';
import { MsgpackReader, Tok } from '../../src/msgpack/reader.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import type { LogEntry, Store } from '../../src/storage/store.ts';
import { Wrapped } from '../../src/values/handles.ts';
import { List } from '../../src/values/list.ts';
import { SetValue } from '../../src/values/set.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { Checkpoints, reopened } from '../model/recording.ts';

/** What an answer says, as plain JavaScript: ints and floats alike as numbers. */
export type Plain = null | boolean | number | bigint | string | Plain[] | { [key: string]: Plain };

function plain(r: MsgpackReader): Plain {
  switch (r.next()) {
    case Tok.NIL:
      return null;
    case Tok.BOOL:
      return r.number === 1;
    case Tok.INT:
      return r.big ?? r.number;
    case Tok.FLOAT:
      return r.number;
    case Tok.STR:
    case Tok.BIN:
      return r.text();
    case Tok.ARRAY:
      return Array.from({ length: r.number }, () => plain(r));
    case Tok.MAP: {
      const entries = Array.from({ length: r.number }, () => [plain(r), plain(r)] as const);
      return Object.fromEntries(entries.map(([key, value]) => [String(key), value]));
    }
    default:
      throw new Error('an answer of a kind that these tests do not use');
  }
}

/** A store in memory that remembers what was appended. */
function recordingStore(entries: LogEntry[]): Store {
  const store = memoryStore();
  const append = store.append.bind(store);
  store.append = (id, scope, data) => {
    entries.push({ id, scope, data: Uint8Array.from(data) });
    append(id, scope, data);
  };
  return store;
}

export class Session {
  readonly entries: LogEntry[] = [];
  readonly engine: LocalEngine;

  private constructor() {
    this.engine = new LocalEngine(recordingStore(this.entries));
  }

  static async open(): Promise<Session> {
    const session = new Session();
    // The hash is never looked at: nobody logs in.
    await session.engine.initialize('none');
    return session;
  }

  /** What a text gives. Throws TiError. */
  ask(code: string, deep?: number): Plain {
    return ask(this.engine, code, deep);
  }

  /** The code of the error that a text ends with; 0 when it ends well. */
  fails(code: string): number {
    try {
      this.ask(code);
      return 0;
    } catch (error) {
      if (error instanceof TiError) return error.code;
      throw error;
    }
  }

  /** The root of the collection with all that is in it. */
  get state(): Plain {
    return this.ask('return root(), 20');
  }

  /** The same state, made anew from the recorded changes. */
  replayed(): Plain {
    const other = new LocalEngine(memoryStore());
    for (const entry of this.entries) applyChange(other.database, entry.scope, entry.data, lazyCode);
    return ask(other, 'return root(), 20');
  }

  /** References to each thing of the collection: as they were kept, counted by what names the things, and kept by a database made anew from the recorded changes. */
  references(): readonly Map<number, number>[] {
    const other = new Database();
    for (const entry of this.entries) applyChange(other, entry.scope, entry.data, lazyCode);
    const kept = ({ collections }: Database): Map<number, number> =>
      new Map([...(collections.get(2)?.things.values() ?? [])].map((thing) => [thing.id, thing.refs]));
    return [kept(this.engine.database), counted(this.engine.database), kept(other)];
  }

  /** A database made anew from the records of a checkpoint. */
  reopened(): Database {
    const checkpoints = new Checkpoints(this.engine);
    checkpoints.begin();
    return reopened(checkpoints.end(), []).database;
  }
}

/** How many places of the collection name each thing. */
function counted({ collections }: Database): Map<number, number> {
  const counts = new Map<number, number>([[2, 1]]);
  const count = (value: Value): void => {
    if (value instanceof Thing) counts.set(value.id, (counts.get(value.id) ?? 0) + 1);
    else if (value instanceof List) value.items.forEach(count);
    else if (value instanceof SetValue) value.things.forEach(count);
    else if (value instanceof Wrapped) count(value.thing);
  };
  for (const thing of collections.get(2)?.things.values() ?? []) for (const value of valuesOf(thing)) count(value);
  return new Map([...counts].sort(([a], [b]) => a - b));
}

function ask(engine: LocalEngine, code: string, deep?: number): Plain {
  const answer = engine.query({
    user: { id: 1, name: 'admin' },
    client: null,
    scope: '//stuff',
    code: Buffer.from(code, 'utf8').toString('latin1'),
    vars: null,
  });
  const w = new MsgpackWriter();
  encodeValue(w, answer.value, { deep: deep ?? answer.deep, flags: answer.flags, hooks: engine.hooks });
  return plain(new MsgpackReader(w.take()));
}

/** Expects that the recorded changes, applied to an empty database, give the same things, with as many references to each. */
export function expectRecorded(session: Session): void {
  expect(session.replayed()).toEqual(session.state);
  const [kept, counts, replayed] = session.references();
  expect(kept).toEqual(counts);
  expect(replayed).toEqual(counts);
}
