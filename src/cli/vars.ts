/** Variables given on the command line, `name=json`, packed as a client packs them. */
import { packJson, parseJson } from '../msgpack/json.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { isName } from '../values/thing.ts';
import { usageError } from './exit.ts';

/** Packs a value that is given as JSON. Throws SyntaxError, and CliError for an int that is too large. */
export const packText = (text: string): Uint8Array => packed(parseJson(text));

/** A map of packed values, whose names are byte strings; null when there are none. */
export function packedMap(variables: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  if (variables.size === 0) return null;
  const w = new MsgpackWriter();
  w.mapHeader(variables.size);
  for (const [name, value] of variables) {
    w.str(name);
    w.copy(value);
  }
  return w.take();
}

/** Packs a map of all variables; null when there are none. Throws CliError. */
export function packVars(assignments: readonly string[]): Uint8Array | null {
  if (assignments.length === 0) return null;
  const variables = new Map<string, unknown>();
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const name = assignment.slice(0, at);
    if (at < 1 || !isName(name)) throw usageError(`--var takes NAME=JSON, not \`${assignment}\``);
    variables.set(name, parsed(`the variable \`${name}\``, assignment.slice(at + 1), `--var '${name}="text"'`));
  }
  return packed(Object.fromEntries(variables));
}

/** Packs the arguments of a procedure, an array or an object in JSON. Throws CliError. */
export function packArgs(text: string): Uint8Array {
  const args = parsed('--args', text, `--args '["text"]'`);
  if (typeof args !== 'object' || args === null)
    throw usageError("--args takes an array, or an object with the names of parameters: --args '[1, 2]'");
  return packed(args);
}

function packed(value: unknown): Uint8Array {
  const w = new MsgpackWriter();
  try {
    packJson(w, value);
  } catch (error) {
    if (error instanceof RangeError) throw usageError(error.message);
    throw error;
  }
  return w.take();
}

function parsed(what: string, text: string, example: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(`${what} is no JSON: ${error.message} (a text needs quotes: ${example})`);
  }
}
