/** The list of all rows, by topic. */
import { adminRows } from './admin.ts';
import { typeRows } from './types.ts';
import type { Row } from './row.ts';

export const allRows: readonly Row[] = [...adminRows, ...typeRows];
