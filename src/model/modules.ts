/**
 * Modules: programs outside that queries may ask for work. Here is what is stored of them, and what whoever runs them (`ModuleHost`) must be able to do.
 */
import { operationErr, type TiError, valueErr } from '../errors.ts';
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { ModuleRef } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import type { Database } from './database.ts';
import { readBytes, readInt, readStr } from './read.ts';

/** What a module is. */
export class ModuleDef {
  name: string;
  /** The folder of its code, in the folder for modules: the name that it had first. */
  readonly folder: string;
  /** In seconds since 1970. */
  readonly createdAt: number;
  /** A file in the module's folder, `github.com/owner/repo[:token][@ref]`, or `file:///folder[@ref]`. */
  source: string;
  /** One MessagePack value; null for none. */
  conf: Uint8Array | null;
  /** The only scope that may use it: `@thingsdb`, `@node` or the id of a collection; null for all. */
  scope: string | null = null;
  /** Code that was deployed and may not have reached the file yet when the server ended; never part of a checkpoint. */
  deployed: Uint8Array | null = null;
  /** The value that the name of the module means in a query. */
  ref: ModuleRef;

  constructor(name: string, createdAt: number, source: string, conf: Uint8Array | null = null, folder = name) {
    this.name = name;
    this.folder = folder;
    this.createdAt = createdAt;
    this.source = source;
    this.conf = conf;
    this.ref = new ModuleRef(name);
  }
}

/** What `exposes` of a manifest says of one function; either `closure` or `argmap` counts. */
export interface Expose {
  readonly doc: string | null;
  readonly deep: number | null;
  readonly load: boolean | null;
  /** Those of the module included. */
  readonly defaults: ReadonlyMap<string, Value>;
  /** What arguments by position mean; `*` is a thing with any properties. */
  readonly argmap: readonly string[] | null;
  /** Source text of a closure whose first argument is the module. */
  readonly closure: string | null;
}

/** A `module.json` that was found right. All text is byte strings. */
export interface Manifest {
  /** The file to start, relative to the folder. */
  readonly main: string;
  readonly version: string;
  readonly doc: string | null;
  readonly deep: number | null;
  readonly load: boolean | null;
  readonly defaults: ReadonlyMap<string, Value>;
  readonly exposes: ReadonlyMap<string, Expose>;
  /** Further files that belong to the module. */
  readonly includes: readonly string[];
  /** Python packages; null when the manifest does not say. */
  readonly requirements: readonly string[] | null;
}

/** How a module fares at the moment. */
export interface ModuleView {
  /** `running`, or why it is not. */
  readonly status: string;
  /** Path of the file that is started; null while there is none. */
  readonly file: string | null;
  /** Requests that are not answered yet. */
  readonly tasks: number;
  readonly restarts: number;
  readonly manifest: Manifest | null;
}

/** What came of a request: one MessagePack value, or an error. */
export type ModuleOutcome = { readonly data: Uint8Array } | { readonly error: TiError };

/** Runs modules. What is done to one takes effect at once, except that processes take their time to start and to end. */
export interface ModuleHost {
  /** A module that is new, or was there when the server started. */
  add(module: ModuleDef): void;
  /** Stops a module; requests that are open are cancelled. */
  remove(module: ModuleDef): void;
  /** The configuration was set. */
  configure(module: ModuleDef): void;
  /** Writes new code into the file of a module when there is some, and starts the module anew; one with a manifest is updated. */
  deploy(module: ModuleDef, code: Uint8Array | null): void;
  restart(module: ModuleDef): void;
  view(module: ModuleDef): ModuleView;
  /** Sends a request, one MessagePack value. `done` is called once: at once when the module cannot take it, else when it has answered or died. */
  request(module: ModuleDef, payload: Uint8Array, done: (outcome: ModuleOutcome) => void): void;
  /** Stops all modules. */
  close(): Promise<void>;
}

const SEE = 'see https://docs.thingsdb.io/v1/thingsdb-api/new_module';
const GITHUB = 'github.com/';
const FOLDER = 'file:///';

export type ModuleSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'github'; readonly owner: string; readonly repo: string; readonly token: string | null; readonly ref: string | null }
  /** A folder of this machine that holds a `module.json`. */
  | { readonly kind: 'folder'; readonly path: string };

