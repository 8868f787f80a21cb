/** The list of all rows, by topic. */
import { adminRows } from './admin.ts';
import { base64Rows } from './base64.ts';
import { basicRows } from './basics.ts';
import { convertRows } from './convert.ts';
import { errorRows } from './errors.ts';
import { listChangeRows } from './lists-change.ts';
import { listIterateRows } from './lists-iterate.ts';
import { listOrderRows } from './lists-order.ts';
import { listReadRows } from './lists-read.ts';
import { listSortRows } from './lists-sort.ts';
import { mathRows } from './math.ts';
import { randomRows } from './random.ts';
import { roomRows } from './rooms.ts';
import type { Row } from './row.ts';
import { setRows } from './sets.ts';
import { setChangeRows } from './sets-change.ts';
import { thingChangeRows } from './things-change.ts';
import { thingCopyRows } from './things-copy.ts';
import { thingIterateRows } from './things-iterate.ts';
import { thingReadRows } from './things-read.ts';
import { thingRestrictRows } from './things-restrict.ts';
import { thingSearchRows } from './things-search.ts';
import { typeRows } from './types.ts';

export const allRows: readonly Row[] = [
  ...adminRows,
  ...base64Rows,
  ...basicRows,
  ...convertRows,
  ...errorRows,
  ...listChangeRows,
  ...listIterateRows,
  ...listOrderRows,
  ...listReadRows,
  ...listSortRows,
  ...mathRows,
  ...randomRows,
  ...roomRows,
  ...setChangeRows,
  ...setRows,
  ...thingChangeRows,
  ...thingCopyRows,
  ...thingIterateRows,
  ...thingReadRows,
  ...thingRestrictRows,
  ...thingSearchRows,
  ...typeRows,
];
