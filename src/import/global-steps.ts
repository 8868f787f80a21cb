/** Steps of changes of the scope of users and collections. */
import { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { ModuleDef, renameModule } from '../model/modules.ts';
import { type ClosureLoader, globalContext } from '../model/schema-records.ts';
import { newUser, type User, WHITELISTS, type WhitelistRule } from '../model/users.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { zoneNames } from '../time/zones.ts';
import { Regex } from '../values/regex.ts';
import { readCommit } from './commits.ts';
import { intOr, strOrNull } from './files.ts';
import { Operands } from './operands.ts';
import { applyProcedureStep } from './procedure-steps.ts';
import { moduleScope, packageValue } from './store-values.ts';
import { applyTaskStep } from './task-steps.ts';

const Ext = { REGEX: 1 } as const;
const SCOPES = ['@thingsdb', '@node'] as const;

export class GlobalSteps extends Operands {
  private readonly database: Database;
  private readonly withPassword: User[];

  constructor(database: Database, withPassword: User[], load: ClosureLoader) {
    super(new MsgpackReader(Buffer.alloc(0)), new Collection(0, '', 0, 0), globalContext(database, load), load);
    this.database = database;
    this.withPassword = withPassword;
  }

  /** False for a step that is not known. */
  apply(r: MsgpackReader, step: number): boolean {
    this.r = r;
    return this.users(step) || this.collections(step) || this.modules(step) || applyTaskStep(this, this.database, step);
  }

  private user(id: number): User {
    const user = this.database.users.get(id);
    if (user === undefined) throw new Error(`there is no user ${id}`);
    return user;
  }

  private users(step: number): boolean {
    const { database, r } = this;
    switch (step) {
      case 7: // expired tokens leave
        {
          const now = this.int();
          for (const user of database.users.values()) {
            for (const token of [...user.tokens])
              if (token.expiresAt !== 0 && token.expiresAt < now) user.tokens.splice(user.tokens.indexOf(token), 1);
            database.putUser(user);
          }
          return true;
        }
      case 12: {
        const key = this.str();
        for (const user of database.users.values()) {
          const at = user.tokens.findIndex((token) => token.key === key);
          if (at >= 0) user.tokens.splice(at, 1);
          database.putUser(user);
        }
        return true;
      }
      case 14:
        database.removeUser(this.user(this.int()));
        return true;
      case 16:
      case 44: {
        this.open();
        const key = this.scopeKey(this.int('scope'));
        const { access } = this.user(this.int('user'));
        const mask = this.int('mask');
        const next = step === 16 ? (access.get(key) ?? 0) | mask : (access.get(key) ?? 0) & ~mask;
        if (next === 0) access.delete(key);
        else access.set(key, next);
        return true;
      }
      case 34: {
        this.open();
        const user = this.user(this.int('id'));
        const key = this.str('key');
        const expiresAt = this.int('expire_ts');
        const createdAt = this.int('created_at');
        user.tokens.push({ key, expiresAt, createdAt, description: this.str('description') });
        database.putUser(user);
        return true;
      }
      case 36: {
        this.open();
        const id = this.int('id');
        const name = this.str('username');
        database.putUser(newUser(id, name, this.int('created_at')));
        return true;
      }
      case 42: {
        this.open();
        const user = this.user(this.int('id'));
        database.removeUser(user);
        user.name = this.str('name');
        database.putUser(user);
        return true;
      }
      case 48: {
        this.open();
        const user = this.user(this.int('id'));
        this.key('password');
        const at = this.withPassword.indexOf(user);
        if (at >= 0) this.withPassword.splice(at, 1);
        if (strOrNull(r) !== null) this.withPassword.push(user);
        return true;
      }
      case 80:
      case 81:
        this.whitelist(step === 80);
        return true;
      default:
        return false;
    }
  }

  private scopeKey(scope: number): string {
    return SCOPES[scope] ?? String(scope);
  }

  private whitelist(isAdded: boolean): void {
    const { r } = this;
    const count = this.count();
    const { whitelists } = this.user(this.int());
    const name = WHITELISTS[this.int()];
    if (name === undefined) throw new Error('a whitelist of no known kind');
    const rules: WhitelistRule[] = whitelists.get(name) ?? [];
    if (count < 3) {
      if (isAdded) whitelists.set(name, rules);
      else whitelists.delete(name);
      return;
    }
    const token = r.next();
    if (token !== Tok.STR && token !== Tok.EXT) throw new Error('expected a rule of a whitelist');
    const text = r.text();
    const isRegex = token === Tok.EXT && r.extType === Ext.REGEX;
    if (isAdded) rules.push(isRegex ? new Regex(text.slice(1, text.lastIndexOf('/')), text.slice(text.lastIndexOf('/') + 1)) : text);
    else {
      const at = rules.findIndex((rule) => (typeof rule === 'string' ? !isRegex && rule === text : isRegex && rule.text === text));
      const last = rules.pop();
      if (last !== undefined && at >= 0 && at < rules.length) rules[at] = last;
    }
    whitelists.set(name, rules);
  }

  private collections(step: number): boolean {
    const { database, r } = this;
    if (applyProcedureStep(this, step, database.procedures)) return true;
    switch (step) {
      case 5: {
        const collection = database.collections.get(this.int());
        if (collection === undefined) throw new Error('there is no such collection');
        database.removeCollection(collection);
        return true;
      }
      case 29: {
        this.open();
        const name = this.str('name');
        const user = this.user(this.int('user'));
        const id = this.int('id');
        const root = this.int('next');
        const collection = new Collection(id, name, this.int('created_at'), root);
        collection.defaultDeep = database.thingsdbDeep;
        collection.timeZone = database.thingsdbZone;
        collection.root.refs = 1;
        database.addCollection(collection);
        user.access.set(collection.accessKey, 31);
        return true;
      }
      case 37: {
        this.open();
        const collection = database.collections.get(this.int('id'));
        if (collection === undefined) throw new Error('there is no such collection');
        database.renameCollection(collection, this.str('name'));
        return true;
      }
      case 49:
      case 68:
        this.setting(step === 49);
        return true;
      case 82: {
        this.count();
        const scope = this.int();
        const historian = scope === 0 ? database : database.collections.get(scope);
        if (historian === undefined) throw new Error('there is no such collection');
        historian.history = this.bool() ? (historian.history ?? []) : null;
        return true;
      }
      case 83: {
        this.count();
        const scope = this.int();
        const historian = scope === 0 ? database : database.collections.get(scope);
        const gone = new Set<number>();
        for (let left = this.count(); left > 0; left--) gone.add(this.int());
        if (historian?.history) historian.history = historian.history.filter((commit) => !gone.has(commit.id));
        return true;
      }
      case 84:
        database.history?.push(readCommit(r));
        return true;
      default:
        return false;
    }
  }

  private setting(isZone: boolean): void {
    const { database } = this;
    this.open();
    const id = this.int('id');
    const value = this.int(isZone ? 'tz' : 'deep');
    const zone = zoneNames[value] ?? 'UTC';
    const collection = database.collections.get(id);
    if (collection !== undefined) {
      if (isZone) collection.timeZone = zone;
      else collection.defaultDeep = value;
    } else if (id > 1) throw new Error('there is no such collection');
    else if (isZone && id === 0) database.thingsdbZone = zone;
    else if (isZone) database.nodeZone = zone;
    else if (id === 0) database.thingsdbDeep = value;
    else database.nodeDeep = value;
  }

  private module(name: string): ModuleDef {
    const module = this.database.modules.get(name);
    if (module === undefined) throw new Error(`there is no module ${name}`);
    return module;
  }

  private modules(step: number): boolean {
    const { database, r } = this;
    switch (step) {
      case 8:
        database.modules.delete(this.module(this.str()).name);
        return true;
      case 15: {
        this.open();
        const module = this.module(this.str('name'));
        this.key('data');
        const before = r.offset;
        const token = r.next();
        if (token === Tok.NIL) return true;
        // Code lies in a file, which is no part of the store; a text may also be the new source of a module with a manifest.
        if (token === Tok.STR && module.source.startsWith('github.com/')) module.source = r.text();
        else {
          r.offset = before;
          r.skip();
        }
        return true;
      }
      case 30: {
        this.open();
        const name = this.str('name');
        const source = this.str('source');
        const createdAt = this.int('created_at');
        this.key('conf_pkg');
        const module = new ModuleDef(name, createdAt, source, packageValue(r));
        this.key('scope_id');
        module.scope = moduleScope(intOr(r, -1));
        database.modules.set(name, module);
        return true;
      }
      case 39: {
        this.open();
        const module = this.module(this.str('old'));
        renameModule(database, module, this.str('name'));
        return true;
      }
      case 46: {
        this.open();
        const module = this.module(this.str('name'));
        this.key('conf_pkg');
        module.conf = packageValue(r);
        return true;
      }
      case 47: {
        this.open();
        const module = this.module(this.str('name'));
        this.key('scope_id');
        module.scope = moduleScope(intOr(r, -1));
        return true;
      }
      default:
        return false;
    }
  }
}
