/** Time zones as scripts name them: by name, or by an offset such as `+0530`. */
import { type TiError, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import { encodeCollectionInfo, encodeScopeInfo } from '../model/database-records.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { isZone, momentOf, offsetAt, zoneNames } from '../time/zones.ts';
import { DateTime } from '../values/datetime.ts';
import { MpData } from '../values/handles.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';
import { settingsOf } from './scopes.ts';

/** A time zone by name, or one that is only an offset in seconds. */
export type ZoneSpec = { readonly name: string } | { readonly offset: number };

const OFFSET = /^([+-])([0-9]{2})([0-9]{2})?$/;
const MAX_OFFSET = 12 * 3600;

/** Seconds of an offset `+hh` or `+hhmm`, at most twelve hours; null for what is none. */
export function parseOffset(text: string): number | null {
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const minutes = Number(match[3] ?? 0);
  const offset = Number(match[2]) * 3600 + minutes * 60;
  if (minutes > 59 || offset > MAX_OFFSET) return null;
  return match[1] === '-' ? -offset + 0 : offset;
}

const unknownZone = (name: string): TiError =>
  valueErr(`unknown time zone \`${name}\`; see https://docs.thingsdb.io/v1/collection-api/time_zones_info`);

/** The zone that a text names. Throws value_err. */
export function zoneSpec(text: string): ZoneSpec {
  if (text.startsWith('+') || text.startsWith('-')) {
    const offset = parseOffset(text);
    if (offset === null) throw valueErr('invalid offset; expecting format `+/-hh[mm]`, for example +0100 or -05');
    return { offset };
  }
  if (!isZone(text)) throw unknownZone(text);
  return { name: text };
}

/** The zone in which dates are when a script does not say. */
export function zoneOf(cx: Context): ZoneSpec {
  if (cx.collection !== null) return { name: cx.collection.timeZone };
  return { name: cx.scope === 'thingsdb' ? cx.database.thingsdbZone : cx.database.nodeZone };
}

/** A moment as clocks of a zone show it. */
export function inZone(seconds: number | bigint, zone: ZoneSpec, isTimeval: boolean): DateTime {
  if ('offset' in zone) return new DateTime(seconds, zone.offset, null, isTimeval);
  return new DateTime(seconds, offsetAt(zone.name, Number(seconds)), zone.name, isTimeval);
}

/** The moment at which the clocks of a zone show a time, in seconds since 1970 on the clock. */
export function atClock(clock: number, zone: ZoneSpec, isTimeval: boolean): DateTime {
  return inZone('offset' in zone ? clock - zone.offset : momentOf(zone.name, clock), zone, isTimeval);
}

/** The zone of a datetime. */
export const zoneOfDate = (date: DateTime): ZoneSpec => (date.zone === null ? { offset: date.offset } : { name: date.zone });

function setTimeZone(cx: Context, which: Value, zone: Value): null {
  const { ops } = cx.tx.need();
  const { database } = cx;
  const { kind, collection } = settingsOf(cx, which);
  if (typeof zone !== 'string') {
    throw typeErr(
      `function \`set_time_zone\` expects argument 2 to be of type \`str\` but got type \`${typeName(zone)}\` instead; see https://docs.thingsdb.io/v1/thingsdb-api/set_time_zone`,
    );
  }
  if (!isZone(zone)) throw unknownZone(zone);
  if (collection !== null) {
    collection.timeZone = zone;
    ops.int(ChangeOp.COLLECTION_INFO);
    encodeCollectionInfo(ops, collection);
    return null;
  }
  if (kind === 'thingsdb') database.thingsdbZone = zone;
  else database.nodeZone = zone;
  ops.int(ChangeOp.SCOPE_INFO);
  encodeScopeInfo(ops, database);
  return null;
}

let packed: MpData | null = null;

function zonesInfo(): MpData {
  if (packed === null) {
    const writer = new MsgpackWriter();
    writer.arrayHeader(zoneNames.length);
    for (const name of zoneNames) writer.str(name);
    packed = new MpData(writer.take());
  }
  return new MpData(packed.data);
}

export const zoneRows: readonly Row[] = [
  {
    name: 'time_zones_info',
    params: [],
    returns: 'mpdata',
    doc: 'The names of all time zones.',
    example: "time_zones_info().load().has('Europe/Amsterdam');  // => true",
    page: 'collection-api/time_zones_info',
    run: zonesInfo,
  },
  {
    name: 'set_time_zone',
    params: [
      { name: 'scope', type: 'any' },
      { name: 'zone', type: 'any' },
    ],
    returns: 'nil',
    doc: 'Sets the time zone in which the dates of a scope are when a script does not say.',
    example: "new_collection('clocks'); set_time_zone('@:clocks', 'Europe/Amsterdam');  // => null",
    page: 'thingsdb-api/set_time_zone',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: setTimeZone,
  },
];
