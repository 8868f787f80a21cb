/** All that one store holds: collections, users, and the procedures of the scope of users and collections. */
import { lookupErr, valueErr } from '../errors.ts';
import { isName } from '../values/thing.ts';
import type { Collection } from './collection.ts';
import type { Commit } from './history.ts';
import type { ModuleDef } from './modules.ts';
import type { Procedure } from './procedures.ts';
import { TaskList } from './tasks.ts';
import type { Token, User } from './users.ts';

export class Database {
  readonly collections = new Map<number, Collection>();
  readonly collectionsByName = new Map<string, Collection>();
  readonly users = new Map<number, User>();
  private readonly usersByName = new Map<string, User>();
  private readonly tokenOwners = new Map<string, User>();
  readonly procedures = new Map<string, Procedure>();
  readonly modules = new Map<string, ModuleDef>();
  /** Tasks of the scope of users and collections. */
  readonly tasks = new TaskList();
  /** The next id of a user, a collection, or a task of their scope; never goes back. */
  nextId = 1;
  /** Levels of things that answers of the scopes without collection show. */
  thingsdbDeep = 1;
  nodeDeep = 127;
  /** The zone of the node, 0 to 255: what the 2019 dialect sets and tells. */
  zone = 0;
  /** Time zones of the scopes without collection; new collections begin with the first. */
  thingsdbZone = 'UTC';
  nodeZone = 'UTC';
  /** Commits of the scope of users and collections; null while they are not kept. */
  history: Commit[] | null = null;
  /** Id of the last change; 0 before the first. */
  changeId = 0;

  addCollection(collection: Collection): void {
    this.collections.set(collection.id, collection);
    this.collectionsByName.set(collection.name, collection);
    this.nextId = Math.max(this.nextId, collection.id + 1);
  }

  /** Removes a collection and the rights that users have on it. */
  removeCollection(collection: Collection): void {
    this.collections.delete(collection.id);
    this.collectionsByName.delete(collection.name);
    for (const user of this.users.values()) user.access.delete(collection.accessKey);
  }

  renameCollection(collection: Collection, name: string): void {
    this.collectionsByName.delete(collection.name);
    collection.name = name;
    this.collectionsByName.set(name, collection);
  }

  /** Throws lookup_err. */
  collectionByName(name: string): Collection {
    const collection = this.collectionsByName.get(name);
    if (collection === undefined) throw lookupErr(`collection \`${name}\` not found`);
    return collection;
  }

  /** Throws value_err for a name against the rules, lookup_err for one in use. */
  checkNewCollectionName(name: string): void {
    if (!isName(name)) {
      throw valueErr('collection name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
    }
    if (this.collectionsByName.has(name)) throw lookupErr(`collection \`${name}\` already exists`);
  }

  userByName(name: string): User | undefined {
    return this.usersByName.get(name);
  }

  userByToken(key: string): User | undefined {
    return this.tokenOwners.get(key);
  }

  /** Adds a user, in the place of the one with the same id. */
  putUser(user: User): void {
    const old = this.users.get(user.id);
    if (old !== undefined) this.forgetUser(old);
    this.users.set(user.id, user);
    this.usersByName.set(user.name, user);
    for (const token of user.tokens) this.tokenOwners.set(token.key, user);
    this.nextId = Math.max(this.nextId, user.id + 1);
  }

  removeUser(user: User): void {
    this.users.delete(user.id);
    this.forgetUser(user);
  }

  private forgetUser(user: User): void {
    this.usersByName.delete(user.name);
    for (const token of user.tokens) this.tokenOwners.delete(token.key);
  }

  renameUser(user: User, name: string): void {
    this.usersByName.delete(user.name);
    user.name = name;
    this.usersByName.set(name, user);
  }

  addToken(user: User, token: Token): void {
    user.tokens.push(token);
    this.tokenOwners.set(token.key, user);
  }

  /** Takes out the tokens for which `gone` says true; whether there were any. */
  removeTokens(user: User, gone: (token: Token) => boolean): boolean {
    const left = user.tokens.filter((token) => !gone(token));
    if (left.length === user.tokens.length) return false;
    for (const token of user.tokens) if (gone(token)) this.tokenOwners.delete(token.key);
    user.tokens.splice(0, user.tokens.length, ...left);
    return true;
  }
}
