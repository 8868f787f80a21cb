/** Collections and their settings. */
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import { Collection, FIRST_ID } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { encodeCollectionInfo, encodeScopeInfo } from '../model/database-records.ts';
import { checkRights, Right, rightsOf } from '../model/rights.ts';
import { encodeUser } from '../model/users.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Row } from './row.ts';
import { settingsOf } from './scopes.ts';

function writeCollection(w: MsgpackWriter, c: Collection): void {
  w.mapHeader(9);
  w.str('collection_id');
  w.int(c.id);
  w.str('name');
  w.str(c.name);
  w.str('created_at');
  w.int(c.createdAt);
  w.str('things');
  w.int(c.things.size);
  w.str('time_zone');
  w.str(c.timeZone);
  w.str('default_deep');
  w.int(c.defaultDeep);
  w.str('next_free_id');
  w.int(c.nextId);
  w.str('commit_history');
  if (c.history === null) w.str('disabled');
  else w.int(c.history.length);
  w.str('ano_types');
  w.int(0);
}

/** A collection by name or id. Throws lookup_err, type_err. */
function collectionOf(database: Database, which: Value): Collection {
  if (typeof which === 'string') return database.collectionByName(which);
  const collection = typeof which === 'number' ? database.collections.get(which) : undefined;
  if (collection === undefined) throw lookupErr(`\`collection:${String(which)}\` not found`);
  return collection;
}

/** Whether the user who asks may know about a collection: by a right to use it, or as one who manages all of them. */
function isVisible(cx: Context, collection: Collection): boolean {
  return cx.hasRight('CHANGE') || (rightsOf(cx.user, 'collection', collection) & (Right.QUERY | Right.RUN)) !== 0;
}

function collectionInfo(cx: Context, which: Value): Value {
  const collection = collectionOf(cx.database, which);
  if (!isVisible(cx, collection)) checkRights(cx.user, 'collection', collection, Right.QUERY);
  return mpdata((w) => writeCollection(w, collection));
}

function collectionsInfo(cx: Context): Value {
  const visible = [...cx.database.collections.values()].filter((collection) => isVisible(cx, collection));
  return new List(visible.map((collection) => mpdata((w) => writeCollection(w, collection))));
}

function newCollection(cx: Context, name: string): Value {
  const { database, tx, user } = cx;
  const change = tx.need();
  database.checkNewCollectionName(name);
  const id = database.nextId++;
  const collection = new Collection(id, name, Math.floor(Date.now() / 1000), FIRST_ID);
  database.addCollection(collection);
  user.access.set(collection.accessKey, Right.FULL);
  const { ops } = change;
  ops.int(ChangeOp.COLLECTION);
  ops.int(id);
  ops.str(name);
  ops.int(collection.createdAt);
  ops.int(collection.root.id);
  ops.int(ChangeOp.USER);
  encodeUser(ops, user);
  if (database.thingsdbZone === collection.timeZone && database.thingsdbDeep === collection.defaultDeep) return name;
  collection.timeZone = database.thingsdbZone;
  collection.defaultDeep = database.thingsdbDeep;
  recordInfo(cx, collection);
  return name;
}

function delCollection(cx: Context, which: Value): Value {
  const { database, tx } = cx;
  const change = tx.need();
  const collection = collectionOf(database, which);
  database.removeCollection(collection);
  cx.roomsGone(collection);
  change.ops.int(ChangeOp.DEL_COLLECTION);
  change.ops.int(collection.id);
  return null;
}

function recordInfo(cx: Context, collection: Collection): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.COLLECTION_INFO);
  encodeCollectionInfo(ops, collection);
}

function renameCollection(cx: Context, which: Value, name: string): Value {
  cx.tx.need();
  const collection = collectionOf(cx.database, which);
  cx.database.checkNewCollectionName(name);
  cx.database.renameCollection(collection, name);
  recordInfo(cx, collection);
  return null;
}

function setDefaultDeep(cx: Context, which: Value, levels: Value): Value {
  const change = cx.tx.need();
  const { kind, collection } = settingsOf(cx, which);
  if (typeof levels !== 'number' && typeof levels !== 'bigint') {
    throw typeErr(`expecting \`deep\` to be of type \`int\` but got type \`${typeName(levels)}\` instead`);
  }
  if (!(levels >= 0 && levels <= 127)) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${levels} instead`);
  const deep = Number(levels);
  if (collection !== null) {
    collection.defaultDeep = deep;
    recordInfo(cx, collection);
    return null;
  }
  if (kind === 'thingsdb') cx.database.thingsdbDeep = deep;
  else cx.database.nodeDeep = deep;
  change.ops.int(ChangeOp.SCOPE_INFO);
  encodeScopeInfo(change.ops, cx.database);
  return null;
}

function hasCollection(cx: Context, name: Value): Value {
  if (typeof name === 'number') return cx.database.collections.has(name);
  if (typeof name !== 'string') throw typeErr(`expecting a name or an id but got type \`${typeName(name)}\` instead`);
  return cx.database.collectionsByName.has(name);
}

const COLLECTION = { name: 'collection', type: 'str|int' } as const;

export const adminRows: readonly Row[] = [
  {
    name: 'new_collection',
    params: [{ name: 'name', type: 'str' }],
    returns: 'str',
    doc: 'Makes an empty collection; its maker has all rights on it.',
    example: 'new_collection(\'shop\');  // => "shop"',
    page: 'thingsdb-api/new_collection',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: newCollection,
  },
  {
    name: 'del_collection',
    params: [COLLECTION],
    returns: 'nil',
    doc: 'Removes a collection with all that it holds.',
    example: "new_collection('old'); del_collection('old');  // => null",
    page: 'thingsdb-api/del_collection',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: delCollection,
  },
  {
    name: 'rename_collection',
    params: [COLLECTION, { name: 'name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives a collection another name.',
    example: "new_collection('a'); rename_collection('a', 'b');  // => null",
    page: 'thingsdb-api/rename_collection',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: renameCollection,
  },
  {
    name: 'has_collection',
    params: [{ name: 'name', type: 'any' }],
    returns: 'bool',
    doc: 'Whether there is a collection of that name or id.',
    example: "has_collection('nowhere');  // => false",
    page: 'thingsdb-api/has_collection',
    scopes: ['thingsdb'],
    run: hasCollection,
  },
  {
    name: 'collection_info',
    params: [COLLECTION],
    returns: 'mpdata',
    doc: 'Tells about a collection: id, name, number of things, settings.',
    example: "new_collection('shop'); collection_info('shop').load().name;  // => \"shop\"",
    page: 'thingsdb-api/collection_info',
    scopes: ['thingsdb'],
    run: collectionInfo,
  },
  {
    name: 'collections_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all collections that the user may use.',
    example: "new_collection('shop'); collections_info().map(|c| c.load().name).has('shop');  // => true",
    page: 'thingsdb-api/collections_info',
    scopes: ['thingsdb'],
    run: collectionsInfo,
  },
  {
    name: 'set_default_deep',
    params: [
      { name: 'scope', type: 'any' },
      { name: 'deep', type: 'any' },
    ],
    returns: 'nil',
    doc: 'Sets how many levels of things the answers of a scope show when a query does not say.',
    example: "new_collection('shop'); set_default_deep('@:shop', 2);  // => null",
    page: 'thingsdb-api/set_default_deep',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: setDefaultDeep,
  },
];
