/** What the built-ins on lists, sets and things share. */
import { ErrorCode, lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import type { Transaction } from '../model/transaction.ts';
import { Room, Task, Wrapped } from '../values/handles.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';

const DOCS = 'https://docs.thingsdb.io/v1/';

/** What a list keeps of a value; see `Transaction.item`. For hot loops: most values are kept as they are. */
export function keep(tx: Transaction, value: Value): Value {
  return typeof value === 'object' && value !== null ? tx.item(value) : value;
}

/** All of `items` as a list keeps them, in a new array. */
export function keepAll(tx: Transaction, items: readonly Value[]): Value[] {
  const kept = items.slice();
  keepInPlace(tx, kept);
  return kept;
}

/** As `keepAll`, in the array itself. */
export function keepInPlace(tx: Transaction, items: Value[]): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item === 'object' && item !== null && !(item instanceof Thing)) items[i] = tx.item(item);
  }
}

/** The levels that a `deep` argument asks for. Throws value_err outside 0 to 127. */
export function checkDeep(deep: number | bigint): number {
  if (deep < 0 || deep > 127) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${deep} instead`);
  return Number(deep);
}

/** The id that a value tells; nil when it is not stored. Throws lookup_err for a value that has none. */
export function idOf(value: Value): Value {
  if (value instanceof Thing || value instanceof Room || value instanceof Task) return value.id === 0 ? null : value.id;
  if (value instanceof Wrapped) return value.thing.id === 0 ? null : value.thing.id;
  throw lookupErr(`type \`${typeName(value)}\` has no function \`id\``);
}

/** The error for an argument whose type a row cannot check by itself; `position` counts from 1. */
export function wrongArgument(name: string, page: string, position: number, wanted: string, value: Value): TiError {
  return typeErr(
    `function \`${name}\` expects argument ${position} to be of type ${wanted} but got type \`${typeName(value)}\` instead; see ${DOCS}${page}`,
  );
}

/** The error for a wrong number of something, which `text` tells. */
export function wrongCount(text: string, page: string): TiError {
  return new TiError(ErrorCode.NUM_ARGUMENTS, `${text}; see ${DOCS}${page}`);
}

/** The error of a method that must have something to take. */
export function emptyError(name: string, what: string): TiError {
  return lookupErr(`\`${name}\` needs at least one item, but the ${what} is empty`);
}
