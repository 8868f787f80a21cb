/** Collections and their quotas, for the root in the 2019 dialect. */
import { lookupErr } from '../../errors.ts';
import { ChangeOp } from '../../model/change.ts';
import type { Collection } from '../../model/collection.ts';
import { noQuotas, QUOTAS, type QuotaName, writeQuotas } from '../../model/quotas.ts';
import type { MsgpackWriter } from '../../msgpack/writer.ts';
import { List } from '../../values/list.ts';
import type { Value } from '../../values/value.ts';
import { adminRows } from '../admin.ts';
import { mpdata } from '../mpdata.ts';
import type { Context, Row } from '../row.ts';
import { CHANGES, COLLECTION, collectionOf, raw, root, today } from './root-common.ts';

const newCollection = today(adminRows, 'new_collection');
const delCollection = today(adminRows, 'del_collection');
const renameCollection = today(adminRows, 'rename_collection');

function writeCollection(w: MsgpackWriter, collection: Collection): void {
  const quotas = collection.quotas ?? noQuotas();
  w.mapHeader(3 + QUOTAS.length);
  w.str('collection_id');
  w.int(collection.id);
  w.str('name');
  w.str(collection.name);
  w.str('things');
  w.int(collection.things.size);
  for (const name of QUOTAS) {
    w.str(`quota_${name}`);
    const quota = quotas[name];
    if (quota === null) w.nil();
    else w.int(quota);
  }
}

function setQuota(cx: Context, which: string | number | bigint, name: string, limit: number | bigint | null): Value {
  const collection = collectionOf(cx, which);
  if (!(QUOTAS as readonly string[]).includes(name)) throw lookupErr(`there is no quota \`${name}\`; expecting ${QUOTAS.join(', ')}`);
  const quotas = collection.quotas ?? noQuotas();
  quotas[name as QuotaName] = limit === null ? null : Math.min(Math.max(0, Number(limit)), Number.MAX_SAFE_INTEGER);
  collection.quotas = QUOTAS.every((each) => quotas[each] === null) ? null : quotas;
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.QUOTAS);
  ops.int(collection.id);
  writeQuotas(ops, collection.quotas);
  return null;
}

export const collectionRows2019: readonly Row[] = [
  root('collection', [COLLECTION], 'object', 'Tells about a collection.', "collection('stuff');", (cx, which: string | number) => {
    const collection = collectionOf(cx, which);
    return mpdata((w) => writeCollection(w, collection));
  }),
  root('collections', [], 'array', 'Tells about all collections.', 'collections();', (cx) => {
    return new List([...cx.database.collections.values()].map((collection) => mpdata((w) => writeCollection(w, collection))));
  }),
  root(
    'new_collection',
    [raw('name')],
    'int',
    'Makes an empty collection, on which its maker has all rights, and gives its id.',
    "new_collection('shop');",
    (cx, name: string) => {
      newCollection(cx, name);
      return cx.database.collectionByName(name).id;
    },
    CHANGES,
  ),
  root(
    'del_collection',
    [COLLECTION],
    'nil',
    'Removes a collection.',
    "del_collection('stuff');  // => nil",
    (cx, which: Value) => delCollection(cx, which),
    CHANGES,
  ),
  root(
    'rename_collection',
    [COLLECTION, raw('name')],
    'nil',
    'Gives a collection another name.',
    "rename_collection('stuff', 'shop');  // => nil",
    (cx, which: Value, name: string) => renameCollection(cx, which, name),
    CHANGES,
  ),
  root(
    'set_quota',
    [COLLECTION, raw('quota'), { name: 'limit', type: 'int|nil' }],
    'nil',
    `Limits what a collection may hold: ${QUOTAS.join(', ')}; nil takes the limit away.`,
    "set_quota('stuff', 'things', 10000);  // => nil",
    setQuota,
    CHANGES,
  ),
];
