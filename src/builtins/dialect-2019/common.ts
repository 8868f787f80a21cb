/** What the built-ins of the 2019 dialect share. */
import { ErrorCode, TiError } from '../../errors.ts';
import type { Transaction } from '../../model/transaction.ts';
import { Closure } from '../../values/closure.ts';
import { holdsThings, typeName2019 } from '../../values/dialect-2019.ts';
import { Attribute } from '../../values/handles.ts';
import { List } from '../../values/list.ts';
import { Bytes, Float } from '../../values/scalars.ts';
import { SetValue } from '../../values/set.ts';
import { isName, Thing } from '../../values/thing.ts';
import type { Value } from '../../values/value.ts';
import type { Param } from '../row.ts';

/** What clients know as BAD_REQUEST. */
export const badRequest = (message: string): TiError => new TiError(ErrorCode.BAD_DATA, message);

export const NAME: Param = { name: 'name', type: 'raw' };

export const rawText = (value: string | Bytes): string => (typeof value === 'string' ? value : value.bytes);

/** Whether a condition on the value holds: things do, also empty ones; attributes do not. */
export function truth(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof List) return value.items.length > 0;
  if (value instanceof Bytes) return value.bytes.length > 0;
  if (value instanceof SetValue) return value.things.size > 0;
  return !(value instanceof Attribute);
}

/** Throws BAD_REQUEST for what can only be returned, or called. */
export function checkKept(value: Value): void {
  if (value instanceof Attribute) throw badRequest('the value of an attribute can be returned, and nothing else');
  if (value instanceof Closure && value.code.effects !== 0) throw badRequest('an arrow function that changes something cannot be stored');
}

/** What an array keeps of values; throws BAD_REQUEST where things and others would be mixed. `present` are those there already. */
export function arrayItems(tx: Transaction, present: readonly Value[], items: readonly Value[]): Value[] {
  const things = (present[0] ?? items[0]) instanceof Thing;
  return items.map((item) => {
    checkKept(item);
    if (item instanceof Thing !== things) {
      throw badRequest(`type \`${typeName2019(item)}\` cannot stand in an array with ${things ? 'things' : 'values that are no things'}`);
    }
    if (item instanceof List && holdsThings(item)) throw badRequest('an array of things cannot be nested in another array');
    return typeof item === 'object' && item !== null ? tx.item(item) : item;
  });
}

/** A raw as the name of a property or an attribute. Throws BAD_REQUEST for what cannot be one. */
export function nameOf(raw: string | Bytes): string {
  const name = rawText(raw);
  if (!isName(name)) throw badRequest(`\`${name}\` is no valid name: a letter or underscore, then letters, digits and underscores`);
  return name;
}

/** Throws BAD_REQUEST for a thing that no property holds. */
export function checkStored(thing: Thing): void {
  if (thing.id === 0) throw badRequest('the thing has no id yet: it gets one when a property holds it');
}
