/** What is kept of a value that goes into a thing, a list or a set. */
import { operationErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { Future, ModuleRef } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** Values are packed and stored by recursion, which this keeps within the native stack. */
const MAX_NESTING = 500;

/**
 * What is kept when `value` is put into the property `key` of `owner`. `fresh` says that nobody else holds the list or set, so that it need not be
 * copied. Throws operation_err for tuples that are nested too deeply.
 */
export function owned(owner: Thing, key: string, value: Value, fresh: boolean): Value {
  if (value instanceof List) {
    const list = fresh && value.parent === null && !value.isTuple ? value : new List(value.items.slice());
    nest(list.items);
    list.parent = owner;
    list.key = key;
    list.kept = 0;
    return list;
  }
  if (value instanceof SetValue) {
    const set = fresh && value.parent === null ? value : new SetValue(new Set(value.things));
    set.parent = owner;
    set.key = key;
    set.kept = 0;
    return set;
  }
  return asItem(value);
}

/**
 * Gives how deep the tuples in an array are nested, and makes tuples of the lists and sets in it: `values()` gives lists that hold the lists of a
 * thing themselves.
 */
function nest(items: Value[]): number {
  let nesting = 0;
  for (let i = 0; i < items.length; i++) {
    let item = items[i] as Value;
    if (typeof item !== 'object' || item === null || item instanceof Thing) continue;
    if ((item instanceof List && !item.isTuple) || item instanceof SetValue) {
      item = asItem(item);
      items[i] = item;
    }
    if (item instanceof List && item.nesting >= nesting) nesting = item.nesting + 1;
  }
  return nesting;
}

/** What is kept when `value` is put into a list: lists and sets become tuples. */
export function asItem(value: Value): Value {
  // By far the commonest of what is looked at here.
  if (value instanceof Thing) return value;
  if (value instanceof Closure) value.unbound = true;
  else if (value instanceof List) {
    if (value.isTuple) return value;
    const items = value.items.slice();
    const tuple = new List(items, true);
    tuple.nesting = nest(items);
    if (tuple.nesting >= MAX_NESTING) throw operationErr(`lists may be nested ${MAX_NESTING} levels deep, and not deeper`);
    return tuple;
  } else if (value instanceof SetValue) return new List([...value.things], true);
  else if (value instanceof Future || value instanceof ModuleRef) return null;
  return value;
}

/** A list or set that leaves its property stays usable in variables, as one that nobody stores. */
export function detach(value: Value | undefined): void {
  if (value instanceof List || value instanceof SetValue) value.parent = null;
}
