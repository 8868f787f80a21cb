/** Users and their rights, for the root in the 2019 dialect. */
import { ChangeOp } from '../../model/change.ts';
import { checkRights, Right } from '../../model/rights.ts';
import { encodeUser, type User, userNamed } from '../../model/users.ts';
import type { MsgpackWriter } from '../../msgpack/writer.ts';
import { List } from '../../values/list.ts';
import type { Value } from '../../values/value.ts';
import { mpdata } from '../mpdata.ts';
import type { Context, Param, Row } from '../row.ts';
import { userRows } from '../users.ts';
import { badRequest, nameOf } from './common.ts';
import { CHANGES, collectionOf, raw, root, today } from './root-common.ts';

const newUser = today(userRows, 'new_user');
const delUser = today(userRows, 'del_user');
const renameUser = today(userRows, 'rename_user');
const setPassword = today(userRows, 'set_password');

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

const PASSWORD = /^[\x21-\x7e]{1,127}$/;

function checkPassword(password: string): void {
  if (!PASSWORD.test(password)) throw badRequest('a password is 1 to 127 characters that can be seen');
}

/** Users are named as properties are, in at most 127 characters. */
function checkUserName(name: string): void {
  nameOf(name);
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

const TARGET: Param = { name: 'target', type: 'str|int' };
const MASK: Param = { name: 'mask', type: 'int' };

export const userRows2019: readonly Row[] = [
  root('user', [raw('name')], 'object', 'Tells about a user.', "user('admin');", (cx, name: string) => {
    const user = userNamed(cx.database, name);
    return mpdata((w) => writeUser(cx, w, user));
  }),
  root('users', [], 'array', 'Tells about all users.', 'users();', (cx) => {
    return new List([...cx.database.users.values()].map((user) => mpdata((w) => writeUser(cx, w, user))));
  }),
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
];
