/** Reads a whole store of the reference server into a database. The format was learned from stores that it wrote. */
import { Collection } from '../model/collection.ts';
import { Database } from '../model/database.ts';
import { ForeignValues } from '../model/foreign-values.ts';
import { ModuleDef } from '../model/modules.ts';
import { readInt, readStr } from '../model/read.ts';
import { type ClosureLoader, globalContext } from '../model/schema-records.ts';
import { newUser, type User, type WhitelistName, type WhitelistRule } from '../model/users.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { zoneNames } from '../time/zones.ts';
import { Task } from '../values/handles.ts';
import { Regex } from '../values/regex.ts';
import { applyArchive } from './archive.ts';
import { CollectionReader, type Names, readProcedures, readTasks } from './collection.ts';
import { readCommits } from './commits.ts';
import { ImportError, intOr, readFile, readOnly, readRows, type StoreFiles, strOrNull } from './files.ts';
import { moduleScope, packageValue } from './store-values.ts';

export interface Imported {
  readonly database: Database;
  /** Those who had a password, which cannot be taken over: only its hash is stored, and that in a form of its own. */
  readonly withPassword: readonly User[];
}

const SCHEMA = 1;
const Ext = { REGEX: 1, NAME: 6 } as const;

/** Throws ImportError for a store that is damaged, incomplete, or of another version; nothing is changed anywhere. */
export function readStore(files: StoreFiles, load: ClosureLoader): Imported {
  const reader = new StoreReader(files, load);
  reader.read();
  return reader;
}

class StoreReader implements Imported {
  readonly database = new Database();
  readonly withPassword: User[] = [];
  private readonly files: StoreFiles;
  private readonly load: ClosureLoader;

  constructor(files: StoreFiles, load: ClosureLoader) {
    this.files = files;
    this.load = load;
  }

  read(): void {
    const { database, files } = this;
    this.settings();
    this.file('idstat', (r) => {
      if (r.next() !== Tok.MAP || r.number !== 2 || readStr(r) !== 'ccid') throw new Error('expected `ccid`');
      database.changeId = readInt(r);
      readStr(r);
      database.nextId = readInt(r);
    });
    const names = this.names();
    this.file('users', (r) => {
      readOnly(r, 'users');
      readRows(r, 7, () => this.user(r));
    });
    this.file('collections', (r) => {
      readOnly(r, 'collections');
      readRows(r, 6, () => this.collection(r, names));
    });
    this.access('store/access_thingsdb.mp', '@thingsdb');
    this.access('store/access_node.mp', '@node');
    const values = (r: MsgpackReader) => new ForeignValues(r, new Collection(0, '', 0, 0), globalContext(database, this.load), this.load);
    this.file('procedures', (r) => readProcedures(values(r), database.procedures));
    this.file('tasks', (r) => readTasks(values(r), newTask, database.tasks));
    this.file('modules', (r) => {
      readOnly(r, 'modules');
      readRows(r, 5, () => this.module(r));
    });
    this.file('commits', (r) => {
      database.history = readCommits(r);
    });
    applyArchive(files, database, this.withPassword, this.load);
  }

  private file(name: string, read: (r: MsgpackReader) => void): void {
    readFile(this.files, `store/${name}.mp`, read);
  }

  private settings(): void {
    const { database } = this;
    readFile(this.files, 'ti.mp', (r) => {
      if (r.next() !== Tok.MAP) throw new Error('expected a map');
      for (let left = r.number; left > 0; left--) {
        const key = readStr(r);
        if (key === 'schema') {
          const schema = readInt(r);
          if (schema !== SCHEMA) throw new Error(`the store has schema ${schema}; this release reads ${SCHEMA}`);
        } else if (key === 'deep') [database.thingsdbDeep, database.nodeDeep] = pair(r);
        else if (key === 'tz') [database.thingsdbZone, database.nodeZone] = pair(r).map(zoneOf) as [string, string];
        else r.skip();
      }
    });
  }

  private names(): Names {
    const names = new Map<number, string>();
    this.file('names', (r) => readRows(r, 2, () => names.set(readInt(r), readStr(r))));
    return names;
  }

  private user(r: MsgpackReader): void {
    const id = readInt(r);
    const name = readStr(r);
    const hash = strOrNull(r);
    const user = newUser(id, name, readInt(r));
    readRows(r, 4, () => {
      const key = readStr(r);
      const expiresAt = readInt(r);
      const createdAt = readInt(r);
      user.tokens.push({ key, expiresAt, createdAt, description: readStr(r) });
    });
    this.whitelist(r, user, 'rooms');
    this.whitelist(r, user, 'procedures');
    this.database.putUser(user);
    if (hash !== null) this.withPassword.push(user);
  }

  private whitelist(r: MsgpackReader, user: User, name: WhitelistName): void {
    const token = r.next();
    if (token === Tok.NIL) return;
    if (token !== Tok.ARRAY) throw new Error('expected a whitelist');
    const rules: WhitelistRule[] = [];
    for (let left = r.number; left > 0; left--) {
      if (r.next() !== Tok.EXT || (r.extType !== Ext.NAME && r.extType !== Ext.REGEX)) throw new Error('expected a rule of a whitelist');
      const text = r.text();
      rules.push(r.extType === Ext.NAME ? text : new Regex(text.slice(1, text.lastIndexOf('/')), text.slice(text.lastIndexOf('/') + 1)));
    }
    user.whitelists.set(name, rules);
  }

  private access(path: string, key: string): void {
    readFile(this.files, path, (r) => {
      readOnly(r, 'access');
      readRows(r, 2, () => {
        const user = this.database.users.get(readInt(r));
        if (user === undefined) throw new Error('rights of a user who does not exist');
        user.access.set(key, readInt(r));
      });
    });
  }

  private collection(r: MsgpackReader, names: Names): void {
    const folder = `store/${readStr(r).replace(/\0$/, '')}`;
    const name = readStr(r);
    const createdAt = readInt(r);
    const id = readInt(r);
    const zone = zoneOf(readInt(r));
    const deep = readInt(r);
    const root = this.files.get(`${folder}/collection.dat`);
    if (root === undefined || root.length !== 8) throw new ImportError(`${folder}/collection.dat: the file must hold the 8 bytes of an id`);
    const collection = new Collection(id, name, createdAt, Number(root.readBigUInt64LE(0)));
    collection.timeZone = zone;
    collection.defaultDeep = deep;
    new CollectionReader(this.files, folder, collection, names, this.load).read();
    this.database.addCollection(collection);
    this.access(`${folder}/access.mp`, collection.accessKey);
  }

  private module(r: MsgpackReader): void {
    const name = readStr(r);
    const source = readStr(r);
    const createdAt = readInt(r);
    const module = new ModuleDef(name, createdAt, source, packageValue(r));
    module.scope = moduleScope(intOr(r, -1));
    this.database.modules.set(name, module);
  }
}

function newTask(id: number): Task {
  const task = new Task();
  task.id = id;
  return task;
}

function pair(r: MsgpackReader): [number, number] {
  if (r.next() !== Tok.ARRAY || r.number !== 2) throw new Error('expected two numbers');
  return [readInt(r), readInt(r)];
}

function zoneOf(place: number): string {
  const zone = zoneNames[place];
  if (zone === undefined) throw new Error(`there is no time zone ${place}`);
  return zone;
}
