import type { TiError } from '../errors.ts';
import { plainHooks } from '../wire/encode.ts';
import { HEADER_SIZE, PackageType } from './framing.ts';
import { Outbox } from './outbox.ts';

/** The same packages with an error in place of every answer to a query; what tells of no change stays. */
export function refusals(packages: Buffer, error: TiError): Buffer {
  const outbox = new Outbox(plainHooks, 0);
  for (let at = 0; at < packages.length; ) {
    const end = at + HEADER_SIZE + packages.readUInt32LE(at);
    const type = packages[at + 6];
    if (type === PackageType.DATA || type === PackageType.ERROR) outbox.error(packages.readUInt16LE(at + 4), error);
    else if (type === PackageType.PONG || type === PackageType.OK) outbox.copy(packages.subarray(at, end));
    at = end;
  }
  return outbox.take();
}
