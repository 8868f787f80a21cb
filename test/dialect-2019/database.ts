/** A database in memory that is asked in the 2019 dialect. */
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { encodeResults2019 } from '../../src/wire/encode-2019.ts';
import { typedOf } from '../conformance/typed.ts';
import { latin1 } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };

export type Answer = { readonly error: null; readonly value: unknown } | { readonly error: TiError };

export interface Database2019 {
  readonly engine: LocalEngine;
  /** The answer in the form of one value for one statement; floats are `{float}`. */
  query(code: string, target?: string | number, blobs?: readonly string[]): Answer;
  close(): Promise<void>;
}

/** Marks floats as the cases have them. */
export function plain(typed: unknown): unknown {
  if (Array.isArray(typed)) return typed.map(plain);
  if (typeof typed !== 'object' || typed === null) return typed;
  if ('$f' in typed) return { float: Number(typed.$f) };
  const entries = '$m' in typed ? (typed.$m as [string, unknown][]) : Object.entries(typed);
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}

/** One with the collection `stuff` and the user `admin`. */
export async function openDatabase(engine = new LocalEngine(memoryStore())): Promise<Database2019> {
  if (engine.database.users.size === 0) await engine.initialize('no password');
  return {
    engine,
    query(code, target = 'stuff', blobs = []) {
      try {
        const { results, fetched } = engine.query2019({ user: ADMIN, client: null, target, code: latin1(code), blobs: blobs.map(latin1) });
        const w = new MsgpackWriter();
        encodeResults2019(w, results, fetched, true);
        return { error: null, value: plain(typedOf(w.take())) };
      } catch (error) {
        if (error instanceof TiError) return { error };
        throw error;
      }
    },
    close: () => engine.close(),
  };
}
