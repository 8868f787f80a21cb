/** The list of all rows, by topic. */
import { adminRows } from './admin.ts';
import { base64Rows } from './base64.ts';
import { convertRows } from './convert.ts';
import { datetimeRows } from './datetime.ts';
import { datetimeMethodRows } from './datetime-methods.ts';
import { enumRows } from './enums.ts';
import { errorRows } from './errors.ts';
import { futureRows } from './futures.ts';
import { historyRows } from './history.ts';
import { instanceRows } from './instances.ts';
import { jsonRows } from './json.ts';
import { listChangeRows } from './lists-change.ts';
import { listIterateRows } from './lists-iterate.ts';
import { listOrderRows } from './lists-order.ts';
import { listReadRows } from './lists-read.ts';
import { listSortRows } from './lists-sort.ts';
import { mathRows } from './math.ts';
import { miscRows } from './misc.ts';
import { modEnumRow } from './mod-enum.ts';
import { modTypeRow } from './mod-type.ts';
import { nodeRows } from './node.ts';
import { predicateRows } from './predicates.ts';
import { procedureRows } from './procedures.ts';
import { randomRows } from './random.ts';
import { regexRows } from './regex.ts';
import { rightRows } from './rights.ts';
import { roomRows } from './rooms.ts';
import type { Row } from './row.ts';
import { setRows } from './sets.ts';
import { setChangeRows } from './sets-change.ts';
import { stringRows } from './strings.ts';
import { taskRows } from './tasks.ts';
import { thingChangeRows } from './things-change.ts';
import { thingCopyRows } from './things-copy.ts';
import { thingIterateRows } from './things-iterate.ts';
import { thingReadRows } from './things-read.ts';
import { thingRestrictRows } from './things-restrict.ts';
import { thingSearchRows } from './things-search.ts';
import { tokenRows } from './tokens.ts';
import { typeRows } from './types.ts';
import { userRows } from './users.ts';
import { wrapRows } from './wraps.ts';
import { zoneRows } from './zones.ts';

export const allRows: readonly Row[] = [
  ...adminRows,
  ...base64Rows,
  ...convertRows,
  ...datetimeMethodRows,
  ...datetimeRows,
  ...errorRows,
  ...futureRows,
  ...historyRows,
  ...jsonRows,
  ...listChangeRows,
  ...listIterateRows,
  ...listOrderRows,
  ...listReadRows,
  ...listSortRows,
  ...mathRows,
  ...miscRows,
  ...nodeRows,
  ...predicateRows,
  ...procedureRows,
  ...randomRows,
  ...regexRows,
  ...rightRows,
  ...roomRows,
  ...setChangeRows,
  ...setRows,
  ...stringRows,
  ...thingChangeRows,
  ...thingCopyRows,
  ...thingIterateRows,
  ...thingReadRows,
  ...thingRestrictRows,
  ...thingSearchRows,
  ...taskRows,
  ...tokenRows,
  ...typeRows,
  ...userRows,
  ...enumRows,
  ...instanceRows,
  modEnumRow,
  modTypeRow,
  ...wrapRows,
  ...zoneRows,
];
