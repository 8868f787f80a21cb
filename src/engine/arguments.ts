/** Variables that clients send, decoded for the collection in which the query runs. */
import { ErrorCode, lookupErr, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { entriesOf, makeAnoType } from '../model/types-define.ts';
import { Task } from '../values/handles.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { type DecodeContext, decodeArguments, detachedContext } from '../wire/decode.ts';
import { decodeRunArguments } from '../wire/decode-run.ts';
import { closureFromText } from './toolchain.ts';

/** What values from outside may refer to in a collection. */
export function contextOf(collection: Collection | null): DecodeContext {
  if (collection === null) return { ...detachedContext, closure: closureFromText };
  return {
    ...detachedContext,
    closure: closureFromText,
    thing(id) {
      const thing = collection.things.get(id);
      if (thing === undefined) throw lookupErr(`cannot unpack find \`thing\` with id ${id}`);
      return thing;
    },
    room(id) {
      const found = collection.rooms.get(id);
      if (found === undefined) throw lookupErr(`cannot find \`room\` with id ${id}`);
      return found;
    },
    task: (id) => collection.tasks.get(id) ?? new Task(),
    anoType(definition) {
      if (!(definition instanceof Thing)) throw new TiError(ErrorCode.BAD_DATA, 'an anonymous type is sent as a map');
      return makeAnoType(entriesOf(definition));
    },
  };
}

/** `bytes` hold what a `run` request gives as arguments; empty for none. Throws TiError that names the argument. */
export function decodeRunArgs(bytes: Uint8Array, params: readonly string[], procedure: string, collection: Collection | null): Value[] {
  return decodeRunArguments(bytes, params, procedure, contextOf(collection));
}

/** `bytes` hold one MessagePack map. Throws TiError that names the argument. */
export function decodeVars(bytes: Uint8Array, collection: Collection | null): ReadonlyMap<string, Value> {
  return decodeArguments(bytes, contextOf(collection));
}
