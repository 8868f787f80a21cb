/** Modules: programs that run beside the server and do what the language cannot. */
import { lookupErr, type TiError, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import {
  type Expose,
  encodeModule,
  type Manifest,
  ModuleDef,
  moduleScopeName,
  parseSource,
  renameModule,
  sortedModules,
} from '../model/modules.ts';
import { Right, rightsOf } from '../model/rights.ts';
import { parseScope } from '../model/scope.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Effect } from '../values/closure.ts';
import type { MpData } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Bytes } from '../values/scalars.ts';
import { isName } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { encodeValue, NO_IDS } from '../wire/encode.ts';
import { moduleNamed } from './module-calls.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Param, Row } from './row.ts';

/** Levels of things that a configuration keeps. */
const CONF_DEEP = 3;
const MAX_DEEP = 127;

function checkFree(cx: Context, name: string): void {
  if (!isName(name)) throw valueErr('a module name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
  if (cx.database.modules.has(name)) throw lookupErr(`module \`${name}\` already exists`);
}

/** Records a module as it is now. */
function recordModule(cx: Context, module: ModuleDef): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.MODULE);
  encodeModule(ops, module);
}

function confOf(cx: Context, value: Value | undefined): Uint8Array | null {
  if (value === undefined || value === null) return null;
  const w = new MsgpackWriter(256);
  encodeValue(w, value, { deep: CONF_DEEP, flags: NO_IDS, hooks: cx.hooks });
  return w.take();
}

function newModule(cx: Context, name: string, source: string, conf: Value | undefined): Value {
  cx.tx.need();
  if (!isName(name)) checkFree(cx, name);
  const packed = confOf(cx, conf);
  parseSource(source);
  checkFree(cx, name);
  const module = new ModuleDef(name, Math.floor(Date.now() / 1000), source, packed);
  cx.database.modules.set(name, module);
  recordModule(cx, module);
  cx.namesChanged();
  cx.modules.add(module);
  return null;
}

function delModule(cx: Context, name: string): Value {
  const { ops } = cx.tx.need();
  const module = moduleNamed(cx, name);
  ops.int(ChangeOp.DEL_MODULE);
  ops.str(name);
  cx.database.modules.delete(name);
  cx.namesChanged();
  cx.modules.remove(module);
  return null;
}

function rename(cx: Context, from: string, to: string): Value {
  const { ops } = cx.tx.need();
  const module = moduleNamed(cx, from);
  checkFree(cx, to);
  ops.int(ChangeOp.RENAME_MODULE);
  ops.str(from);
  ops.str(to);
  renameModule(cx.database, module, to);
  cx.namesChanged();
  return null;
}

function setConf(cx: Context, name: string, conf: Value): Value {
  cx.tx.need();
  const module = moduleNamed(cx, name);
  module.conf = confOf(cx, conf);
  recordModule(cx, module);
  cx.modules.configure(module);
  return null;
}

function setScope(cx: Context, name: string, scope: string | null): Value {
  cx.tx.need();
  const module = moduleNamed(cx, name);
  module.scope = scope === null ? null : scopeKey(cx, scope);
  recordModule(cx, module);
  return null;
}

function scopeKey(cx: Context, text: string): string {
  const scope = parseScope(text);
  return scope.kind === 'collection' ? cx.database.collectionByName(scope.name).accessKey : `@${scope.kind}`;
}

function deploy(cx: Context, name: string, data: string | Bytes | null): Value {
  const { ops } = cx.tx.need();
  const module = moduleNamed(cx, name);
  const { kind } = parseSource(module.source);
  if (kind !== 'file') {
    if (data instanceof Bytes) throw wrongData('str` or `nil', 'bytes', 'bytes are for modules with a file as source');
    if (data !== null) {
      if (parseSource(data).kind === 'file') throw valueErr('the new source must be a repository or a folder, as the present one');
      module.source = data;
      recordModule(cx, module);
    }
    cx.modules.deploy(module, null);
    return null;
  }
  if (typeof data === 'string' && !module.source.endsWith('.py')) {
    throw wrongData('bytes` or `nil', 'str', 'a text is for Python modules');
  }
  const code = data === null ? null : typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data.bytes, 'latin1');
  if (code !== null) {
    ops.int(ChangeOp.DEPLOY_MODULE);
    ops.str(name);
    ops.bin(code.latin1Slice());
  }
  cx.modules.deploy(module, code);
  return null;
}

