import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type EarlyRow, USE_ARGUMENT } from '../../src/builtins/lists-early.ts';
import { listReadRows } from '../../src/builtins/lists-read.ts';
import { listSortRows } from '../../src/builtins/lists-sort.ts';
import type { Context } from '../../src/builtins/row.ts';
import { thingChangeRows } from '../../src/builtins/things-change.ts';
import { thingCopyRows } from '../../src/builtins/things-copy.ts';
import { thingIterateRows } from '../../src/builtins/things-iterate.ts';
import { thingReadRows } from '../../src/builtins/things-read.ts';
import { thingRestrictRows } from '../../src/builtins/things-restrict.ts';
import { thingSearchRows } from '../../src/builtins/things-search.ts';
import { List } from '../../src/values/list.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import { expectRecorded, Session } from './lists-helpers.ts';

const rows = [...thingReadRows, ...thingIterateRows, ...thingChangeRows, ...thingCopyRows, ...thingSearchRows, ...thingRestrictRows];
let session: Session;

beforeEach(async () => {
  session = await Session.open();
});

test.each(rows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(session.ask(code)).toEqual(JSON.parse(wanted));
});

test.each([
  ["set_enum('Number', {ONE: 1}); Number().len()", -54],
  ["new_type('W', true); mod_type('W', 'add', 'a', 'nope', 1)", -62],
  ["set_type('B', {}); set_type('D', {y: 'B'}); mod_type('B', 'wpo', true)", -63],
  ["set_type('W', {a: 'str'}, WPO); mod_type('W', 'mod', 'a', 'nope', |t| t)", -62],
  ["set_type('A', {a: |t| 1}); mod_type('A', 'mod', 'a', 'int', |t| 1)", -61],
  ["set_type('A', {a: 'int'}); mod_type('A', 'mod', 'a', |t| 1, |t| 1)", -62],
  ["new_type('list')", -60],
  ["set_enum('if', {A: 1})", -60],
  ["new_type('A'); rename_type('A', 'typed')", -60],
  ["set_type('A', {a: 'email'}); mod_type('A', 'mod', 'a', 'email<a@b.co>')", -63],
  ["set_type('A', {a: 'int'}); mod_type('A', 'ren', 'b', '1x')", -54],
  ["new_type('A'); set_type('A', {a: 'A', b: 'nope'})", -60],
  ["new_type('A'); set_type('A', {a: 'nope', b: 'A'})", -61],
  ["set_type('A', {a: 'int<0:9>', b: 'int'}); A{b: 'x', a: 10}", -61],
  ["set_type('A', {a: 'int<0:9>', b: 'int'}); A{a: 10, b: 'x'}", -60],
  ['{}.get(1)', -61],
  ['{}.has(1)', -61],
  ['{}.set(1, 1)', -61],
  ["{}.set('#', 1)", -60],
  ["{}.del('a')", -54],
  ["{a: 1}.ren('zz', 'b')", -54],
  ["{a: 1, b: 2}.ren('a', 'b')", -54],
  ["{a: 1}.ren('a', '#')", -60],
  ['{}.assign(1)', -61],
  ["set_type('A', {a: 'int'}); set_type('B', {a: 'int'}); A{}.assign(B{a: 1})", -61],
  ['{}.copy(128)', -60],
  ['{}.equals({}, -1)', -60],
  ['{}.search({}, {limit: 256})', -60],
  ["{}.search({}, {deep: 'a'})", -61],
  ['{}.search({}, {depth: 1})', -60],
  ["{}.restrict('nope')", -60],
  ["{}.restrict('')", -60],
  ["{a: 'x'}.restrict('int')", -60],
  ["{}.restrict('int').a = 'x'", -61],
  ["thing('1')", -61],
  ['thing(999999)', -54],
])('%s fails with %i', (code, error) => {
  expect(session.fails(code)).toBe(error);
});

test.each(["set('b', 1)", "del('a')", "ren('a', 'b')", 'clear()', 'assign({b: 1})', 'remove(|| true)', "restrict('int')"])(
  'a thing cannot be changed by %s while a closure is called for its properties',
  (change) => {
    expect(session.fails(`x = {a: 1}; x.each(|k| x.${change})`)).toBe(-63);
    expect(session.fails(`x = {a: 1}; x.vmap(|v| x.${change})`)).toBe(-63);
  },
);

