/** The rows of functions and methods of scalar values. */
import { base64Rows } from '../../src/builtins/base64.ts';
import { convertRows } from '../../src/builtins/convert.ts';
import { datetimeRows } from '../../src/builtins/datetime.ts';
import { datetimeMethodRows } from '../../src/builtins/datetime-methods.ts';
import { errorRows } from '../../src/builtins/errors.ts';
import { jsonRows } from '../../src/builtins/json.ts';
import { mathRows } from '../../src/builtins/math.ts';
import { miscRows } from '../../src/builtins/misc.ts';
import { predicateRows } from '../../src/builtins/predicates.ts';
import { randomRows } from '../../src/builtins/random.ts';
import { regexRows } from '../../src/builtins/regex.ts';
import type { Row } from '../../src/builtins/row.ts';
import { stringRows } from '../../src/builtins/strings.ts';
import { zoneRows } from '../../src/builtins/zones.ts';

export const scalarRows: readonly Row[] = [
  ...base64Rows,
  ...convertRows,
  ...datetimeMethodRows,
  ...datetimeRows,
  ...errorRows,
  ...jsonRows,
  ...mathRows,
  ...miscRows,
  ...predicateRows,
  ...randomRows,
  ...regexRows,
  ...stringRows,
  ...zoneRows,
];
