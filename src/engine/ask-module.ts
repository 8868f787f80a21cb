/** The way of a request to a module and of its answer back into the language. */
import { ErrorCode, lookupErr, operationErr, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { ModuleHost } from '../model/modules.ts';
import { MsgpackError, MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { type Future, type ModuleRequest, MpData } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import { decodeAny } from '../wire/decode.ts';
import { type EncodeHooks, encodeValue } from '../wire/encode.ts';
import { contextOf } from './arguments.ts';
import type { Asked } from './futures.ts';

/** Packs the request of a future, sends it, and reads the answer. `done` is called once, at once or in a later turn of the event loop. */
export function askModule(
  database: Database,
  modules: ModuleHost,
  hooks: EncodeHooks,
  collection: Collection | null,
  future: Future,
  done: (asked: Asked) => void,
): void {
  const request = future.request as ModuleRequest;
  const module = database.modules.get(request.module);
  if (module === undefined) {
    done({ error: lookupErr(`module \`${request.module}\` not found`) });
    return;
  }
  const { status } = modules.view(module);
  if (status !== 'running') {
    done({ error: operationErr(`module \`${module.name}\` is not running (status: ${status})`) });
    return;
  }
  const w = new MsgpackWriter(256);
  // The request itself does not count as a level.
  encodeValue(w, future.args[0] as Value, { deep: request.deep + 1, flags: 0, hooks });
  modules.request(module, w.take(), (outcome) => {
    if ('error' in outcome) done(outcome);
    else done(readAnswer(outcome.data, request, collection));
  });
}

function readAnswer(data: Uint8Array, { load, module }: ModuleRequest, collection: Collection | null): Asked {
  try {
    if (load) return { value: decodeAny(data, contextOf(collection)) };
    const reader = new MsgpackReader(data);
    reader.skip();
    if (reader.atEnd) return { value: new MpData(data) };
  } catch (error) {
    // A value that is whole, but means nothing here, says so itself; what is no value at all is told as that.
    if (error instanceof TiError && error.code !== ErrorCode.BAD_DATA && error.code !== ErrorCode.NUM_ARGUMENTS) return { error };
    if (!(error instanceof TiError || error instanceof MsgpackError)) throw error;
  }
  return { error: new TiError(ErrorCode.BAD_DATA, `got invalid or corrupt MsgPack data from module: \`${module}\``) };
}