test.each(["'[B]'", "'{B}'", "'[B]?'", "'B?'"])('a type that others name as %s may be switched to wrap-only mode', (definition) => {
  expect(session.ask(`set_type('B', {x: 'int'}); set_type('D', {y: ${definition}}); mod_type('B', 'wpo', true); D{}; nil;`)).toBeNull();
});

describe('the order of properties', () => {
  test('the last takes the place of one that is removed', () => {
    expect(session.ask("x = {a: 1, b: 2, c: 3, d: 4}; x.del('b'); x.keys()")).toEqual(['a', 'd', 'c']);
    expect(session.ask("x = {a: 1, b: 2, c: 3, d: 4}; x.ren('b', 'z'); x.keys()")).toEqual(['a', 'd', 'c', 'z']);
    expect(session.ask('x = {a: 1, b: 2, c: 3, d: 4, e: 5}; [x.remove(|k, v| v < 3), x.keys()]')).toEqual([
      [1, 2],
      ['e', 'd', 'c'],
    ]);
  });

  test('with a key that is no name it is that of bytes, and stays so when all are gone', () => {
    expect(session.ask("x = {z: 1, a: 2}; x['k k'] = 3; x.keys()")).toEqual(['a', 'k k', 'z']);
    expect(session.ask("x = {}; x['k k'] = 1; x.clear(); x.b = 1; x.a = 2; x.keys()")).toEqual(['a', 'b']);
    expect(session.ask("x = {}; x['k k'] = 1; x.b = 2; y = x.filter(|k| k == 'b'); y.a = 1; y.keys()")).toEqual(['a', 'b']);
  });
});

test('assign sets all properties or none', () => {
  expect(session.fails(".x = {a: 1}.restrict('int'); .x.assign({a: 2, b: 'x'});")).toBe(-61);
  expect(session.ask('.x.a')).toBe(1);
});

test('remove takes a list that is in use as a reason to remove nothing', () => {
  expect(session.fails('.x = {a: 1, l: [1]}; .x.l.each(|i| .x.remove(|| true));')).toBe(-63);
  expect(session.ask('.x.keys()')).toEqual(['a', 'l']);
});

test('clear leaves a list that is in use to those who use it', () => {
  expect(session.ask('.t = {a: [1, 2]}; n = []; .t.a.each(|x| { .t.clear(); n.push(x); }); n;')).toEqual([1, 2]);
});

test('instances of a type have no functions that add or remove properties', () => {
  session.ask("set_type('P', {a: 'int'}); nil");
  for (const call of ["del('a')", "ren('a', 'b')", 'clear()', 'remove(|| true)', "restrict('int')", 'restriction()']) {
    expect(session.fails(`P{}.${call}`)).toBe(-54);
  }
});

describe('copies', () => {
  test('a thing that is met again has one copy, cycles too', () => {
    expect(session.ask('x = {}; x.me = x; y = x.copy(5); [y == x, y.me == y]')).toEqual([false, true]);
    expect(session.ask("a = {n: 'a'}; b = {a: a}; a.b = b; c = a.copy(5); [c.b == b, c.b.a == c]")).toEqual([false, true]);
  });

  test('go as deep as they are told', () => {
    expect(session.ask('t = {a: {b: 1}}; [t.copy(0) == t, t.copy() == t, t.copy().a == t.a, t.copy(2).a == t.a]')).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(session.ask('t = {}; l = [[t]]; [l.copy()[0][0] == t, l.copy(1)[0][0] == t]')).toEqual([true, false]);
  });

  test('own their lists and sets', () => {
    expect(session.ask('t = {l: [1], s: set({})}; c = t.copy(); c.l.push(2); c.s.clear(); [t.l, t.s.len()]')).toEqual([[1], 1]);
  });

  test('only a duplicate keeps a restriction and a type', () => {
    session.ask("set_type('P', {a: 'int'}); nil");
    expect(session.ask("x = {}.restrict('int'); [x.copy().restriction(), x.dup().restriction()]")).toEqual([null, 'int']);
    expect(session.ask('.p = P{}; .c = .p.copy(); .d = .p.dup(); nil')).toBe(null);
    expect(session.fails('.c.b = 1;')).toBe(0);
    expect(session.fails('.d.b = 1;')).toBe(-54);
  });
});

