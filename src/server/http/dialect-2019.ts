/** Queries in the form of 2019 over HTTP: a POST to `/2019` with a map of `query`, `target` and `blobs`. */
import type { UserRef } from '../../engine/api.ts';
import { encodeResults2019 } from '../../wire/encode-2019.ts';
import { codeOf2019 } from '../../wire/errors-2019.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { msgpackCodec } from '../codec-2019.ts';
import type { Hub } from '../hub.ts';
import { clientError } from '../outbox.ts';
import { readQuery2019, writeError2019 } from '../requests-2019.ts';
import type { ContentType } from './api-request.ts';

export const PATH_2019 = '/2019';

/** Status by the code of the dialect; 422 for those not listed. */
const STATUS: ReadonlyMap<number, number> = new Map([
  [99, 401],
  [100, 403],
  [101, 404],
  [102, 400],
  [103, 400],
  [104, 503],
  [127, 500],
]);

export interface Reply2019 {
  readonly status: number;
  readonly body: Buffer | string;
}

/** Runs a query from its MessagePack. Results of a single statement are told as its value, errors as a map of `error_code` and `error_msg`. */
export function ask2019(hub: Hub, user: UserRef, packed: Buffer, type: ContentType): Reply2019 {
  // JSON has no form for infinite numbers, which are told as texts.
  const told = (bytes: Buffer): Buffer | string =>
    type === 'application/json' ? msgpackToJson(bytes, { unsupported: 'text', indent: 0 }) : bytes;
  try {
    if (hub.failure !== null) throw hub.failure;
    const request = readQuery2019(msgpackCodec.read(packed, 0, packed.length));
    const { results, fetched } = hub.timed(request.code, () => hub.engine.query2019({ user, client: null, ...request }));
    return { status: 200, body: told(msgpackCodec.pack((w) => encodeResults2019(w, results, fetched, true))) };
  } catch (error) {
    const failed = clientError(error, hub.log.error);
    const body = msgpackCodec.pack((w) => {
      writeError2019(w, failed);
    });
    return { status: STATUS.get(codeOf2019(failed.code)) ?? 422, body: told(body) };
  }
}
