/** Reads `module.json`, which says what a module starts, needs and exposes. */
import type { Expose, Manifest } from '../model/modules.ts';
import { List } from '../values/list.ts';
import { Float } from '../values/scalars.ts';
import { Shape } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

export const MANIFEST_FILE = 'module.json';

/** Why a manifest is refused; the message names the key. */
export class ManifestError extends Error {}

const bytes = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

/** What a JSON text holds, with numbers that have a point or an exponent as floats. */
type Json = null | boolean | number | bigint | string | Float | readonly Json[] | { readonly [key: string]: Json };
type JsonMap = { readonly [key: string]: Json };

function numberOf(source: string): Json {
  if (/[.eE]/.test(source)) return new Float(Number(source));
  const value = Number(source);
  return Number.isSafeInteger(value) ? value : BigInt.asIntN(64, BigInt(source));
}

function parseJson(text: string): Json {
  try {
    const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
      typeof value === 'number' ? numberOf(context?.source ?? String(value)) : value;
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Json;
  } catch (error) {
    throw new ManifestError(`${MANIFEST_FILE} is no JSON: ${(error as Error).message}`);
  }
}

const isMap = (json: Json | undefined): json is JsonMap =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Float);

function needMap(json: Json | undefined, what: string): JsonMap {
  if (isMap(json)) return json;
  throw new ManifestError(`${what} in ${MANIFEST_FILE} must be a map`);
}

function needText(json: Json | undefined, what: string): string {
  if (typeof json === 'string') return json;
  throw new ManifestError(`${what} in ${MANIFEST_FILE} must be a string`);
}

function texts(json: Json, what: string): string[] {
  if (!Array.isArray(json)) throw new ManifestError(`${what} in ${MANIFEST_FILE} must be an array`);
  return json.map((item: Json) => needText(item, `each item of ${what}`));
}

/** A value of the language. */
function toValue(json: Json): Value {
  if (typeof json === 'string') return bytes(json);
  if (typeof json !== 'object' || json === null || json instanceof Float) return json;
  if (Array.isArray(json)) return new List(json.map(toValue), true);
  const thing = new Thing(Shape.empty, []);
  for (const [key, value] of Object.entries(json as JsonMap)) thing.put(bytes(key), toValue(value));
  return thing;
}

interface Defaults {
  readonly deep: number | null;
  readonly load: boolean | null;
  readonly defaults: ReadonlyMap<string, Value>;
}

const NO_DEFAULTS: Defaults = { deep: null, load: null, defaults: new Map() };

/** Defaults of their own stand first, then those inherited that they do not name. */
function readDefaults(json: Json | undefined, what: string, inherited: Defaults): Defaults {
  if (json === undefined) return inherited;
  let { deep, load } = inherited;
  const defaults = new Map<string, Value>();
  for (const [key, value] of Object.entries(needMap(json, what))) {
    if (key === 'deep') {
      if (typeof value !== 'number' || value < 0 || value > 127)
        throw new ManifestError(`\`deep\` of ${what} must be an integer from 0 to 127`);
      deep = value;
    } else if (key === 'load') {
      if (typeof value !== 'boolean') throw new ManifestError(`\`load\` of ${what} must be a boolean`);
      load = value;
    } else defaults.set(bytes(key), toValue(value));
  }
  for (const [key, value] of inherited.defaults) if (!defaults.has(key)) defaults.set(key, value);
  return { deep, load, defaults };
}

function readVersion(json: Json | undefined): string {
  const text = json instanceof Float ? String(json.value) : typeof json === 'number' ? String(json) : json;
  if (typeof text === 'string' && /^\d+(\.\d+)*$/.test(text)) return text;
  throw new ManifestError(`\`version\` in ${MANIFEST_FILE} must be a number, or a string of digits with points between`);
}

function readDoc(json: Json | undefined, what: string): string | null {
  if (json === undefined || json === null) return null;
  return bytes(needText(json, what)) || null;
}

/** A path below the folder of the module. */
function checkPath(path: string, what: string): string {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/') || path.includes('\0') || parts.includes('..')) {
    throw new ManifestError(`${what} in ${MANIFEST_FILE} must be a path below the folder of the module`);
  }
  return path;
}

/** A path, or a map with one for each platform; undefined when there is none for this one. */
function readPath(json: Json | undefined, what: string, platform: string): string | undefined {
  if (!isMap(json)) return checkPath(needText(json, what), what);
  const path = json[platform];
  return path === undefined ? undefined : checkPath(needText(path, `${what} for ${platform}`), what);
}

function readArgmap(json: Json, what: string): string[] {
  const keys = texts(json, what).map(bytes);
  for (const key of keys) if (key !== '*' && !isName(key)) throw new ManifestError(`${what} may only have names and \`*\``);
  if (new Set(keys).size < keys.length) throw new ManifestError(`${what} has a name twice`);
  return keys;
}

function readExpose(name: string, json: Json, inherited: Defaults): Expose {
  const what = `\`exposes.${name}\``;
  if (!isName(bytes(name))) throw new ManifestError(`${what} in ${MANIFEST_FILE} is not named by the naming rules`);
  if (typeof json === 'string') return { doc: null, ...inherited, argmap: null, closure: bytes(json) };
  const map = needMap(json, what);
  return {
    doc: readDoc(map['doc'], `\`doc\` of ${what}`),
    ...readDefaults(map['defaults'], `\`defaults\` of ${what}`, inherited),
    argmap: map['argmap'] === undefined ? ['*'] : readArgmap(map['argmap'], `\`argmap\` of ${what}`),
    closure: null,
  };
}

/**
 * Reads a manifest for a platform such as `linux/amd64`. `checkClosure` throws for what is no closure. Throws ManifestError.
 */
export function readManifest(content: Uint8Array, platform: string, checkClosure: (text: string) => void = () => {}): Manifest {
  const json = needMap(parseJson(Buffer.from(content).toString('utf8')), 'the whole text');
  const main = readPath(json['main'], '`main`', platform);
  if (main === undefined) throw new ManifestError(`\`main\` in ${MANIFEST_FILE} has no file for ${platform}`);
  const requirements = json['requirements'] === undefined ? null : texts(json['requirements'], '`requirements`');
  if (requirements !== null && !main.endsWith('.py')) throw new ManifestError('`requirements` are for Python modules only');
  const defaults = readDefaults(json['defaults'], '`defaults`', NO_DEFAULTS);
  const exposes = new Map<string, Expose>();
  for (const [name, value] of Object.entries(json['exposes'] === undefined ? {} : needMap(json['exposes'], '`exposes`'))) {
    const expose = readExpose(name, value, defaults);
    if (expose.closure !== null) checkClosure(expose.closure);
    exposes.set(bytes(name), expose);
  }
  return {
    main,
    version: readVersion(json['version']),
    doc: readDoc(json['doc'], '`doc`'),
    ...defaults,
    exposes,
    includes: readIncludes(json['includes'], platform),
    requirements,
  };
}

function readIncludes(json: Json | undefined, platform: string): string[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new ManifestError(`\`includes\` in ${MANIFEST_FILE} must be an array`);
  return json.flatMap((item: Json) => readPath(item, 'each item of `includes`', platform) ?? []);
}