test('a wrap shows an address when both definitions have a default, or none', () => {
  session.ask("set_type('A', {a: 'email'}); set_type('B', {a: 'email<a@b.co>'}); set_type('C', {a: 'email<c@d.co>?'}); nil");
  expect(session.ask("['A', 'B', 'C'].map(|w| A{}.wrap(w).copy().len())")).toEqual([1, 0, 0]);
  expect(session.ask("['A', 'B', 'C'].map(|w| B{}.wrap(w).copy().len())")).toEqual([0, 1, 1]);
});

test('a wrap shows a str when both definitions have the same pattern', () => {
  session.ask("set_type('A', {a: '/^a*$/'}); nil");
  const shown = "['/^a*$/?', '+/^a*$/', '/^a*$/<aa>', '/^a*$/i', '/^b*$/'].map(|d| A{}.wrap(ano({a: d})).copy().len())";
  expect(session.ask(shown)).toEqual([1, 1, 1, 0, 0]);
});

test('types and enumerators are numbered from 0', () => {
  session.ask("new_type('A'); new_type('B'); set_enum('E', {ONE: 1}); set_enum('F', {ONE: 1}); nil");
  expect(session.ask("['A', 'B'].map(|t| type_info(t).load().type_id)")).toEqual([0, 1]);
  expect(session.ask("['E', 'F'].map(|e| enum_info(e).load().enum_id)")).toEqual([0, 1]);
});

