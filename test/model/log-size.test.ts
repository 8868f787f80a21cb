/** What changes of many things alike take of the log, and that they are applied as they were made. */
import { expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { ask } from '../support.ts';
import { recordingEngine, reopened } from './recording.ts';

/** Runs queries, and gives the bytes that the last took of the log. */
async function lastRecord(...queries: readonly string[]): Promise<{ engine: LocalEngine; bytes: number; difference: string | null }> {
  const { engine, log } = await recordingEngine();
  for (const code of queries) ask(engine, code);
  return { engine, bytes: log.at(-1)?.data.length ?? 0, difference: firstDifference(engine.database, reopened([], log).database) };
}

const MAKE = '.list = range(1000).map(|i| {number: i, text: "abc", flag: true}); nil;';

test('a thing like the one before takes its values of the log, and a list of new things next to nothing', async () => {
  const { bytes, difference } = await lastRecord(MAKE);
  expect(difference).toBeNull();
  expect(bytes).toBeLessThan(9_000);
});

test('instances of a type take no more', async () => {
  const { bytes, difference } = await lastRecord(
    "set_type('T', {number: 'int', text: 'str', tags: '[str]'});",
    '.list = range(1000).map(|i| T{number: i, text: "abc"}); nil;',
  );
  expect(difference).toBeNull();
  expect(bytes).toBeLessThan(9_000);
});

test('things that are put at the end of a list one by one take no more', async () => {
  const { bytes, difference } = await lastRecord(
    '.list = []; nil;',
    'for (i in range(1000)) .list.push({number: i, text: "abc", flag: true}); nil;',
  );
  expect(difference).toBeNull();
  expect(bytes).toBeLessThan(9_000);
});

test('things that leave together take next to nothing', async () => {
  const { engine, bytes, difference } = await lastRecord(MAKE, '.del("list"); nil;');
  expect(difference).toBeNull();
  expect(bytes).toBeLessThan(50);
  expect([...engine.database.collections.values()].map(({ things }) => things.size)).toEqual([1]);
});

test.each([
  ['things of several layouts in turn', '.list = range(40).map(|i| i % 3 == 0 ? {a: i} : i % 3 == 1 ? {a: i, b: "x"} : {b: i}); nil;'],
  ['things in things', '.list = range(40).map(|i| {a: i, inner: {a: i}, more: [{a: 1}, {a: 2}]}); nil;'],
  ['things that hold lists and sets', '.list = range(40).map(|i| {l: [i, [i]], s: set({a: i}, {a: 2}), e: []}); nil;'],
  [
    'restricted things and dictionaries',
    '.list = range(40).map(|i| { t = {a: i}; if (i % 4 == 0) t.restrict("int"); if (i % 5 == 0) t["a b"] = 1; t; }); nil;',
  ],
  [
    'lists of old and new things',
    '.o = {a: 1}; .p = {a: 2}; .list = [.o, .p, {a: 3}, .p, .o, 1, {a: 4}, {a: 5}]; .list.extend([.p, {a: 6}]); nil;',
  ],
  ['some leave of many', '.list = range(100).map(|i| {a: i}); .list.remove(|t| t.a % 7 == 0 || (t.a > 30 && t.a < 60)); nil;'],
  ['all but one leave', '.list = range(100).map(|i| {a: i}); .one = .list[50]; .del("list"); nil;'],
  ['a list in another order', '.list = range(50).map(|i| {a: i}); .list = .list.reverse(); .list = .list.sort(|t| t.a); nil;'],
  [
    'instances with relations',
    "set_type('A', {b: 'B?'}); set_type('B', {a: '{A}'}); mod_type('A', 'rel', 'b', 'a'); .bs = range(5).map(|| B{}); .list = range(40).map(|i| A{}); .list.each(|a, i| a.b = .bs[i % 5]); nil;",
  ],
])('%s are the same when the log is applied', async (_what, code) => {
  const parts = code.split('; .list = range(40).map(|i| A{})');
  const { difference } = await lastRecord(...(parts.length === 1 ? [code] : [`${parts[0]};`, `.list = range(40).map(|i| A{})${parts[1]}`]));
  expect(difference).toBeNull();
});
