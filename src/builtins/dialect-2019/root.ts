/** Functions of the root in the 2019 dialect: collections, users, rights, quotas and the node. */
import { lookupErr, nodeErr } from '../../errors.ts';
import { ChangeOp } from '../../model/change.ts';
import type { Collection } from '../../model/collection.ts';
import { noQuotas, QUOTAS, type QuotaName, writeQuotas } from '../../model/quotas.ts';
import { checkRights, Right } from '../../model/rights.ts';
import { encodeUser, type User, userNamed } from '../../model/users.ts';
import { MsgpackReader, Tok } from '../../msgpack/reader.ts';
import type { MsgpackWriter } from '../../msgpack/writer.ts';
import type { MpData } from '../../values/handles.ts';
import { List } from '../../values/list.ts';
import type { Value } from '../../values/value.ts';
import { adminRows } from '../admin.ts';
import { mpdata } from '../mpdata.ts';
import { nodeRows } from '../node.ts';
import type { Context, FunctionRow, Param, RightName, Row } from '../row.ts';
import { userRows } from '../users.ts';
import { badRequest, checkName } from './common.ts';
import { fn } from './rows.ts';

/** Bits of the dialect's masks, in the order in which they are told, with today's rights. The numbers clash, so masks are always translated. */
const BITS = [
  ['READ', 1, Right.QUERY],
  ['MODIFY', 2, Right.CHANGE],
  ['WATCH', 4, Right.JOIN],
  ['GRANT', 8, Right.GRANT],
] as const;
const FULL = 15;

/** Today's rights for a mask of the dialect; bits that it does not know are ignored. */
export function rightsOf2019(mask: number): number {
  if ((mask & FULL) === FULL) return Right.FULL;
  return BITS.reduce((rights, [, bit, right]) => ((mask & bit) === 0 ? rights : rights | right), 0);
}

/** The text of today's rights as the dialect tells them. */
export function rightsText2019(rights: number): string {
  const names = BITS.filter(([, , right]) => (rights & right) !== 0).map(([name]) => name);
  if (names.length === BITS.length) return 'FULL';
  return names.length === 0 ? 'NO_ACCESS' : names.join('|');
}

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['READ', 1],
  ['MODIFY', 3],
  ['WATCH', 4],
  ['GRANT', 11],
  ['FULL', FULL],
  ['DEBUG', 0],
  ['INFO', 1],
  ['WARNING', 2],
  ['ERROR', 3],
  ['CRITICAL', 4],
]);

type Run = (cx: Context, ...args: Value[]) => Value;

/** Today's function of a name. */
function today(rows: readonly Row[], name: string): Run {
  const row = rows.find((each) => each.name === name && each.receiver === undefined);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row.run as Run;
}

const newCollection = today(adminRows, 'new_collection');
const delCollection = today(adminRows, 'del_collection');
const renameCollection = today(adminRows, 'rename_collection');
const newUser = today(userRows, 'new_user');
const delUser = today(userRows, 'del_user');
const renameUser = today(userRows, 'rename_user');
const setPassword = today(userRows, 'set_password');
const newNode = today(nodeRows, 'new_node');

/** The zone before the secret is that of the earlier form. */
function addNode(cx: Context, ...given: Value[]): Value {
  const [secret, address, port, more] = typeof given[0] === 'string' ? given : given.slice(1);
  if (typeof secret !== 'string' || typeof address !== 'string' || typeof port === 'string' || more != null)
    throw badRequest('`new_node` takes a secret, an address and a port, with a zone before them or not');
  return port == null ? newNode(cx, secret, address) : newNode(cx, secret, address, port);
}

/** A collection by name or id. Throws lookup_err. */
function collectionOf(cx: Context, which: string | number | bigint): Collection {
  if (typeof which === 'string') return cx.database.collectionByName(which);
  const collection = cx.database.collections.get(Number(which));
  if (collection === undefined) throw lookupErr(`there is no collection with id ${which}`);
  return collection;
}

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

