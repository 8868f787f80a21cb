/** What may be put where, and the errors when it may not. */
import { ErrorCode, lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import { List } from '../values/list.ts';
import { Fault } from '../values/restriction.ts';
import { SetValue } from '../values/set.ts';
import { isName, type Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { checkField, type TypeDef } from './types.ts';

/** Throws when a value is a list or set that is in use. */
export function checkFree(value: Value | undefined): void {
  if ((value instanceof List || value instanceof SetValue) && value.locks > 0) throw inUse(value);
}

/** Throws type_err or value_err for items that a list does not take. */
export function checkItems(list: List, items: readonly Value[]): void {
  const rule = list.restriction;
  if (rule === null) return;
  for (const item of items) {
    const fault = rule.check(item);
    if (fault === Fault.TYPE) throw typeErr(`type \`${typeName(item)}\` is not allowed in an array of \`${rule.definition}\``);
    if (fault !== Fault.NONE) throw valueErr(`a value does not fit the items of an array of \`${rule.definition}\``);
  }
}

/** The error for a key that no instance of a type can have. */
export const badName = (type: { readonly name: string }, key: string): TiError =>
  valueErr(`\`${key}\` cannot be a property of type \`${type.name}\`: it does not follow the naming rules`);

/** Throws value_err for a key that no thing can have: one that is no UTF-8, or a single character that answers use for marks. */
export function checkKey(key: string): void {
  if (key.length === 1 && key >= ' ' && key <= '/') {
    throw valueErr(`property \`${key}\` is reserved; see https://docs.thingsdb.io/v1/overview/properties`);
  }
  if (!/^[\x20-\x7e]*$/.test(key) && !Buffer.from(key, 'latin1').equals(Buffer.from(Buffer.from(key, 'latin1').toString('utf8'), 'utf8'))) {
    throw valueErr('properties must be valid UTF-8');
  }
}

/** The error for a property that a thing does not have. */
export function noProperty(thing: Thing, key: string): TiError {
  return lookupErr(`thing \`#${thing.id}\` has no property \`${key}\``);
}

/** The error for a change of what a loop or an assignment uses. */
export function inUse(value: List | SetValue | Thing): TiError {
  return new TiError(ErrorCode.OPERATION, `cannot change type \`${typeName(value)}\` while the value is in use`);
}

/** The slot of a property that has and is to have a value that nobody has to hear of but the thing: no object. -1 for any other property. */
export function flatSlot(thing: Thing, key: string, value: Value): number {
  if (typeof value === 'object' && value !== null) return -1;
  const slot = thing.shape.slot(key);
  if (slot < 0) return -1;
  const old = thing.slots[slot] as Value;
  return typeof old === 'object' && old !== null ? -1 : slot;
}

/** Throws unless a thing may have the value in the slot of the key. */
export function checkSlot(thing: Thing, slot: number, key: string, value: Value): void {
  const type = thing.shape.type as TypeDef | null;
  if (type !== null) checkField(type, key, type.rule(slot), value);
  else checkRestriction(thing, value);
}

function checkRestriction({ restriction }: Thing, value: Value): void {
  if (restriction !== null && !restriction.accepts(value)) {
    throw typeErr(`restriction mismatch; type \`${typeName(value)}\` is not allowed as \`${restriction.definition}\``);
  }
}

/** Throws unless a thing may have the value under the key. */
export function checkProperty(thing: Thing, key: string, value: Value): void {
  const type = thing.shape.type as TypeDef | null;
  if (type !== null) {
    const slot = thing.shape.slot(key);
    if (slot < 0 && !isName(key)) throw badName(type, key);
    if (slot < 0) throw lookupErr(`type \`${type.name}\` has no property \`${key}\``);
    checkField(type, key, type.rule(slot), value);
  } else checkRestriction(thing, value);
  if (!thing.has(key) && !isName(key)) checkKey(key);
}
