/** What makes one database of another: the operations of one change, which removes what is there and puts in what a backup holds. */
import { operationErr } from '../errors.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { ChangeOp } from './change.ts';
import type { Collection } from './collection.ts';
import { isEmpty, writeCollection } from './collection-dump.ts';
import type { Database } from './database.ts';
import { encodeCollectionInfo, encodeScopeInfo } from './database-records.ts';
import { encodeCommit, type Historian } from './history.ts';
import { encodeModule } from './modules.ts';
import { writeQuotas } from './quotas.ts';
import { Right } from './rights.ts';
import { encodeProcedure } from './schema-records.ts';
import { encodeTask, type TaskScope } from './tasks.ts';
import { encodeUser, newUser, type User } from './users.ts';

export interface RestoreOptions {
  /** The users stay as they are, and this one gets all rights everywhere; null: those of the backup take their place. */
  readonly takeAccess: User | null;
  readonly withTasks: boolean;
}

/** Throws operation_err unless there is nothing that a restore would destroy but users and procedures. */
export function checkRestorable(database: Database): void {
  for (const collection of database.collections.values()) {
    if (!isEmpty(collection)) throw operationErr(`the collection \`${collection.name}\` is not empty; remove it before you restore`);
  }
  if (database.modules.size > 0) throw operationErr('there are modules; remove them before you restore');
  if (database.tasks.items.length > 0) throw operationErr('there are tasks in the `@thingsdb` scope; remove them before you restore');
}

/**
 * Writes the operations. Users and collections get new ids, so that nobody who is logged in now is taken for a user of the backup; what is in collections keeps its
 * ids. The database of the backup is not to be used any more.
 */
export function writeRestore(w: MsgpackWriter, database: Database, backup: Database, options: RestoreOptions): void {
  for (const { id } of database.collections.values()) {
    w.int(ChangeOp.DEL_COLLECTION);
    w.int(id);
  }
  for (const name of database.procedures.keys()) {
    w.int(ChangeOp.DEL_PROCEDURE);
    w.str(name);
  }
  let nextId = database.nextId;
  const newIds = new Map([...backup.collections.values()].map((collection) => [collection, nextId++]));
  const owners = writeUsers(w, database, backup, newIds, nextId, options);
  copyScope(database, backup);
  w.int(ChangeOp.SCOPE_INFO);
  encodeScopeInfo(w, backup);
  for (const procedure of backup.procedures.values()) {
    w.int(ChangeOp.PROCEDURE);
    encodeProcedure(w, procedure);
  }
  writeModules(w, backup, newIds);
  settleTasks(backup, owners);
  writeTasks(w, backup);
  writeHistory(w, 0, database, backup);
  for (const [collection, id] of newIds) writeNewCollection(w, collection, id, owners);
}

/** A backup of older data must not make names or ids known again that were given since. */
function copyScope(database: Database, backup: Database): void {
  backup.nextId = Math.max(database.nextId, backup.nextId);
}

/** Gives the ids that the owners of tasks have from now on; empty when the tasks are not restored. */
function writeUsers(
  w: MsgpackWriter,
  database: Database,
  backup: Database,
  collections: ReadonlyMap<Collection, number>,
  firstId: number,
  { takeAccess, withTasks }: RestoreOptions,
): ReadonlyMap<number, number> {
  const owners = new Map<number, number>();
  if (takeAccess !== null) {
    const user = copyOf(takeAccess, takeAccess.id);
    for (const key of ['@node', '@thingsdb', ...[...collections.values()].map(String)]) user.access.set(key, Right.FULL);
    w.int(ChangeOp.USER);
    encodeUser(w, user);
    return owners;
  }
  for (const { id } of database.users.values()) {
    w.int(ChangeOp.DEL_USER);
    w.int(id);
  }
  const keys = new Map([...collections].map(([collection, id]) => [collection.accessKey, String(id)]));
  let nextId = firstId;
  for (const old of backup.users.values()) {
    const user = copyOf(old, nextId++);
    user.access.clear();
    for (const [key, mask] of old.access) user.access.set(keys.get(key) ?? key, mask);
    if (withTasks) owners.set(old.id, user.id);
    w.int(ChangeOp.USER);
    encodeUser(w, user);
  }
  return owners;
}

function copyOf(user: User, id: number): User {
  const copy = newUser(id, user.name, user.createdAt);
  copy.passwordHash = user.passwordHash;
  for (const [key, mask] of user.access) copy.access.set(key, mask);
  copy.tokens.push(...user.tokens);
  for (const [name, rules] of user.whitelists) copy.whitelists.set(name, rules);
  return copy;
}

function writeModules(w: MsgpackWriter, backup: Database, newIds: ReadonlyMap<Collection, number>): void {
  const keys = new Map([...newIds].map(([collection, id]) => [collection.accessKey, String(id)]));
  for (const module of backup.modules.values()) {
    if (module.scope !== null) module.scope = keys.get(module.scope) ?? module.scope;
    w.int(ChangeOp.MODULE);
    encodeModule(w, module);
  }
}

/** Tasks get their new owners; those that have none are empty from now on. */
function settleTasks({ tasks }: TaskScope, owners: ReadonlyMap<number, number>): void {
  for (const task of [...tasks.items]) {
    const owner = owners.get(task.ownerId);
    if (owner === undefined) tasks.remove(task);
    else task.ownerId = owner;
  }
}

function writeTasks(w: MsgpackWriter, { tasks }: TaskScope): void {
  for (const task of tasks.items) {
    w.int(ChangeOp.TASK);
    encodeTask(w, task);
  }
}

function writeHistory(w: MsgpackWriter, scope: number, now: Historian, { history }: Historian): void {
  if (now.history !== null) writeSwitch(w, scope, 0);
  if (history === null) return;
  writeSwitch(w, scope, 1);
  if (scope === 0) writeCommits(w, history);
}

function writeSwitch(w: MsgpackWriter, scope: number, state: 0 | 1): void {
  w.int(ChangeOp.HISTORY);
  w.int(scope);
  w.int(state);
}

function writeCommits(w: MsgpackWriter, history: NonNullable<Historian['history']>): void {
  for (const commit of history) {
    w.int(ChangeOp.COMMIT);
    encodeCommit(w, commit);
  }
}

function writeNewCollection(w: MsgpackWriter, collection: Collection, id: number, owners: ReadonlyMap<number, number>): void {
  w.int(ChangeOp.COLLECTION);
  w.int(id);
  w.str(collection.name);
  w.int(collection.createdAt);
  w.int(collection.root.id);
  w.int(ChangeOp.COLLECTION_INFO);
  encodeCollectionInfo(w, collection, id);
  if (collection.quotas !== null) {
    w.int(ChangeOp.QUOTAS);
    w.int(id);
    writeQuotas(w, collection.quotas);
  }
  writeHistory(w, id, { history: null }, collection);
  settleTasks(collection, owners);
  const inner = new MsgpackWriter(64 * 1024);
  writeCollection(inner, collection, collection.things.values());
  writeCommits(inner, collection.history ?? []);
  w.int(ChangeOp.WITHIN);
  w.int(id);
  w.bin(Buffer.from(inner.bytes()).latin1Slice());
}
