/** The order of values, as `<` has it: what `min`, `max` and `sort` go by. */
import { EnumMember } from '../values/handles.ts';
import type { List } from '../values/list.ts';
import { compare } from '../values/operators.ts';
import type { Value } from '../values/value.ts';
import { emptyError } from './lists-common.ts';
import type { Context, MethodRow, Row } from './row.ts';

/** The member of an enumerator has the place of its value. */
const ordered = (value: Value): Value => (value instanceof EnumMember ? value.value : value);

/** Negative when `a` comes first, positive when `b` does, else 0. Throws type_err for values that have no order between them. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const x = ordered(a);
  const y = ordered(b);
  if (compare('<', x, y)) return -1;
  return compare('>', x, y) ? 1 : 0;
}

/** The last of the items that no other precedes; with `sign` -1, that no other follows. */
function extreme(cx: Context, name: string, { items }: List, sign: number): Value {
  if (items.length === 0) throw emptyError(name, 'list');
  cx.spend(items.length);
  let best = items[0] as Value;
  for (let i = 1; i < items.length; i++) {
    const item = items[i] as Value;
    if (compareValues(item, best) * sign <= 0) best = item;
  }
  return best;
}

const min: MethodRow = {
  name: 'min',
  receiver: 'array',
  params: [],
  returns: 'any',
  gives: 'item',
  doc: 'Gives the smallest item; of equal ones the last.',
  example: "[[3, 1, 2].min(), ['b', 'a'].min()];  // => [1, \"a\"]",
  page: 'data-types/list/min',
  run: (cx, self: List) => extreme(cx, 'min', self, 1),
};

const max: MethodRow = {
  name: 'max',
  receiver: 'array',
  params: [],
  returns: 'any',
  gives: 'item',
  doc: 'Gives the greatest item; of equal ones the last.',
  example: "[[3, 1, 2].max(), ['b', 'a'].max()];  // => [3, \"b\"]",
  page: 'data-types/list/max',
  run: (cx, self: List) => extreme(cx, 'max', self, -1),
};

export const listOrderRows: readonly Row[] = [min, max];