const wrongData = (wanted: string, got: string, why: string): TiError =>
  typeErr(
    `function \`deploy_module\` expects argument 2 to be of type \`${wanted}\` but got type \`${got}\` instead; ${why}; see https://docs.thingsdb.io/v1/thingsdb-api/deploy_module`,
  );

function refresh(cx: Context, name: string): Value {
  cx.tx.need();
  cx.modules.deploy(moduleNamed(cx, name), null);
  return null;
}

function restart(cx: Context, name: string): Value {
  cx.modules.restart(moduleNamed(cx, name));
  return null;
}

// --- information ---

type Entry = readonly [key: string, write: (w: MsgpackWriter) => void];

function writeEntries(w: MsgpackWriter, entries: readonly Entry[]): void {
  w.mapHeader(entries.length);
  for (const [key, write] of entries) {
    w.str(key);
    write(w);
  }
}

const str =
  (text: string): Entry[1] =>
  (w) =>
    w.str(text);
const int =
  (value: number): Entry[1] =>
  (w) =>
    w.int(value);
const strOrNil =
  (text: string | null): Entry[1] =>
  (w) =>
    text === null ? w.nil() : w.str(text);

function info(cx: Context, module: ModuleDef): MpData {
  const view = cx.modules.view(module);
  const { scope, conf } = module;
  const entries: Entry[] = [
    ['name', str(module.name)],
    ['created_at', int(module.createdAt)],
    ['status', str(view.status)],
    ['scope', strOrNil(scope === null ? null : moduleScopeName(cx.database, scope))],
  ];
  if (view.file !== null) entries.push(['file', str(view.file)]);
  if ((rightsOf(cx.user, 'thingsdb', null) & Right.CHANGE) !== 0) entries.push(['conf', (w) => (conf === null ? w.nil() : w.copy(conf))]);
  if (cx.scope === 'node') entries.push(['tasks', int(view.tasks)], ['restarts', int(view.restarts)]);
  entries.push(...sourceEntries(module.source));
  if (view.manifest !== null) entries.push(...manifestEntries(cx, view.manifest));
  return mpdata((w) => writeEntries(w, entries));
}

function sourceEntries(text: string): Entry[] {
  const source = parseSource(text);
  if (source.kind !== 'github') return [];
  return [
    ['github_owner', str(source.owner)],
    ['github_repo', str(source.repo)],
    ['github_with_token', (w) => w.bool(source.token !== null)],
    ['github_ref', str(source.ref ?? 'default')],
  ];
}

function manifestEntries(cx: Context, manifest: Manifest): Entry[] {
  const entries: Entry[] = [['version', str(manifest.version)]];
  if (manifest.doc !== null) entries.push(['doc', str(manifest.doc)]);
  entries.push(...defaultsEntry(cx, manifest));
  if (manifest.exposes.size > 0) {
    const names = [...manifest.exposes.keys()].sort();
    const functions = names.map((name): Entry => [name, (w) => writeEntries(w, exposeEntries(cx, manifest.exposes.get(name) as Expose))]);
    entries.push(['exposes', (w) => writeEntries(w, functions)]);
  }
  return entries;
}

function defaultsEntry(cx: Context, { deep, load, defaults }: Pick<Expose, 'deep' | 'load' | 'defaults'>): Entry[] {
  const entries: Entry[] = [];
  if (deep !== null) entries.push(['deep', int(deep)]);
  if (load !== null) entries.push(['load', (w) => w.bool(load)]);
  for (const [key, value] of defaults) {
    entries.push([key, (w) => encodeValue(w, value, { deep: MAX_DEEP, flags: 0, hooks: cx.hooks })]);
  }
  return entries.length === 0 ? [] : [['defaults', (w) => writeEntries(w, entries)]];
}

function exposeEntries(cx: Context, expose: Expose): Entry[] {
  const entries: Entry[] = [];
  const { doc, argmap, closure } = expose;
  if (doc !== null) entries.push(['doc', str(doc)]);
  entries.push(...defaultsEntry(cx, expose));
  if (closure !== null) {
    const { code } = cx.compile(closure);
    entries.push(['definition', str(code.definition)]);
    entries.push(['with_side_effects', (w) => w.bool((code.effects & (Effect.COLLECTION | Effect.THINGSDB)) !== 0)]);
  } else {
    entries.push([
      'argmap',
      (w) => {
        w.arrayHeader(argmap?.length ?? 0);
        for (const key of argmap ?? []) w.str(key);
      },
    ]);
  }
  return entries;
}