/** Reads where a module comes from. Throws value_err. */
export function parseSource(source: string): ModuleSource {
  if (source === '') throw valueErr(`the source of a module must not be empty; ${SEE}`);
  if (!/^[\x20-\x7e]+$/.test(source)) throw valueErr(`the source of a module must consist of printable ASCII characters; ${SEE}`);
  if (source.startsWith(GITHUB)) return parseGithub(source);
  if (source.startsWith(FOLDER)) {
    if (source.split('/').includes('..')) throw valueErr(`the source of a module must not contain \`..\`; ${SEE}`);
    return { kind: 'folder', path: source.slice(FOLDER.length - 1) };
  }
  if (source.startsWith('/')) throw valueErr(`the source of a module must not start with \`/\`; ${SEE}`);
  if (/\.[./]/.test(source)) throw valueErr(`the source of a module must not contain \`..\` or \`./\`; ${SEE}`);
  return { kind: 'file', file: source };
}

function parseGithub(source: string): ModuleSource {
  const match = /^github\.com\/([\w.-]+)\/([\w.-]+)(?::([^@/]+))?(?:@([\w./+-]+))?$/.exec(source);
  if (match === null) {
    throw valueErr(`a module from GitHub is written \`github.com/owner/repo[:token][@tag or branch]\`, and not \`${source}\`; ${SEE}`);
  }
  const [, owner = '', repo = '', token = null, ref = null] = match;
  return { kind: 'github', owner, repo, token, ref };
}

/** The module as a whole. */
export function encodeModule(w: MsgpackWriter, module: ModuleDef): void {
  w.str(module.name);
  w.int(module.createdAt);
  w.str(module.source);
  w.str(module.folder);
  w.bin(module.conf === null ? '' : Buffer.from(module.conf).latin1Slice());
  w.str(module.scope ?? '');
}

/** Reads what `encodeModule` wrote: a new module, or one in place of that with its name. */
export function decodeModule(r: MsgpackReader, database: Database): void {
  const name = readStr(r);
  const createdAt = readInt(r);
  const source = readStr(r);
  const module = new ModuleDef(name, createdAt, source, null, readStr(r));
  const conf = readBytes(r);
  module.conf = conf.length === 0 ? null : conf;
  module.scope = readStr(r) || null;
  const before = database.modules.get(name);
  if (before !== undefined) {
    module.deployed = before.deployed;
    module.ref = before.ref;
  }
  database.modules.set(name, module);
}

function moduleOf(database: Database, name: string): ModuleDef {
  const module = database.modules.get(name);
  if (module === undefined) throw new Error('damaged change: no such module');
  return module;
}

/** Applies what `DEL_MODULE` recorded. */
export function readDeletedModule(r: MsgpackReader, database: Database): void {
  database.modules.delete(moduleOf(database, readStr(r)).name);
}

/** Applies what `RENAME_MODULE` recorded. */
export function readRenamedModule(r: MsgpackReader, database: Database): void {
  renameModule(database, moduleOf(database, readStr(r)), readStr(r));
}

/** Applies what `DEPLOY_MODULE` recorded. */
export function readDeployedModule(r: MsgpackReader, database: Database): void {
  moduleOf(database, readStr(r)).deployed = readBytes(r);
}

export function renameModule(database: Database, module: ModuleDef, name: string): void {
  database.modules.delete(module.name);
  module.name = name;
  module.ref = new ModuleRef(name);
  database.modules.set(name, module);
}

/** All modules in the order of their names. */
export const sortedModules = (database: Database): ModuleDef[] => [...database.modules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The scope that alone may use a module, as answers tell it. */
export function moduleScopeName(database: Database, scope: string): string {
  if (scope.startsWith('@')) return scope;
  const collection = database.collections.get(Number(scope));
  return `@collection:${collection?.name ?? '<unknown>'}`;
}

/** What runs modules where nothing can: none is ever installed. */
export const noModules: ModuleHost = {
  add: () => {},
  remove: () => {},
  configure: () => {},
  deploy: () => {},
  restart: () => {},
  view: () => ({ status: 'module not installed', file: null, tasks: 0, restarts: 0, manifest: null }),
  request(module, _payload, done) {
    done({ error: notRunning(module.name, 'module not installed') });
  },
  close: () => Promise.resolve(),
};

export const notRunning = (name: string, status: string): TiError => operationErr(`module \`${name}\` is not running (status: ${status})`);