describe('equals', () => {
  test('compares so many levels', () => {
    expect(session.ask('a = {n: {x: 1}}; b = {n: {x: 2}}; [a.equals(b, 0), a.equals(b), a.equals(b, 2), a.equals(1, 0)]')).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('ends for things that lead to themselves in many ways', () => {
    const make = (name: string): string => `${name} = {}; ${name}.a = ${name}; ${name}.b = ${name}; ${name}.c = {x: ${name}, y: ${name}};`;
    expect(session.ask(`${make('p')} ${make('q')} p.equals(q, 127)`)).toBe(true);
    expect(session.ask(`${make('p')} ${make('q')} q.c.y = {}; p.equals(q, 127)`)).toBe(false);
  });
});

describe('search', () => {
  test('tells parent, key and types', () => {
    expect(session.ask('t = {}; x = {l: [[t]], s: set(t)}; x.search(t, {limit: 9}).map(|r| [r.key, r.key_type, r.parent == x])')).toEqual([
      ['l', 'tuple', true],
      ['s', 'set', true],
    ]);
  });

  test('finds things that are wrapped, and goes through them', () => {
    const places = 'x.search(t, {deep: 2, limit: 9}).map(|r| [r.key, r.key_type, r.parent_type])';
    const types = "set_type('A', {inner: 'any'}); t = {}; o = {inner: t};";
    expect(session.ask(`${types} x = {w: t.wrap('A'), l: [t.wrap('A')], o: o.wrap('A')}; ${places}`)).toEqual([
      ['w', '<A>', 'thing'],
      ['l', 'list', 'thing'],
      ['inner', 'thing', 'thing'],
    ]);
  });

  test('goes depth first, and past what it is in already', () => {
    expect(session.ask('t = {}; x = {a: {deep: t}, b: t}; x.search(t, {deep: 3, limit: 5}).map(|r| r.key)')).toEqual(['deep', 'b']);
    expect(session.ask('x = {}; x.me = x; x.sub = {up: x}; x.search(x, {deep: 10, limit: 10}).map(|r| r.key)')).toEqual(['me', 'up']);
  });
});

describe('restrictions', () => {
  test('are of types, enumerators or kinds of values', () => {
    session.ask("set_type('P', {a: 'int'}); nil");
    expect(session.ask("['int?', '[]', 'email', 'any', 'P', 'P?'].map(|d| {}.restrict(d).restriction())")).toEqual([
      'int',
      '[]',
      'email',
      null,
      'P',
      'P?',
    ]);
    expect(session.fails("x = {}.restrict('P?'); x.a = nil; x.b = P{};")).toBe(0);
    expect(session.fails("{}.restrict('P').a = {a: 1};")).toBe(-61);
  });

  test('come from the type that a thing becomes an instance of', () => {
    session.ask("set_type('A', {a: 'thing<int>'}); .x = {a: {n: 1}}; .x.to_type('A'); nil");
    expect(session.fails(".x.a.n = 'one'")).toBe(-61);
    expect(session.ask("t = {a: {n: 1}}; t.to_type('A'); t.a.restriction()")).toBe('int');
    expectRecorded(session);
  });

  test('that a type requires stay for as long as an instance of it holds the thing', () => {
    session.ask("set_type('A', {a: 'thing<int>'}); .s = A{}; .x = .s.a; nil");
    expect(session.fails('.x.restrict(nil)')).toBe(-63);
    expect(session.fails(".x.a = 1; .x.restrict('str')")).toBe(-63);
    expect(session.fails('a = A{}; a.a.restrict(nil)')).toBe(-63);
    expect(session.ask(".x.restrict('int').restriction()")).toBe('int');
    expect(session.ask('.s.a = {}; .x.restrict(nil).restriction()')).toBe(null);
  });

  test('are recorded, whether a thing is stored before or after', () => {
    session.ask(".a = {}; .a.restrict('int'); .b = {x: 1}.restrict('int'); .c = {}.restrict('str'); .c.restrict(nil); nil");
    const again = session.reopened();
    const root = again.collections.get(2)?.root as Thing;
    expect(['a', 'b', 'c'].map((key) => (root.get(key) as Thing).restriction?.definition ?? null)).toEqual(['int', 'int', null]);
    expectRecorded(session);
  });
});

describe('arguments that may not be needed', () => {
  const row = (all: readonly { readonly name: string; readonly receiver?: unknown }[], name: string): EarlyRow =>
    all.find((r) => r.name === name && r.receiver !== undefined) as EarlyRow;
  const cx = { spend: () => undefined } as unknown as Context;

  test('are used when nothing else is found', () => {
    for (const name of ['first', 'last']) {
      expect(row(listReadRows, name).early(cx, new List([]), 0, null)).toBe(USE_ARGUMENT);
      expect(row(listReadRows, name).early(cx, new List([4]), 0, null)).toBe(4);
    }
    const thing = new Thing(Shape.of(['a', 'n']), [1, null]);
    const { early } = row(thingReadRows, 'get');
    expect([early(cx, thing, 1, 'a'), early(cx, thing, 1, 'n'), early(cx, thing, 1, 'z'), early(cx, thing, 0, null)]).toEqual([
      1,
      null,
      USE_ARGUMENT,
      undefined,
    ]);
  });

  test('are not looked at where there is nothing to sort or join', () => {
    expect(row(listSortRows, 'sort').early(cx, new List([4]), 0, null)).toBeInstanceOf(List);
    expect(row(listSortRows, 'sort').early(cx, new List([4, 3]), 0, null)).toBeUndefined();
    expect(row(listReadRows, 'join').early(cx, new List(['a']), 0, null)).toBe('a');
    expect(session.ask("[['a'].join(5), [1].sort('x'), [].sort(5)]")).toEqual(['a', [1], []]);
  });
});

describe('stored things', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'two words', '日本');
  const step = fc.oneof(
    fc
      .tuple(key, fc.constantFrom('1', '[1, {n: 2}]', 'set({n: 1})', '{x: {y: 1}}', '.x', '.x.get("a")'))
      .map(([k, v]) => `.x.set('${k}', ${v})`),
    key.map((k) => `if (.x.has('${k}')) .x.del('${k}')`),
    fc.tuple(key, key).map(([a, b]) => `if (.x.has('${a}') && !.x.has('${b}')) .x.ren('${a}', '${b}')`),
    fc.constantFrom(
      '.x.clear()',
      '.x.assign({a: [3], c: {n: 1}})',
      '.x.remove(|k, v| k < "b", 1)',
      '.x = .x.copy(2)',
      '.x = .x.vmap(|v| [v])',
      '.y = .x.filter(|k| k != "a")',
    ),
  );

  test('are the same after the recorded changes were applied', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        session.ask('.x = {}; .y = nil; nil');
        for (const code of steps) session.ask(`${code}; nil`);
        expectRecorded(session);
      }),
      { numRuns: 60 },
    );
  });

  test('ids are given to a thing before those in it, depth first', () => {
    expect(session.ask('.a = {b: {c: {}}, d: {}}; [.a.id() < .a.b.id(), .a.b.id() < .a.b.c.id(), .a.b.c.id() < .a.d.id()]')).toEqual([
      true,
      true,
      true,
    ]);
  });
});
