/** Limits of what a collection may hold. Each is reached, not passed: as many as the limit are allowed. */
import { ErrorCode, TiError } from '../errors.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Bytes } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

export const QUOTAS = ['things', 'properties', 'array_size', 'raw_size'] as const;
export type QuotaName = (typeof QUOTAS)[number];

/** Null for no limit. */
export type Quotas = Record<QuotaName, number | null>;

export const noQuotas = (): Quotas => ({ things: null, properties: null, array_size: null, raw_size: null });

interface Limited {
  readonly quotas: Quotas | null;
  readonly things: { readonly size: number };
}

const reached = (what: string, limit: number): TiError =>
  new TiError(ErrorCode.MAX_QUOTA, `the collection allows ${what}; its quota is ${limit}`);

/** Throws max_quota_err for a list of a length that the collection does not allow. */
export function checkArraySize(collection: Limited | null, length: number): void {
  const limit = collection?.quotas?.array_size ?? null;
  if (limit !== null && length > limit) throw reached('no array as long as this', limit);
}

/** Throws max_quota_err for a number of properties of one thing that the collection does not allow. */
export function checkPropertyCount(collection: Limited | null, count: number): void {
  const limit = collection?.quotas?.properties ?? null;
  if (limit !== null && count > limit) throw reached('no more properties in one thing', limit);
}

/** Throws max_quota_err for one more thing than the collection allows, or one with too many properties. */
export function checkThingQuota(collection: Limited | null, thing: Thing): void {
  const quotas = collection?.quotas ?? null;
  if (collection === null || quotas === null) return;
  checkPropertyCount(collection, thing.size);
  // The root counts; things without an id do not.
  if (quotas.things !== null && collection.things.size >= quotas.things) throw reached('no more things', quotas.things);
}

/** Throws max_quota_err when the collection does not allow what comes to be stored with some values: things, their properties, lists. */
export function checkStoring(collection: Limited & { readonly quotas: Quotas }, values: Iterable<Value>): void {
  const fresh = new Set<Thing>();
  const left = [...values];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const value = next instanceof Wrapped ? next.thing : next;
    if (value instanceof List) {
      checkArraySize(collection, value.items.length);
      for (const item of value.items) left.push(item);
    } else if (value instanceof SetValue) for (const thing of value.things) left.push(thing);
    else if (value instanceof Thing && value.id === 0 && !fresh.has(value)) {
      checkPropertyCount(collection, value.size);
      fresh.add(value);
      for (const key of value.keys()) left.push(value.get(key) as Value);
    }
  }
  const limit = collection.quotas.things;
  if (limit !== null && fresh.size > 0 && collection.things.size + fresh.size > limit) throw reached('no more things', limit);
}

/** Throws max_quota_err for values that come with a query, when a text in them is longer than the collection allows. */
export function checkRawSizes(collection: Limited | null, values: Iterable<Value>): void {
  if ((collection?.quotas?.raw_size ?? null) === null) return;
  const left = [...values];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value === 'string') checkRawSize(collection, value.length);
    else if (value instanceof Bytes) checkRawSize(collection, value.bytes.length);
    else if (value instanceof List) for (const item of value.items) left.push(item);
    else if (value instanceof Thing && value.id === 0) for (const key of value.keys()) left.push(value.get(key) as Value);
  }
}

/** Throws max_quota_err for a text or a blob of a length that the collection does not allow. */
export function checkRawSize(collection: Limited | null, length: number): void {
  const limit = collection?.quotas?.raw_size ?? null;
  if (limit !== null && length > limit) throw reached('no text or blob as long as this', limit);
}

export function writeQuotas(w: MsgpackWriter, quotas: Quotas | null): void {
  for (const name of QUOTAS) {
    const quota = quotas?.[name] ?? null;
    if (quota === null) w.nil();
    else w.int(quota);
  }
}

/** What `writeQuotas` wrote; null for no limit of any kind. */
export function readQuotas(r: MsgpackReader): Quotas | null {
  const quotas = noQuotas();
  let isLimited = false;
  for (const name of QUOTAS) {
    const kind = r.next();
    if (kind === Tok.NIL) continue;
    if (kind !== Tok.INT) throw new Error('damaged record: expected a quota');
    quotas[name] = r.number;
    isLimited = true;
  }
  return isLimited ? quotas : null;
}
