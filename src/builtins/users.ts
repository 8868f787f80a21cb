/** Users and their passwords. */
import { ErrorCode, lookupErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import { checkRights, Right, rightsText, scopeName } from '../model/rights.ts';
import { removeTask, type TaskScope } from '../model/tasks.ts';
import { isExpired, newUser, recordUser as recordUserIn, ruleText, type Token, type User, userNamed } from '../model/users.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { DateTime, isoText } from '../values/datetime.ts';
import type { MpData, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Param, Row } from './row.ts';

/** The longest name and password, in bytes. */
const MAX_LENGTH = 127;
const GRAPHICAL = /^[\x21-\x7e]+$/;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** An argument that is only looked at when those before it were found right. Throws type_err; `index` counts from 0. */
export function needStr(what: string, value: Value, index: number): string {
  if (typeof value === 'string') return value;
  throw typeErr(
    `function \`${what}\` expects argument ${index + 1} to be of type \`str\` but got type \`${typeName(value)}\` instead; see https://docs.thingsdb.io/v1/thingsdb-api/${what}`,
  );
}

export const presentSeconds = (): number => Math.floor(Date.now() / 1000);

/** Records a user as it is now. */
export const recordUser = (cx: Context, user: User): void => recordUserIn(cx.tx.need(), user);

/** Throws forbidden_err unless the user is the one who asks, or the one who asks may grant rights. */
export function checkOwnOrGrant(cx: Context, user: User): void {
  if (user !== cx.user) checkRights(cx.user, 'thingsdb', null, Right.GRANT);
}

function checkName(cx: Context, name: string): void {
  if (name.length > MAX_LENGTH) throw valueErr(`a user name has at most ${MAX_LENGTH} characters`);
  if (!GRAPHICAL.test(name)) throw valueErr('a user name has at least one character, and graphical ASCII characters only');
  if (cx.database.userByName(name) !== undefined) throw lookupErr(`user \`${name}\` already exists`);
}

function addUser(cx: Context, name: string): Value {
  checkName(cx, name);
  const { database } = cx;
  const user = newUser(database.nextId, name, presentSeconds());
  database.putUser(user);
  recordUser(cx, user);
  return name;
}

function delUser(cx: Context, name: string): Value {
  const { ops } = cx.tx.need();
  const user = userNamed(cx.database, name);
  if (user === cx.user) {
    throw operationErr('you cannot delete your own user; see https://docs.thingsdb.io/v1/thingsdb-api/del_user');
  }
  removeTasksOf(cx, user);
  cx.database.removeUser(user);
  ops.int(ChangeOp.DEL_USER);
  ops.int(user.id);
  return null;
}

/** The tasks of a user end with the user, in all scopes. */
function removeTasksOf(cx: Context, user: User): void {
  const own = (scope: TaskScope): Task[] => scope.tasks.items.filter((task) => task.ownerId === user.id);
  for (const task of own(cx.database)) removeTask(cx.tx, cx.database, task);
  for (const collection of cx.database.collections.values()) {
    const tasks = own(collection);
    if (tasks.length === 0) continue;
    cx.within(collection, (tx) => {
      for (const task of tasks) removeTask(tx, collection, task);
    });
  }
  cx.tasksChanged();
}

function renameUser(cx: Context, from: string, to: string): Value {
  const user = userNamed(cx.database, from);
  checkName(cx, to);
  cx.database.renameUser(user, to);
  recordUser(cx, user);
  return null;
}

function setPassword(cx: Context, name: string, password: string | null): Value {
  const user = userNamed(cx.database, name);
  checkOwnOrGrant(cx, user);
  if (password !== null && password.length > MAX_LENGTH) throw valueErr(`a password has at most ${MAX_LENGTH} characters`);
  if (password !== null && !PRINTABLE.test(password)) {
    throw valueErr('a password has at least one character, and printable ASCII characters only');
  }
  cx.setPassword(user, password);
  return null;
}

const dateText = (seconds: number): string => isoText(new DateTime(seconds, 0, 'UTC', false));

function writeToken(w: MsgpackWriter, token: Token): void {
  w.mapHeader(token.description === '' ? 4 : 5);
  w.str('key');
  w.str(token.key);
  w.str('status');
  w.str(isExpired(token, Date.now() / 1000) ? 'EXPIRED' : 'OK');
  w.str('expiration_time');
  w.str(token.expiresAt === 0 ? 'never' : dateText(token.expiresAt));
  if (token.description !== '') {
    w.str('description');
    w.str(token.description);
  }
  w.str('created_on');
  w.str(dateText(token.createdAt));
}

/** Scopes with the rights on them: nodes, the scope of users, then collections. */
function accessOf(cx: Context, user: User): [string, number][] {
  const access: [string, number][] = [];
  for (const scope of ['node', 'thingsdb'] as const) {
    const mask = user.access.get(`@${scope}`);
    if (mask !== undefined) access.push([scopeName(scope, null), mask]);
  }
  for (const collection of cx.database.collections.values()) {
    const mask = user.access.get(collection.accessKey);
    if (mask !== undefined) access.push([scopeName('collection', collection), mask]);
  }
  return access;
}

function writeUser(cx: Context, w: MsgpackWriter, user: User): void {
  w.mapHeader(7);
  w.str('user_id');
  w.int(user.id);
  w.str('name');
  w.str(user.name);
  w.str('created_at');
  w.int(user.createdAt);
  w.str('has_password');
  w.bool(user.passwordHash !== null || user.newPassword !== null);
  const access = accessOf(cx, user);
  w.str('access');
  w.arrayHeader(access.length);
  for (const [scope, mask] of access) {
    w.mapHeader(2);
    w.str('scope');
    w.str(scope);
    w.str('privileges');
    w.str(rightsText(mask));
  }
  w.str('tokens');
  w.arrayHeader(user.tokens.length);
  for (const token of user.tokens) writeToken(w, token);
  writeWhitelists(w, user);
}

function writeWhitelists(w: MsgpackWriter, user: User): void {
  w.str('whitelists');
  w.mapHeader(user.whitelists.size);
  for (const name of ['rooms', 'procedures'] as const) {
    const rules = user.whitelists.get(name);
    if (rules === undefined) continue;
    w.str(name);
    w.arrayHeader(rules.length);
    for (const rule of rules) w.str(ruleText(rule));
  }
}

const info = (cx: Context, user: User): MpData => mpdata((w) => writeUser(cx, w, user));

function userInfo(cx: Context, name?: Value): Value {
  if (name === undefined) return info(cx, cx.user);
  if (cx.scope !== 'thingsdb') {
    throw new TiError(
      ErrorCode.FORBIDDEN,
      '`user_info` takes a user name in the `@thingsdb` scope only; without one it tells of the user who asks',
    );
  }
  checkRights(cx.user, 'thingsdb', null, Right.GRANT);
  return info(cx, userNamed(cx.database, needStr('user_info', name, 0)));
}

export const USER: Param = { name: 'user', type: 'str' };

export const userRows: readonly Row[] = [
  {
    name: 'new_user',
    params: [{ name: 'name', type: 'str' }],
    returns: 'str',
    doc: 'Makes a user, who has no password, no token and no rights yet.',
    example: 'new_user(\'iris\');  // => "iris"',
    page: 'thingsdb-api/new_user',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: addUser,
  },
  {
    name: 'del_user',
    params: [USER],
    returns: 'nil',
    doc: 'Removes a user.',
    example: "new_user('iris'); del_user('iris');  // => null",
    page: 'thingsdb-api/del_user',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: delUser,
  },
  {
    name: 'rename_user',
    params: [USER, { name: 'name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives a user another name.',
    example: "new_user('iris'); rename_user('iris', 'cato'); has_user('cato');  // => true",
    page: 'thingsdb-api/rename_user',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: renameUser,
  },
  {
    name: 'has_user',
    params: [USER],
    returns: 'bool',
    doc: 'Whether there is a user of that name.',
    example: "has_user('nobody');  // => false",
    page: 'thingsdb-api/has_user',
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: (cx, name: string) => cx.database.userByName(name) !== undefined,
  },
  {
    name: 'set_password',
    params: [USER, { name: 'password', type: 'str|nil' }],
    returns: 'nil',
    doc: 'Sets the password of a user; with nil, nobody logs in with one any more.',
    example: "new_user('iris'); set_password('iris', 'siri'); user_info('iris').load().has_password;  // => true",
    page: 'thingsdb-api/set_password',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: setPassword,
  },
  {
    name: 'user_info',
    params: [{ name: 'user', type: 'any', optional: true }],
    returns: 'mpdata',
    doc: 'Tells about the user who asks, or about another: name, rights, tokens, whitelists.',
    example: 'user_info().load().name;  // => "admin"',
    page: 'thingsdb-api/user_info',
    run: userInfo,
  },
  {
    name: 'users_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all users.',
    example: 'users_info().map(|u| u.load().name);  // => ["admin"]',
    page: 'thingsdb-api/users_info',
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: (cx) => new List([...cx.database.users.values()].map((user) => info(cx, user))),
  },
];
