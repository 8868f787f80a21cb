/** All that one store holds: collections, users, and the procedures of the scope of users and collections. */
import { lookupErr, valueErr } from '../errors.ts';
import { isName } from '../values/thing.ts';
import type { Collection } from './collection.ts';
import type { Procedure } from './procedures.ts';

export interface User {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  /** As `hashPassword` makes it; null: no log in by password. */
  passwordHash: string | null;
  /** Scope (`@node`, `@thingsdb` or the id of a collection) to rights. */
  readonly access: Map<string, number>;
}

export class Database {
  readonly collections = new Map<number, Collection>();
  readonly collectionsByName = new Map<string, Collection>();
  readonly users = new Map<number, User>();
  readonly procedures = new Map<string, Procedure>();
  /** The next id of a user or collection; never goes back. */
  nextId = 1;
  /** Levels of things that answers of the scopes without collection show. */
  thingsdbDeep = 1;
  nodeDeep = 127;
  /** Id of the last change; 0 before the first. */
  changeId = 0;

  addCollection(collection: Collection): void {
    this.collections.set(collection.id, collection);
    this.collectionsByName.set(collection.name, collection);
    this.nextId = Math.max(this.nextId, collection.id + 1);
  }

  removeCollection(collection: Collection): void {
    this.collections.delete(collection.id);
    this.collectionsByName.delete(collection.name);
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
    for (const user of this.users.values()) if (user.name === name) return user;
    return undefined;
  }
}
