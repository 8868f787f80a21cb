/** Calls of every method of lists, sets and things, with receivers and arguments of all kinds: each gives a value or an error of the language. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { listChangeRows } from '../../src/builtins/lists-change.ts';
import { listIterateRows } from '../../src/builtins/lists-iterate.ts';
import { listOrderRows } from '../../src/builtins/lists-order.ts';
import { listReadRows } from '../../src/builtins/lists-read.ts';
import { listSortRows } from '../../src/builtins/lists-sort.ts';
import { setRows } from '../../src/builtins/sets.ts';
import { setChangeRows } from '../../src/builtins/sets-change.ts';
import { thingChangeRows } from '../../src/builtins/things-change.ts';
import { thingCopyRows } from '../../src/builtins/things-copy.ts';
import { thingIterateRows } from '../../src/builtins/things-iterate.ts';
import { thingReadRows } from '../../src/builtins/things-read.ts';
import { thingRestrictRows } from '../../src/builtins/things-restrict.ts';
import { thingSearchRows } from '../../src/builtins/things-search.ts';
import { TiError } from '../../src/errors.ts';
import { expectRecorded, Session } from './lists-helpers.ts';

const rows = [
  ...listChangeRows,
  ...listIterateRows,
  ...listOrderRows,
  ...listReadRows,
  ...listSortRows,
  ...setRows,
  ...setChangeRows,
  ...thingChangeRows,
  ...thingCopyRows,
  ...thingIterateRows,
  ...thingReadRows,
  ...thingRestrictRows,
  ...thingSearchRows,
];
const methods = [...new Set(rows.filter((row) => row.receiver !== undefined).map((row) => row.name))];
const functions = [...new Set(rows.filter((row) => row.receiver === undefined).map((row) => row.name))];

const value = fc.constantFrom(
  'nil',
  'true',
  '0',
  '1',
  '-1',
  '127',
  '9223372036854775807',
  '-9223372036854775807',
  '0.5',
  'nan',
  'inf',
  "''",
  "'a'",
  "'int'",
  "'#'",
  "'two words'",
  '[]',
  '[1, 2.0, true]',
  "['b', 'a', 'b']",
  '[[3, [1]], {n: 1}, nil]',
  '[[2, 1]][0]',
  'set()',
  'set({n: 1}, {n: 2})',
  '{}',
  '{a: 1, b: [1], c: {d: set({})}}',
  '{limit: 2, deep: 3}',
  '.t',
  '.l',
  '.s',
  '.t.child',
  '/a/',
  '|| true',
  '|x| x',
  '|a, b| a',
  '|a, b, c| b',
  '|x| [x, {y: x}]',
  '|a, b| 1',
  '|x| .l.push(x)',
  '|x| .t.z = x',
);
const args = fc.array(value, { maxLength: 3 }).map((all) => all.join(', '));
const call = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(value, fc.constantFrom(...methods), args).map(([on, name, given]) => `(${on}).${name}(${given})`) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...functions), args).map(([name, given]) => `${name}(${given})`) },
);

let session: Session;

beforeAll(async () => {
  session = await Session.open();
});

test('no call ends in an internal error, and what was recorded gives the same state', () => {
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 20 }), (calls) => {
      session.ask("root().clear(); .t = {child: {n: 1}, x: [1]}; .l = [3, {n: 1}, 'a']; .s = set(.t.child, {n: 5}); nil");
      for (const code of calls) {
        try {
          session.ask(`${code}; nil`);
        } catch (error) {
          expect(error, code).toBeInstanceOf(TiError);
          expect((error as TiError).code, code).not.toBe(-1);
        }
      }
      expectRecorded(session);
    }),
    { numRuns: 150 },
  );
});
