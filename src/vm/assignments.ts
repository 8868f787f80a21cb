/** Compound assignments to variables and properties. */

import { BINARY_OPS } from '../bytecode/opcodes.ts';
import type { FunctionCode, InlineCache } from '../bytecode/program.ts';
import { lookupErr } from '../errors.ts';
import { inUse, noProperty } from '../model/property-checks.ts';
import { add, binary, setResult } from '../values/operators.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Machine } from './machine.ts';
import { find } from './names.ts';

/** To the local in a slot; one that is not set yet means the variable of a caller. */
export function compoundLocal(m: Machine, fn: FunctionCode, fp: number, slot: number, op: number, value: Value): Value {
  const own = (m.stack as unknown[])[fp + slot];
  if (own === undefined) return compoundOuter(m, fn.locals[slot] as string, op, value);
  const result = compound(m, op, own as Value, value);
  m.stack[fp + slot] = result;
  return result;
}

/** To a free name, whose place `cache` then keeps. */
export function compoundName(m: Machine, name: string, cache: InlineCache, op: number, value: Value): Value {
  const at = find(m, name);
  if (at >= 0) {
    cache.epoch = m.epoch;
    cache.slot = at;
  }
  return compoundOuter(m, name, op, value);
}

/** A compound assignment to the variable of that name in the nearest caller that has it. */
export function compoundOuter(m: Machine, name: string, op: number, value: Value): Value {
  const at = find(m, name);
  if (at >= 0) {
    const result = compound(m, op, m.stack[at] as Value, value);
    m.stack[at] = result;
    return result;
  }
  if (!m.sent.has(name)) throw lookupErr(`variable \`${name}\` is undefined`);
  const result = compound(m, op, m.sent.get(name) as Value, value);
  m.sent.set(name, result);
  return result;
}

/** To a property. Throws lookup_err when there is none. */
export function compoundProperty(m: Machine, thing: Thing, name: string, op: number, value: Value): Value {
  const old = thing.get(name);
  if (old === undefined) throw noProperty(thing, name);
  if (old instanceof SetValue && value instanceof SetValue) return compound(m, op, old, value);
  return m.tx.setChecked(thing, name, binary(BINARY_OPS[op] as (typeof BINARY_OPS)[number], old, value));
}

/** A compound assignment: sets are changed in place, so that others who hold them see it; all else gives a new value. */
export function compound(m: Machine, op: number, old: Value, value: Value): Value {
  if (op === 1) return add(old, value);
  const text = BINARY_OPS[op] as (typeof BINARY_OPS)[number];
  if (!(old instanceof SetValue) || !(value instanceof SetValue) || !'|&-^'.includes(text)) return binary(text, old, value);
  const result = setResult(text, old.things, value.things);
  if (old.locks > 0) throw inUse(old);
  m.tx.addToSet(old, result);
  m.tx.removeFromSet(
    old,
    [...old.things].filter((thing) => !result.has(thing)),
  );
  return old;
}
