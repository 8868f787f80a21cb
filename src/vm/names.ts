/**
 * What names mean that are no local of their function: the variables of callers, those that were sent with the query, constants, procedures, modules, types and
 * enumerators.
 */

import { checkModuleScope } from '../builtins/module-calls.ts';
import type { InlineCache } from '../bytecode/program.ts';
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import type { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Frame } from './frame.ts';
import type { Machine } from './machine.ts';

/** The place on the stack of a name in the frames, from the topmost down; -1 when none has it set. */
export function find(m: Machine, name: string): number {
  for (let i = m.depth - 1; i >= 0; i--) {
    const frame = m.frames[i] as Frame;
    const slot = frame.fn.slotOf.get(name);
    if (slot !== undefined && (m.stack as unknown[])[frame.fp + slot] !== undefined) return frame.fp + slot;
  }
  return -1;
}

/** The value of a free name; where a frame has it, `cache` keeps its place. Throws lookup_err. */
export function lookupCached(m: Machine, name: string, cache: InlineCache): Value {
  const at = find(m, name);
  if (at < 0) return global(m, name);
  cache.epoch = m.epoch;
  cache.slot = at;
  return m.stack[at] as Value;
}

/** The value of a free name. Throws lookup_err. */
export function lookup(m: Machine, name: string): Value {
  const at = find(m, name);
  return at < 0 ? global(m, name) : (m.stack[at] as Value);
}

/** Whether a call of that name makes an instance or finds a member, whatever variables there are. */
export function isType(m: Machine, name: string): boolean {
  const { collection } = m;
  if (collection === null || collection.types.size + collection.enums.size === 0) return false;
  return collection.types.has(name) || collection.enums.has(name);
}

/** The same of variables only. Throws lookup_err. */
export function variable(m: Machine, name: string): Value {
  const at = find(m, name);
  const value = at < 0 ? m.sent.get(name) : (m.stack[at] as Value);
  if (value === undefined) throw lookupErr(`variable \`${name}\` is undefined`);
  return value;
}

function global(m: Machine, name: string): Value {
  const value = m.sent.get(name) ?? (m.sent.has(name) ? null : m.host.constant(name));
  if (value !== undefined) return value;
  const procedure = procedures(m)?.get(name);
  if (procedure !== undefined) return procedure.closure;
  const module = m.host.database.modules.get(name);
  if (module !== undefined) return module.ref;
  throw lookupErr(`variable \`${name}\` is undefined`);
}

function procedures(m: Machine) {
  return m.scope === 'thingsdb' ? m.host.database.procedures : m.collection?.procedures;
}

/** What a call of `name(...)` calls: a type, an enumerator, the closure in a variable or procedure, or a module. Throws lookup_err, type_err. */
export function resolveCall(m: Machine, name: string, cache: InlineCache | null): unknown {
  const { collection } = m;
  const made = collection?.types.get(name) ?? collection?.enums.get(name);
  if (made !== undefined) {
    // Until the call; see `construct`.
    m.lock(made);
    return made;
  }
  const at = find(m, name);
  const value = at >= 0 ? (m.stack[at] as Value) : m.sent.get(name);
  if (value instanceof Closure) {
    if (at >= 0 && cache !== null) {
      cache.epoch = m.epoch;
      cache.slot = at;
    }
    return value;
  }
  const module = m.host.database.modules.get(name);
  if (value !== undefined && module === undefined)
    throw typeErr(`variable \`${name}\` is of type \`${typeName(value)}\` and is not callable`);
  const procedure = procedures(m)?.get(name);
  if (procedure !== undefined) return procedure.closure;
  if (module !== undefined) {
    checkModuleScope(m.context, module);
    return module.ref;
  }
  throw lookupErr(`function \`${name}\` is undefined`);
}

/** The closure that `run(name, ...)` calls. Throws type_err, value_err, lookup_err. */
export function procedureOf(m: Machine, name: Value): Closure {
  if (typeof name !== 'string') {
    throw typeErr(
      `function \`run\` expects argument 1 to be of type \`str\` but got type \`${typeName(name)}\` instead; see https://docs.thingsdb.io/v1/procedures-api/run`,
    );
  }
  const procedure = procedures(m)?.get(name);
  if (procedure !== undefined) return procedure.closure;
  if (name === '') throw valueErr('the name of a procedure must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
  throw lookupErr(`procedure \`${name}\` not found`);
}

/** The root of the collection that is queried. Throws lookup_err. */
export function root(m: Machine): Thing {
  if (m.collection !== null) return m.collection.root;
  throw lookupErr(`the \`root\` of the \`@${m.scope}\` scope is inaccessible; you might want to query a \`@collection\` scope?`);
}
