/** The list of all rows, by topic: a topic is a page of the reference. */
import { adminRows } from './admin.ts';
import { backupRows } from './backups.ts';
import { base64Rows } from './base64.ts';
import { convertRows } from './convert.ts';
import { datetimeRows } from './datetime.ts';
import { datetimeMethodRows } from './datetime-methods.ts';
import { enumRows } from './enums.ts';
import { errorRows } from './errors.ts';
import { exportRows } from './export.ts';
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
import { moduleRows } from './modules.ts';
import { nodeRows } from './node.ts';
import { predicateRows } from './predicates.ts';
import { procedureRows } from './procedures.ts';
import { randomRows } from './random.ts';
import { regexRows } from './regex.ts';
import { restoreRows } from './restore.ts';
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

export interface Topic {
  /** Of the page. */
  readonly name: string;
  readonly title: string;
  /** What a reader must know of all rows; may be empty. */
  readonly about: string;
  readonly rows: readonly Row[];
}

export const topics: readonly Topic[] = [
  {
    name: 'conversions',
    title: 'Conversions and kinds of values',
    about: 'Functions that turn a value into one of another type, and functions that tell what a value is.',
    rows: [...convertRows, ...predicateRows],
  },
  {
    name: 'numbers',
    title: 'Numbers',
    about: 'Mathematics and random values.',
    rows: [...mathRows, ...randomRows],
  },
  {
    name: 'strings',
    title: 'Text and bytes',
    about: 'A str is a sequence of bytes: lengths and positions count bytes, and only ASCII letters have a case.',
    rows: [...stringRows, ...base64Rows],
  },
  {
    name: 'regex',
    title: 'Regular expressions',
    about: 'The syntax is that of PCRE2, on bytes; behind `(*UTF)`, on characters.',
    rows: [...regexRows],
  },
  {
    name: 'lists',
    title: 'Lists and tuples',
    about: 'A list inside a list is a tuple, which does not change. What is said of an `array` is true for both.',
    rows: [...listReadRows, ...listIterateRows, ...listSortRows, ...listOrderRows, ...listChangeRows],
  },
  {
    name: 'sets',
    title: 'Sets',
    about:
      'Sets hold things, each once, in the order in which they were added. `|`, `&`, `-` and `^` combine two sets, `<=`, `<`, `>=` and `>` compare them.',
    rows: [...setRows, ...setChangeRows],
  },
  {
    name: 'things',
    title: 'Things',
    about: '',
    rows: [...thingReadRows, ...thingIterateRows, ...thingChangeRows, ...thingSearchRows, ...thingRestrictRows],
  },
  {
    name: 'copies',
    title: 'Copies',
    about: '',
    rows: [...thingCopyRows],
  },
  {
    name: 'dates',
    title: 'Dates and times',
    about: 'A datetime has a time zone or an offset and shows as text; a timeval is the same as a number of seconds.',
    rows: [...datetimeRows, ...datetimeMethodRows, ...zoneRows],
  },
  {
    name: 'json',
    title: 'JSON and packed data',
    about: '',
    rows: [...jsonRows],
  },
  {
    name: 'errors',
    title: 'Errors',
    about: 'Errors are values; those that a script raises, and those of the language, have a code and a message.',
    rows: [...errorRows],
  },
  {
    name: 'queries',
    title: 'Queries, closures and ranges',
    about: '',
    rows: [...miscRows],
  },
  {
    name: 'futures',
    title: 'Futures',
    about: '',
    rows: [...futureRows],
  },
  {
    name: 'types',
    title: 'Types and instances',
    about: '',
    rows: [...typeRows, modTypeRow, ...instanceRows],
  },
  {
    name: 'enums',
    title: 'Enumerators',
    about: '',
    rows: [...enumRows, modEnumRow],
  },
  {
    name: 'wraps',
    title: 'Wraps',
    about: '',
    rows: [...wrapRows],
  },
  {
    name: 'procedures',
    title: 'Procedures',
    about: '',
    rows: [...procedureRows],
  },
  {
    name: 'tasks',
    title: 'Tasks',
    about: '',
    rows: [...taskRows],
  },
  {
    name: 'rooms',
    title: 'Rooms',
    about: '',
    rows: [...roomRows],
  },
  {
    name: 'history',
    title: 'Commits and history',
    about: '',
    rows: [...historyRows],
  },
  {
    name: 'collections',
    title: 'Collections and their settings',
    about: '',
    rows: [...adminRows, ...exportRows],
  },
  {
    name: 'users',
    title: 'Users, rights and tokens',
    about: '',
    rows: [...userRows, ...rightRows, ...tokenRows],
  },
  {
    name: 'modules',
    title: 'Modules',
    about:
      'A module is a program beside the server. It is asked by `name({...})`, by a function that it exposes, or by `future({module: name, ...})`; each gives a future.',
    rows: [...moduleRows],
  },
  {
    name: 'nodes',
    title: 'The node and its backups',
    about: '',
    rows: [...nodeRows, ...backupRows, ...restoreRows],
  },
];

export const allRows: readonly Row[] = topics.flatMap(({ rows }) => rows);
