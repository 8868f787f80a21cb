/** What an editor asks to be debugged, in the words of its launch configuration. */
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { packJson } from '../msgpack/json.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Target } from './protocol.ts';

export interface Launch {
  /** The script. */
  readonly program?: unknown;
  /** In place of a script: a procedure of a store. */
  readonly procedure?: unknown;
  /** Its arguments: a list, or an object by the names of parameters. */
  readonly args?: unknown;
  /** Variables for the script. */
  readonly variables?: unknown;
  readonly data?: unknown;
  readonly scope?: unknown;
  readonly user?: unknown;
  readonly dialect?: unknown;
  readonly cwd?: unknown;
  readonly stopOnEntry?: unknown;
}

/** The text of an option. Throws Error for people. */
function textOf(launch: Launch, key: keyof Launch): string | undefined {
  const value = launch[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new Error(`\`${key}\` of the launch configuration must be a text`);
  return value;
}

function packed(value: unknown): Uint8Array {
  const w = new MsgpackWriter();
  packJson(w, value);
  return w.take();
}

/** A collection by its name alone, or a scope in any spelling, as a scope. */
const scopeOf = (text: string): string => (/^[@/]/.test(text) ? text : `//${text}`);

/** Throws Error for people when something is missing or cannot be read. */
export function targetOf(launch: Launch): Target {
  const cwd = textOf(launch, 'cwd');
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(cwd ?? '.', path));
  const data = textOf(launch, 'data');
  const common = {
    data: data === undefined ? null : absolute(data),
    scope: scopeOf(textOf(launch, 'scope') ?? 'stuff'),
    user: textOf(launch, 'user') ?? 'admin',
  };
  const procedure = textOf(launch, 'procedure');
  if (procedure !== undefined) {
    if (data === undefined) throw new Error('a procedure needs `data`, the folder of its store');
    const { args } = launch;
    if (args !== undefined && (typeof args !== 'object' || args === null))
      throw new Error('`args` must be a list, or an object with the names of parameters');
    return { ...common, what: { kind: 'procedure', name: procedure, args: args === undefined ? null : packed(args) } };
  }
  const program = textOf(launch, 'program');
  if (program === undefined) throw new Error('the launch configuration needs `program`, a script, or `procedure`');
  const path = absolute(program);
  const vars = launch.variables === undefined ? null : packed(launch.variables);
  return { ...common, what: { kind: 'script', name: program, path, text: read(path), dialect: dialectOf(launch, path), vars } };
}

function dialectOf(launch: Launch, path: string): 'v1' | '2019' {
  const asked = textOf(launch, 'dialect');
  if (asked === undefined) return path.endsWith('.t19') ? '2019' : 'v1';
  if (asked === 'v1' || asked === '2019') return asked;
  throw new Error(`\`dialect\` is v1 or 2019, not ${asked}`);
}

function read(path: string): string {
  try {
    return readFileSync(path).latin1Slice();
  } catch (error) {
    throw new Error(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
