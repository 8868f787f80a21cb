/** Calls of modules: `name(...)` and the functions that a module exposes, `name.function(...)`. Each gives a future. */
import { ErrorCode, lookupErr, numArgsErr, TiError, typeErr, valueErr } from '../errors.ts';
import { type Expose, type Manifest, type ModuleDef, moduleScopeName } from '../model/modules.ts';
import { accessKey } from '../model/rights.ts';
import { type Lockable, Method } from '../model/types.ts';
import { Future, type ModuleRef } from '../values/handles.ts';
import { Shape } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import { truthy, typeName, type Value } from '../values/value.ts';
import { Builtin } from './builtin.ts';
import type { Context } from './row.ts';

const SEE = 'see https://docs.thingsdb.io/v1/modules';
const NAMES = 'see https://docs.thingsdb.io/v1/overview/names';
/** Levels of a request to an exposed function when nothing says more. */
const EXPOSED_DEEP = 1;

/** The module of that name. Throws lookup_err; value_err for what cannot be a name. */
export function moduleNamed(cx: Context, name: string): ModuleDef {
  const module = cx.database.modules.get(name);
  if (module !== undefined) return module;
  if (!isName(name)) throw valueErr(`a module name must follow the naming rules; ${NAMES}`);
  throw lookupErr(`module \`${name}\` not found`);
}

/** Throws forbidden_err where the module is not to be used. */
export function checkModuleScope(cx: Context, module: ModuleDef): void {
  if (module.scope === null || module.scope === accessKey(cx.scope, cx.collection)) return;
  const where = moduleScopeName(cx.database, module.scope);
  throw new TiError(ErrorCode.FORBIDDEN, `module \`${module.name}\` is restricted to scope \`${where}\``);
}

function deepOf(value: Value): number {
  if (typeof value !== 'number') throw typeErr(`expecting \`deep\` to be of type \`int\` but got type \`${typeName(value)}\` instead`);
  if (value < 0 || value > 127) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${value} instead`);
  return value;
}

/** Puts defaults for what is missing; into a copy, so that the thing of the caller stays as it is. */
function withDefaults(request: Thing, defaults: ReadonlyMap<string, Value> | undefined): Thing {
  const missing = [...(defaults ?? [])].filter(([key]) => request.get(key) === undefined);
  if (missing.length === 0) return request;
  const copy = new Thing(Shape.empty, []);
  for (const key of request.keys()) copy.put(key, request.get(key) as Value);
  for (const [key, value] of missing) copy.put(key, value);
  return copy;
}

function addFuture(cx: Context, module: ModuleDef, deep: number, load: boolean, args: readonly Value[]): Future {
  const future = new Future(args);
  future.request = { module: module.name, deep, load };
  cx.addFuture(future);
  return future;
}

/** A request with all that it says: what `name({...}, ...)` and `future({module: name, ...}, ...)` do. */
export function askModule(cx: Context, module: ModuleDef, request: Thing, rest: readonly Value[]): Future {
  checkModuleScope(cx, module);
  const { manifest } = cx.modules.view(module);
  const givenDeep = request.get('deep');
  const givenLoad = request.get('load');
  const deep = givenDeep === undefined ? (manifest?.deep ?? cx.deep) : deepOf(givenDeep);
  const load = givenLoad === undefined ? (manifest?.load ?? false) : truthy(givenLoad);
  return addFuture(cx, module, deep, load, [withDefaults(request, manifest?.defaults), ...rest]);
}

/** `name(request, ...)` */
export function callModule(cx: Context, ref: ModuleRef, args: readonly Value[]): Future {
  const module = moduleNamed(cx, ref.name);
  const [request, ...rest] = args;
  if (request === undefined) throw numArgsErr(`modules must be called using at least 1 argument but 0 were given; ${SEE}`);
  if (request instanceof Thing) return askModule(cx, module, request, rest);
  throw typeErr(`expecting the first module argument to be of type \`thing\` but got type \`${typeName(request)}\` instead; ${SEE}`);
}

/** What was made of the functions of a manifest; a module that is updated gets a new manifest. */
const callees = new WeakMap<Manifest, Map<string, Builtin | Method>>();

/** The callee of `name.function(...)`. Throws lookup_err, forbidden_err. */
export function exposedFunction(cx: Context, ref: ModuleRef, name: string): Builtin | Method {
  const module = moduleNamed(cx, ref.name);
  checkModuleScope(cx, module);
  const { manifest } = cx.modules.view(module);
  const expose = manifest?.exposes.get(name);
  if (manifest === null || expose === undefined) throw lookupErr(`module \`${module.name}\` has no function \`${name}\``);
  let known = callees.get(manifest);
  if (known === undefined) {
    known = new Map();
    callees.set(manifest, known);
  }
  let callee = known.get(name);
  if (callee === undefined) {
    callee = expose.closure === null ? builtinOf(name, expose) : new Method(cx.compile(expose.closure), unlockable());
    known.set(name, callee);
  }
  return callee;
}

const unlockable = (): Lockable => ({ locks: 0 });

function builtinOf(name: string, expose: Expose): Builtin {
  return new Builtin({
    name,
    receiver: 'module',
    params: [{ name: 'args', type: 'any', rest: true }],
    returns: 'future',
    doc: expose.doc ?? '',
    example: '',
    page: 'modules',
    run: (cx, self: ModuleRef, args: readonly Value[]) => callExposed(cx, moduleNamed(cx, self.name), expose, args),
  });
}

function callExposed(cx: Context, module: ModuleDef, expose: Expose, args: readonly Value[]): Future {
  const argmap = expose.argmap ?? ['*'];
  const request = new Thing(Shape.empty, []);
  let deep = expose.deep ?? EXPOSED_DEEP;
  let load = expose.load ?? false;
  argmap.forEach((key, i) => {
    const arg = args[i];
    if (key === '*') {
      const all = arg === undefined || arg === null ? null : needThing(arg);
      const [givenDeep, givenLoad] = [all?.get('deep'), all?.get('load')];
      if (givenDeep !== undefined) deep = deepOf(givenDeep);
      if (givenLoad !== undefined) load = truthy(givenLoad);
      for (const own of all?.keys() ?? []) request.put(own, all?.get(own) as Value);
    } else if (key === 'deep') deep = arg === undefined ? deep : deepOf(arg);
    else if (key === 'load') load = arg === undefined ? load : truthy(arg);
    else if (arg !== undefined) request.put(key, arg);
    else if (request.get(key) === undefined) request.put(key, expose.defaults.get(key) ?? null);
  });
  return addFuture(cx, module, deep, load, [withDefaults(request, expose.defaults), ...args.slice(argmap.length)]);
}

function needThing(value: Value): Thing {
  if (value instanceof Thing) return value;
  throw typeErr(`expecting argument \`*\` to be of type \`thing\` or \`nil\` but got type \`${typeName(value)}\` instead`);
}
