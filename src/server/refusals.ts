import type { TiError } from '../errors.ts';
import { plainHooks } from '../wire/encode.ts';
import { HEADER_SIZE, PackageType } from './framing.ts';
import { Outbox } from './outbox.ts';
import { refusal2019, Type2019 } from './requests-2019.ts';

/** What tells of no change, and may be told all the same. */
const HARMLESS: ReadonlySet<number | undefined> = new Set([
  PackageType.PONG,
  PackageType.OK,
  PackageType.NODE_STATUS,
  Type2019.PONG,
  Type2019.LOGGED_IN,
]);

/** The same packages with an error in place of every answer to a query, and without the events that tell of changes. */
export function refusals(packages: Buffer, error: TiError): Buffer {
  const outbox = new Outbox(plainHooks, 0);
  for (let at = 0; at < packages.length; ) {
    const end = at + HEADER_SIZE + packages.readUInt32LE(at);
    const type = packages[at + 6];
    if (type === PackageType.DATA || type === PackageType.ERROR) outbox.error(packages.readUInt16LE(at + 4), error);
    else if (type === Type2019.RESULTS)
      outbox.copy(refusal2019(packages.readUInt16LE(at + 4), packages.subarray(at + HEADER_SIZE, end), error));
    else if (HARMLESS.has(type)) outbox.copy(packages.subarray(at, end));
    at = end;
  }
  return outbox.take();
}