function writeUser(cx: Context, w: MsgpackWriter, user: User): void {
  const access: [string | number, number][] = [];
  const root = user.access.get('@thingsdb');
  if (root !== undefined) access.push([0, root]);
  for (const collection of cx.database.collections.values()) {
    const rights = user.access.get(collection.accessKey);
    if (rights !== undefined) access.push([collection.name, rights]);
  }
  w.mapHeader(3);
  w.str('user_id');
  w.int(user.id);
  w.str('name');
  w.str(user.name);
  w.str('access');
  w.arrayHeader(access.length);
  for (const [target, rights] of access) {
    w.mapHeader(2);
    w.str('target');
    if (typeof target === 'string') w.str(target);
    else w.int(target);
    w.str('privileges');
    w.str(rightsText2019(rights));
  }
}

/** The entries of a map that is told as MessagePack, but for what is no plain value. */
function readMap({ data }: MpData): Map<string, string | number | null> {
  const r = new MsgpackReader(data);
  const map = new Map<string, string | number | null>();
  r.next();
  for (let left = r.number; left > 0; left--) {
    r.next();
    const key = r.text();
    const kind = r.next();
    if (kind === Tok.STR) map.set(key, r.text());
    else map.set(key, kind === Tok.NIL ? null : Number(r.number));
  }
  return map;
}

type Told = string | number | null | { readonly seconds: number };

function told(entries: readonly (readonly [string, Told])[]): MpData {
  return mpdata((w) => {
    w.mapHeader(entries.length);
    for (const [name, value] of entries) {
      w.str(name);
      if (value === null) w.nil();
      else if (typeof value === 'string') w.str(value);
      else if (typeof value === 'number') w.int(value);
      else w.float(value.seconds);
    }
  });
}

function node(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeInfo(w)));
  const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
  const now = (name: string): Told => info.get(name) ?? null;
  return told([
    ['node_id', now('node_id')],
    ['version', now('version')],
    ['status', now('status')],
    ['zone', cx.database.zone],
    ['loglevel', levels.includes(String(now('log_level'))) ? now('log_level') : 'WARNING'],
    ['hostname', now('node_name')],
    ['client_port', now('client_port')],
    ['node_port', now('node_port')],
    ['ip_support', now('ip_support')],
    ['storage_path', now('storage_path')],
    ['events_in_queue', now('changes_in_queue')],
    ['archived_on_disk', now('archive_files')],
    ['events_in_archive', now('archived_in_memory')],
    ['local_stored_event_id', now('local_stored_change_id')],
    ['global_commited_event_id', now('global_committed_change_id')],
    ['local_commited_event_id', now('local_committed_change_id')],
  ]);
}

function nodes(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeNode(w)));
  const now = (name: string): Told => info.get(name) ?? null;
  return new List([
    told([
      ['node_id', now('node_id')],
      ['status', now('status')],
      ['commited_event_id', now('committed_change_id')],
      ['stored_event_id', now('stored_change_id')],
      ['address', now('node_name')],
      ['port', now('port')],
    ]),
  ]);
}

function counters(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeCounters(w)));
  const count = (name: string): number => Number(info.get(name) ?? 0);
  return told([
    ['queries_received', count('queries_success') + count('queries_with_error')],
    ['events_with_gap', count('changes_with_gap')],
    ['events_skipped', count('changes_skipped')],
    ['events_failed', count('changes_failed')],
    ['events_killed', count('changes_killed')],
    ['events_committed', count('changes_committed')],
    ['events_quorum_lost', count('quorum_lost')],
    ['events_unaligned', count('changes_unaligned')],
    ['garbage_collected', count('garbage_collected')],
    ['longest_event_duration', { seconds: count('longest_change_duration') }],
    ['average_event_duration', { seconds: count('average_change_duration') }],
  ]);
}

const PASSWORD = /^[\x21-\x7e]{1,127}$/;

function checkPassword(password: string): void {
  if (!PASSWORD.test(password)) throw badRequest('a password is 1 to 127 characters that can be seen');
}

/** Users are named as properties are, in at most 127 characters. */
function checkUserName(name: string): void {
  checkName(name);
  if (name.length > 127) throw badRequest('the name of a user has at most 127 characters');
}

/** What a mask is given on: 0 is the root. */
function accessKeyOf(cx: Context, target: string | number | bigint): string {
  const collection = target === 0 ? null : collectionOf(cx, target);
  checkRights(cx.user, collection === null ? 'thingsdb' : 'collection', collection, Right.GRANT);
  return collection === null ? '@thingsdb' : collection.accessKey;
}

