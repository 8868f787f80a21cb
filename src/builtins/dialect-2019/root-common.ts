/** What functions of the root in the 2019 dialect share. */
import { lookupErr } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import type { Value } from '../../values/value.ts';
import type { Context, FunctionRow, Param, RightName, Row } from '../row.ts';
import { fn } from './rows.ts';

export type Run = (cx: Context, ...args: Value[]) => Value;

/** Today's function of a name. */
export function today(rows: readonly Row[], name: string): Run {
  const row = rows.find((each) => each.name === name && each.receiver === undefined);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row.run as Run;
}

/** A collection by name or id. Throws lookup_err. */
export function collectionOf(cx: Context, which: string | number | bigint): Collection {
  if (typeof which === 'string') return cx.database.collectionByName(which);
  const collection = cx.database.collections.get(Number(which));
  if (collection === undefined) throw lookupErr(`there is no collection with id ${which}`);
  return collection;
}

export const raw = (name: string): Param => ({ name, type: 'str' });
export const COLLECTION: Param = { name: 'collection', type: 'str|int' };

interface Extra {
  readonly changes?: true;
  readonly right?: RightName;
}

export function root(
  name: string,
  params: readonly Param[],
  returns: string,
  doc: string,
  example: string,
  run: FunctionRow['run'],
  extra: Extra = {},
): FunctionRow {
  const row = fn(name, params, returns, doc, example, run, ['thingsdb']);
  return { ...row, ...(extra.changes ? { changes: ['thingsdb'] as const } : {}), ...(extra.right ? { right: extra.right } : {}) };
}

export const CHANGES: Extra = { changes: true };
export const MODIFIES: Extra = { right: 'CHANGE' };