const NAME: Param = { name: 'name', type: 'str' };
const CHANGES = { changes: ['thingsdb'], scopes: ['thingsdb'] } as const;

export const moduleRows: readonly Row[] = [
  {
    name: 'new_module',
    params: [NAME, { name: 'source', type: 'str' }, { name: 'configuration', type: 'any', optional: true }],
    returns: 'nil',
    doc: 'Adds a module: a program from a file in the folder for modules, a repository or a folder, which the server starts and queries may ask.',
    example: "new_module('mail', 'mail.py', {host: 'localhost'});  // => null",
    page: 'thingsdb-api/new_module',
    ...CHANGES,
    run: newModule,
  },
  {
    name: 'del_module',
    params: [NAME],
    returns: 'nil',
    doc: 'Stops a module and removes it; requests to it that are open are cancelled.',
    example: "new_module('mail', 'mail.py'); del_module('mail');  // => null",
    page: 'thingsdb-api/del_module',
    ...CHANGES,
    run: delModule,
  },
  {
    name: 'rename_module',
    params: [NAME, { name: 'new_name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives a module another name.',
    example: "new_module('a', 'a.py'); rename_module('a', 'b'); has_module('b');  // => true",
    page: 'thingsdb-api/rename_module',
    ...CHANGES,
    run: rename,
  },
  {
    name: 'set_module_conf',
    params: [NAME, { name: 'configuration', type: 'any' }],
    returns: 'nil',
    doc: 'Sets the configuration of a module, three levels deep, and sends it to the module; nil is none and is not sent.',
    example: "new_module('mail', 'mail.py'); set_module_conf('mail', {host: 'localhost'});  // => null",
    page: 'thingsdb-api/set_module_conf',
    ...CHANGES,
    run: setConf,
  },
  {
    name: 'set_module_scope',
    params: [NAME, { name: 'scope', type: 'str|nil' }],
    returns: 'nil',
    doc: 'Sets the only scope in which a module may be used; nil: all scopes.',
    example: "new_module('mail', 'mail.py'); set_module_scope('mail', '//stuff');  // => null",
    page: 'thingsdb-api/set_module_scope',
    ...CHANGES,
    run: setScope,
  },
  {
    name: 'deploy_module',
    params: [NAME, { name: 'data', type: 'str|bytes|nil' }],
    returns: 'nil',
    doc: 'Writes new code into the file of a module, or sets the new source of one that has a manifest, and starts it anew.',
    example: "new_module('mail', 'mail.py'); deploy_module('mail', nil);  // => null",
    page: 'thingsdb-api/deploy_module',
    ...CHANGES,
    run: deploy,
  },
  {
    name: 'refresh_module',
    params: [NAME],
    returns: 'nil',
    doc: 'Stops a module, updates it from its source when that has another version, and starts it again.',
    example: "new_module('mail', 'mail.py'); refresh_module('mail');  // => null",
    page: 'thingsdb-api/refresh_module',
    ...CHANGES,
    run: refresh,
  },
  {
    name: 'restart_module',
    params: [NAME],
    returns: 'nil',
    doc: 'Stops a module and starts it again; its count of restarts begins anew.',
    example: "try(restart_module('nowhere')).code();  // => -54",
    page: 'node-api/restart_module',
    scopes: ['node'],
    right: 'CHANGE',
    run: restart,
  },
  {
    name: 'has_module',
    params: [NAME],
    returns: 'bool',
    doc: 'Whether there is a module of that name.',
    example: "has_module('nowhere');  // => false",
    page: 'thingsdb-api/has_module',
    run: (cx, name: string) => cx.database.modules.has(name),
  },
  {
    name: 'module_info',
    params: [NAME],
    returns: 'mpdata',
    doc: 'Tells about a module: status, scope, file, what it exposes, and, to those who may change it, its configuration.',
    example: "try(module_info('nowhere')).code();  // => -54",
    page: 'thingsdb-api/module_info',
    run: (cx, name: string) => info(cx, moduleNamed(cx, name)),
  },
  {
    name: 'modules_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all modules, by name.',
    example: 'modules_info();  // => []',
    page: 'thingsdb-api/modules_info',
    run: (cx) => new List(sortedModules(cx.database).map((module) => info(cx, module))),
  },
];
