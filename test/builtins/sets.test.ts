import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { setRows } from '../../src/builtins/sets.ts';
import { setChangeRows } from '../../src/builtins/sets-change.ts';
import { expectRecorded, Session } from './lists-helpers.ts';

let session: Session;

beforeEach(async () => {
  session = await Session.open();
});

test.each([...setRows, ...setChangeRows].map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(session.ask(code)).toEqual(JSON.parse(wanted));
});

test.each([
  ['set(1)', -61],
  ['set([1])', -61],
  ['set({}, 1)', -61],
  ['set().add()', -62],
  ['set().add({}, nil)', -61],
  ['set().has(1)', -61],
  ['set().one()', -54],
  ['set().reduce(|a, b| a)', -54],
  ['set().remove()', -62],
  ['set({}).remove(1)', -61],
  ['set({}).remove({}, |t| true)', -61],
  ["set({}).remove(|t| true, 'a')", -61],
  ['set({}).remove(|t| true, nil)', -61],
  ['set({}).remove(|t| true, 1, 2)', -62],
  ['set({}).map(nil)', -61],
])('%s fails with %i', (code, error) => {
  expect(session.fails(code)).toBe(error);
});

test('things are in the order in which they came, and in it once', () => {
  expect(session.ask('a = {n: 1}; b = {n: 2}; s = set(b, a, b); s.add(a, {n: 3}, b); s.map(|t| t.n)')).toEqual([2, 1, 3]);
});

test('an error in one argument adds and removes nothing', () => {
  expect(session.fails('.s = set(); .s.add({}, 1);')).toBe(-61);
  expect(session.ask('.s.len()')).toBe(0);
  expect(session.fails('.s.add({}); .s.remove(.s.one(), 5);')).toBe(-61);
  expect(session.ask('.s.len()')).toBe(1);
});

test('removed things come in the order of the arguments, each once', () => {
  expect(session.ask('a = {n: 1}; b = {n: 2}; s = set(a, b); s.remove(b, {}, a, b).map(|t| t.n)')).toEqual([2, 1]);
});

test('a limit counts what is removed; a negative one is none', () => {
  const make = 's = set({n: 1}, {n: 2}, {n: 3});';
  expect(session.ask(`${make} [s.remove(|t| t.n > 1, 1).len(), s.len()]`)).toEqual([1, 2]);
  expect(session.ask(`${make} [s.remove(|t| true, 0).len(), s.len()]`)).toEqual([0, 3]);
  expect(session.ask(`${make} [s.remove(|t| true, -1).len(), s.len()]`)).toEqual([3, 0]);
});

test('closures get the id of a stored thing, and nil for one that is not', () => {
  expect(session.ask('set({}).map(|t, i| i)')).toEqual([null]);
  expect(session.ask('.s = set({}, {}); [.s.every(|t, i| t.id() == i), .s.reduce(|a, t, i| a && t.id() == i, true)]')).toEqual([
    true,
    true,
  ]);
});

test.each(['add({})', 'remove(|| true)', 'clear()'])('a set cannot be changed by %s while a closure is called for its things', (change) => {
  expect(session.fails(`s = set({a: 1}); s.each(|t| s.${change})`)).toBe(-63);
  expect(session.fails(`s = set({a: 1}); s.filter(|t| s.${change})`)).toBe(-63);
});

describe('stored sets', () => {
  const step = fc.constantFrom(
    '.s.add({n: .s.len()})',
    '.s.add({n: 1}, {n: 2}, .keep)',
    '.s.remove(|t| t.n % 2, 1)',
    '.s.remove(.keep)',
    '.s.clear()',
    '.t = .s.filter(|t| t.n > 0)',
    'if (.s.len()) .one = .s.one()',
  );

  test('are the same after the recorded changes were applied', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        session.ask('.s = set(); .keep = {n: 7}; nil');
        for (const code of steps) session.ask(`${code}; nil`);
        expectRecorded(session);
      }),
      { numRuns: 50 },
    );
  });
});