function recordUser(cx: Context, user: User): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.USER);
  encodeUser(ops, user);
}

function grant(cx: Context, target: string | number | bigint, name: string, mask: number | bigint): Value {
  const key = accessKeyOf(cx, target);
  const user = userNamed(cx.database, name);
  user.access.set(key, (user.access.get(key) ?? 0) | rightsOf2019(Number(BigInt.asUintN(4, BigInt(mask)))));
  recordUser(cx, user);
  return null;
}

function revoke(cx: Context, target: string | number | bigint, name: string, mask: number | bigint): Value {
  const key = accessKeyOf(cx, target);
  const user = userNamed(cx.database, name);
  const rights = rightsOf2019(Number(BigInt.asUintN(4, BigInt(mask))));
  if (user === cx.user && (rights & Right.GRANT) !== 0) throw badRequest('you cannot revoke your own `GRANT`');
  const left = (user.access.get(key) ?? 0) & ~rights;
  // Running procedures came with all the rest, which this was.
  if ((left & ~Right.RUN) === 0) user.access.delete(key);
  else user.access.set(key, left);
  recordUser(cx, user);
  return null;
}

function setQuota(cx: Context, which: string | number | bigint, name: string, limit: number | bigint | null): Value {
  const collection = collectionOf(cx, which);
  if (!(QUOTAS as readonly string[]).includes(name)) throw lookupErr(`there is no quota \`${name}\`; expecting ${QUOTAS.join(', ')}`);
  const quotas = collection.quotas ?? noQuotas();
  quotas[name as QuotaName] = limit === null ? null : Math.max(0, Number(limit));
  collection.quotas = QUOTAS.every((each) => quotas[each] === null) ? null : quotas;
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.QUOTAS);
  ops.int(collection.id);
  writeQuotas(ops, collection.quotas);
  return null;
}

function setZone(cx: Context, zone: number | bigint): Value {
  if (zone < 0 || zone > 255) throw badRequest(`a zone is an int from 0 to 255, not ${zone}`);
  const { ops } = cx.tx.need();
  cx.database.zone = Number(zone);
  ops.int(ChangeOp.ZONE);
  ops.int(cx.database.zone);
  return null;
}

const raw = (name: string): Param => ({ name, type: 'str' });
const COLLECTION: Param = { name: 'collection', type: 'str|int' };
const TARGET: Param = { name: 'target', type: 'str|int' };
const MASK: Param = { name: 'mask', type: 'int' };

interface Extra {
  readonly changes?: true;
  readonly right?: RightName;
}

function root(
  name: string,
  params: readonly Param[],
  returns: string,
  doc: string,
  example: string,
  run: FunctionRow['run'],
  extra: Extra = {},
): FunctionRow {
  const row = fn(name, params, returns, doc, example, run, ['thingsdb']);
  return { ...row, ...(extra.changes ? { changes: ['thingsdb'] as const } : {}), ...(extra.right ? { right: extra.right } : {}) };
}

const CHANGES: Extra = { changes: true };
const MODIFIES: Extra = { right: 'CHANGE' };

