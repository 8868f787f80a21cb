/** Variables given on the command line, `name=json`, packed as a client packs them. */
import { MsgpackWriter } from '../msgpack/writer.ts';
import { isName } from '../values/thing.ts';
import { usageError } from './exit.ts';
import { toBytes } from './io.ts';

/** A number that is written with a point or exponent: 2.0 is a float, 2 an int. */
class FloatNumber {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A number as it is written decides what it is; JSON.parse tells that to its reviver. */
function reviveNumber(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (/[.eE]/.test(context.source)) return new FloatNumber(value);
  return Number.isSafeInteger(value) ? value : BigInt(context.source);
}

function pack(w: MsgpackWriter, value: unknown): void {
  if (value === null) w.nil();
  else if (typeof value === 'boolean') w.bool(value);
  else if (typeof value === 'number') w.int(value);
  else if (typeof value === 'bigint') packBig(w, value);
  else if (typeof value === 'string') w.str(toBytes(value));
  else if (value instanceof FloatNumber) w.float(value.value);
  else if (Array.isArray(value)) {
    w.arrayHeader(value.length);
    for (const item of value) pack(w, item);
  } else {
    const entries = Object.entries(value as object);
    w.mapHeader(entries.length);
    for (const [key, item] of entries) {
      w.str(toBytes(key));
      pack(w, item);
    }
  }
}

function packBig(w: MsgpackWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) throw usageError(`${value} does not fit in an integer of 64 bits`);
  w.bigint(value);
}

/** Packs a map of all variables; null when there are none. Throws CliError. */
export function packVars(assignments: readonly string[]): Uint8Array | null {
  const variables = new Map<string, Uint8Array>();
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const name = assignment.slice(0, at);
    if (at < 1 || !isName(name)) throw usageError(`--var takes NAME=JSON, not \`${assignment}\``);
    try {
      variables.set(name, packJson(assignment.slice(at + 1)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw usageError(`the variable \`${name}\` is no JSON: ${error.message} (a text needs quotes: --var '${name}="text"')`);
    }
  }
  return packed(variables);
}

/** Packs a value that is given as JSON. Throws SyntaxError, and CliError for an int that is too large. */
export function packJson(text: string): Uint8Array {
  const w = new MsgpackWriter();
  pack(w, JSON.parse(text, reviveNumber));
  return w.take();
}

/** A map of packed values; null when there are none. */
export function packed(variables: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  if (variables.size === 0) return null;
  const w = new MsgpackWriter();
  w.mapHeader(variables.size);
  for (const [name, value] of variables) {
    w.str(name);
    w.copy(value);
  }
  return w.take();
}
