/** The list of all rows, by topic. */
import { adminRows } from './admin.ts';
import { base64Rows } from './base64.ts';
import { convertRows } from './convert.ts';
import { listChangeRows } from './lists-change.ts';
import { listIterateRows } from './lists-iterate.ts';
import { listOrderRows } from './lists-order.ts';
import { listReadRows } from './lists-read.ts';
import { listSortRows } from './lists-sort.ts';
import { mathRows } from './math.ts';
import { randomRows } from './random.ts';
import type { Row } from './row.ts';
import { typeRows } from './types.ts';

export const allRows: readonly Row[] = [
  ...adminRows,
  ...base64Rows,
  ...convertRows,
  ...listChangeRows,
  ...listIterateRows,
  ...listOrderRows,
  ...listReadRows,
  ...listSortRows,
  ...mathRows,
  ...randomRows,
  ...typeRows,
];