export const rootRows2019: readonly Row[] = [
  root('.constant', [raw('name')], 'int', 'A name of the root.', '', (_cx, name: string) => {
    const value = CONSTANTS.get(name);
    if (value === undefined) throw lookupErr(`the root knows no \`${name}\``);
    return value;
  }),
  root('collection', [COLLECTION], 'object', 'Tells about a collection.', "collection('stuff');", (cx, which: string | number) => {
    const collection = collectionOf(cx, which);
    return mpdata((w) => writeCollection(w, collection));
  }),
  root('collections', [], 'array', 'Tells about all collections.', 'collections();', (cx) => {
    return new List([...cx.database.collections.values()].map((collection) => mpdata((w) => writeCollection(w, collection))));
  }),
  root('counters', [], 'object', 'Tells what the node has counted.', 'counters();', counters),
  root('node', [], 'object', 'Tells about the node.', 'node();', node),
  root('nodes', [], 'array', 'Tells about all nodes.', 'nodes();', nodes),
  root('user', [raw('name')], 'object', 'Tells about a user.', "user('admin');", (cx, name: string) => {
    const user = userNamed(cx.database, name);
    return mpdata((w) => writeUser(cx, w, user));
  }),
  root('users', [], 'array', 'Tells about all users.', 'users();', (cx) => {
    return new List([...cx.database.users.values()].map((user) => mpdata((w) => writeUser(cx, w, user))));
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
    'new_user',
    [raw('name'), raw('password')],
    'int',
    'Makes a user with a password and gives its id.',
    "new_user('iris', 'siri');",
    (cx, name: string, password: string) => {
      checkUserName(name);
      checkPassword(password);
      newUser(cx, name);
      setPassword(cx, name, password);
      return userNamed(cx.database, name).id;
    },
    CHANGES,
  ),
  root(
    'del_user',
    [raw('name')],
    'nil',
    'Removes a user, but not the one who asks.',
    "new_user('iris', 'siri'); del_user('iris');  // => nil",
    (cx, name: string) => delUser(cx, name),
    CHANGES,
  ),
  root(
    'rename_user',
    [raw('name'), raw('to')],
    'nil',
    'Gives a user another name.',
    "new_user('iris', 'siri'); rename_user('iris', 'ann');  // => nil",
    (cx, name: string, to: string) => {
      userNamed(cx.database, name);
      checkUserName(to);
      return renameUser(cx, name, to);
    },
    CHANGES,
  ),
  root(
    'set_password',
    [raw('user'), raw('password')],
    'nil',
    'Gives a user another password.',
    "set_password('admin', 'secret');  // => nil",
    (cx, name: string, password: string) => {
      userNamed(cx.database, name);
      checkPassword(password);
      return setPassword(cx, name, password);
    },
    CHANGES,
  ),
  root(
    'grant',
    [TARGET, raw('user'), MASK],
    'nil',
    'Gives a user rights on a collection, or on the root (0).',
    "new_user('iris', 'siri'); grant('stuff', 'iris', (READ | WATCH));  // => nil",
    grant,
    CHANGES,
  ),
  root(
    'revoke',
    [TARGET, raw('user'), MASK],
    'nil',
    'Takes rights on a collection, or on the root (0), from a user.',
    "revoke('stuff', 'admin', WATCH);  // => nil",
    revoke,
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
  root(
    'set_zone',
    [{ name: 'zone', type: 'int' }],
    'nil',
    'Sets the zone of the node, 0 to 255.',
    'set_zone(3);  // => nil',
    setZone,
    CHANGES,
  ),
  root(
    'set_loglevel',
    [{ name: 'level', type: 'int' }],
    'nil',
    'Sets from which level on the node writes to its log, DEBUG to CRITICAL.',
    'set_loglevel(WARNING);  // => nil',
    (cx, level: number | bigint) => {
      cx.node.setLogLevel(Number(level));
      return null;
    },
    MODIFIES,
  ),
  root(
    'reset_counters',
    [],
    'nil',
    'Sets the counters to zero.',
    'reset_counters();  // => nil',
    (cx) => {
      cx.node.resetCounters();
      return null;
    },
    MODIFIES,
  ),
  root(
    'shutdown',
    [],
    'nil',
    'Ends the node.',
    'shutdown();  // => nil',
    (cx) => {
      cx.requestShutdown();
      return null;
    },
    MODIFIES,
  ),
  root(
    'new_node',
    [
      { name: 'zone_or_secret', type: 'int|str' },
      { name: 'secret_or_address', type: 'str' },
      { name: 'address_or_port', type: 'str|int', optional: true },
      { name: 'port', type: 'int', optional: true },
    ],
    'int',
    'Would add a node: `new_node(secret, address, [port])`, with its zone before them or not. This server works alone, so it is always an error.',
    "new_node('secret', '127.0.0.1', 9220);  // raises BAD_REQUEST",
    addNode,
    CHANGES,
  ),
  root(
    'pop_node',
    [],
    'nil',
    'Would remove the last node, which must not be connected. This server works alone, so it is always an error.',
    'pop_node();  // raises NODE_ERROR',
    () => {
      throw nodeErr('`node:0` is connected, and the only node: it cannot be removed');
    },
    CHANGES,
  ),
];
