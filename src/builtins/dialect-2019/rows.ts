/** How rows of the 2019 dialect are written. */
import type { FunctionRow, MethodRow, Param, ScopeName } from '../row.ts';

/** A function of collections. One whose name begins with a dot is for programs alone: no text can call it, and it works in any scope. */
export function fn(
  name: string,
  params: readonly Param[],
  returns: string,
  doc: string,
  example: string,
  run: FunctionRow['run'],
  scopes: readonly ScopeName[] = ['collection'],
): FunctionRow {
  const row: FunctionRow = { name: `2019:${name}`, params, returns, doc, example, page: '', run };
  return name.startsWith('.') ? row : { ...row, scopes };
}

/** A function on the value before its dot; without one, on the root of the collection. */
export function method(
  name: string,
  receiver: string,
  params: readonly Param[],
  returns: string,
  doc: string,
  example: string,
  run: MethodRow['run'],
): MethodRow {
  return { name: `2019:${name}`, receiver, params, returns, doc, example, page: '', run };
}

/** A method that changes what it is called on, which must not be in use. */
export function changing(...args: Parameters<typeof method>): MethodRow {
  return { ...method(...args), locks: true, changes: ['collection'] };
}
