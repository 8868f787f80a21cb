import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listChangeRows } from '../../src/builtins/lists-change.ts';
import { listIterateRows } from '../../src/builtins/lists-iterate.ts';
import { compareValues, listOrderRows } from '../../src/builtins/lists-order.ts';
import { placesOfInts, sortTexts } from '../../src/builtins/lists-radix.ts';
import { listReadRows } from '../../src/builtins/lists-read.ts';
import { Distinct, indexOf } from '../../src/builtins/lists-search.ts';
import { listSortRows } from '../../src/builtins/lists-sort.ts';
import type { Collection } from '../../src/model/collection.ts';
import { Transaction } from '../../src/model/transaction.ts';
import { List } from '../../src/values/list.ts';
import { equal } from '../../src/values/operators.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import type { Value } from '../../src/values/value.ts';
import { cpuMs } from '../cpu.ts';
import { expectRecorded, type Plain, Session } from './lists-helpers.ts';

const rows = [...listReadRows, ...listIterateRows, ...listOrderRows, ...listSortRows, ...listChangeRows];
let session: Session;

beforeEach(async () => {
  session = await Session.open();
});

test.each(rows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(session.ask(code)).toEqual(JSON.parse(wanted));
});

describe('arguments', () => {
  test.each([
    ['[1].map(5)', -61],
    ['[1].map()', -62],
    ['[1].reduce(|a, b| a, 1, 2)', -62],
    ['[1].flat(1.5)', -61],
    ['[1].copy(128)', -60],
    ['[1].splice(0)', -62],
    ["[1].splice('a', 1)", -61],
    ['[2, 1].sort(3)', -61],
    ['[2, 1].sort(true, true)', -61],
    ['[2, 1].sort(|| 1)', -62],
    ['[2, 1].sort(|a, b| a - b, true)', -62],
    ['[2, 1].sort(|a, b| nil)', -61],
    ["['a', 'b'].join(1)", -61],
    ["['a', 1].join()", -61],
    ['[1].push()', -62],
    ['[1].extend(set())', -61],
    ['[[1]][0].push(1)', -54],
    ['[].pop()', -54],
    ['[].max()', -54],
    ['[].reduce(|a, b| a)', -54],
    ['[1, nil].min()', -61],
    ["[1, 'a'].sort()", -61],
  ])('%s fails with %i', (code, error) => {
    expect(session.fails(code)).toBe(error);
  });

  test.each([
    ["['a', 'b'].join(1)", /`join`.*argument 1.*`str`.*`int`.*join/],
    ["['a', 1].join('')", /`join`.*item 1.*`str`.*`int`.*join/],
    ['[1].extend(1)', /`extend`.*argument 1.*`list` or `tuple`.*`int`.*extend/],
    ['[2, 1].sort(1)', /`sort`.*argument 1.*`closure` or `bool`.*`int`.*sort/],
    ['[1].map()', /`map` takes 1 argument but 0 were given.*map/],
  ])('the message of %s names the function, the position, what was expected and what was given', (code, message) => {
    let text = '';
    try {
      session.ask(code);
    } catch (error) {
      text = (error as { message: string }).message;
    }
    expect(text).toMatch(message);
  });
});

describe('locks', () => {
  test.each([
    'push(1)',
    'pop()',
    'shift()',
    'unshift(1)',
    'splice(0, 1)',
    'clear()',
    'extend([1])',
    'extend_unique([7])',
    'fill(1)',
    'remove(|| true)',
  ])('a list cannot be changed by %s while a closure is called for its items', (change) => {
    expect(session.fails(`l = [2, 1]; l.each(|x| l.${change})`)).toBe(-63);
    expect(session.fails(`l = [2, 1]; l.map(|x| l.${change})`)).toBe(-63);
  });

  test('another list, and a copy, can', () => {
    expect(session.ask('l = [1, 2]; c = l.copy(); l.each(|x| c.push(x)); c;')).toEqual([1, 2, 1, 2]);
  });

  test('sorting looks at a copy', () => {
    expect(session.ask('l = [1, 2]; [l.sort(|a, b| l.push(1)), l];')).toEqual([
      [2, 1],
      [1, 2, 1],
    ]);
  });

  test('arguments are evaluated while the list is locked', () => {
    expect(session.fails('l = [1, 2]; l.unshift(l.pop());')).toBe(-63);
  });
});

describe('slices', () => {
  test.each([
    // A slice that steps away from its end takes what is at its start; behind the last item there is nothing.
    ['[1, 2, 3][2:1:3]', [3]],
    ['[1, 2, 3][3:1:3]', []],
    ['[1, 2, 3][9:1:2].len()', 0],
    ["'abc'[3:1:3]", ''],
    // The parts of a slice of something empty do not matter, nor are they evaluated.
    ["[[][::0], [][nope:], ''[::0], ''[nope:]]", [[], [], '', '']],
    ["[bytes('')[::0], bytes('')[nope:]]", ['', '']],
  ])('%s', (code, value) => {
    expect(session.ask(code)).toEqual(value);
  });

  test('an operator is refused before anything is evaluated', () => {
    expect(session.fails('l = [1, 2]; l[1/0:] -= [1]')).toBe(-61);
    expect(session.fails('l = [1, 2]; l[::2] += 1/0')).toBe(-61);
    expect(session.ask('l = [1, 2]; n = 0; try(l[:] += {n = 1; [5]}); [l, n];')).toEqual([[1, 2], 0]);
    // The list is free again.
    expect(session.ask('l = [1, 2]; try(l[:] += [1]); l.push(3); l;')).toEqual([1, 2, 3]);
  });
});

describe('what goes into a list', () => {
  test('lists become tuples, and later changes of them are not seen', () => {
    expect(session.ask('a = [1]; l = []; l.push(a, [a]); a.push(2); l;')).toEqual([[1], [[1]]]);
    expect(session.fails('l = []; l.push([1]); l[0].push(2);')).toBe(-54);
    expect(session.fails('l = [1].map(|x| [x]); l[0].push(2);')).toBe(-54);
  });

  test('the lists that `values` gives are live, but not once they are stored', () => {
    expect(session.ask('t = {a: [1]}; v = t.values(); v[0].push(2); t;')).toEqual({ a: [1, 2] });
    session.ask('.t = {a: [1]}; .v = .t.values(); .t.a.push(2);');
    expect(session.ask('.v')).toEqual([[1]]);
    expectRecorded(session);
  });
});

describe('remove', () => {
  test.each([
    [9, [1, 3, 4], [2]],
    [2, [1, 3], [2, 4]],
    [0, [], [1, 2, 3, 4]],
    [-2, [3, 4], [1, 2]],
    [-9, [1, 3, 4], [2]],
  ])('a limit of %i', (limit, removed, left) => {
    expect(session.ask(`l = [1, 2, 3, 4]; [l.remove(|x| x != 2, ${limit}), l];`)).toEqual([removed, left]);
  });

  test('from the end on, the closure gets the index that an item has', () => {
    expect(session.ask("got = []; ['p', 'q', 'r'].remove(|v, i| { got.push([v, i]); v == 'q'; }, -1); got;")).toEqual([
      ['r', 2],
      ['q', 1],
    ]);
  });

  test('an error removes nothing', () => {
    session.ask("l = [1, 'x', 2]; .l = l;");
    expect(session.fails('.l.remove(|x| x < 3)')).toBe(-61);
    expect(session.ask('.l')).toEqual([1, 'x', 2]);
  });
});

test('a list that holds nothing may be reduced to nil, and an initial nil is one', () => {
  expect(session.ask('[[].reduce(|a, b| a, nil), [1, 2].reduce(|a, b| a, nil)];')).toEqual([null, null]);
});

test('splice takes places and counts beyond every end', () => {
  expect(session.ask('l = [1, 2, 3]; [l.splice(-100, 9223372036854775807), l.splice(5, 5, 7)];')).toEqual([[1, 2, 3], []]);
  expect(session.ask('l = [1, 2, 3, 4]; [l.splice(-5, 2), l.splice(-1, -1, 9)];')).toEqual([[1], []]);
});

test('join does not make a string that is too long', () => {
  const double = "s = 'x'; for (i in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]) { s += s; };";
  expect(session.fails(`${double} l = ['a']; for (i in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) { l.extend(l); }; l.join(s);`)).toBe(-2);
});

test('a list does not grow without end', () => {
  expect(session.fails('l = [1]; for (i in range(99)) { l.extend(l); };')).toBe(-2);
  expect(session.fails("l = [1]; try({ for (i in range(99)) { l.extend(l); }; }); 'not reached';")).toBe(-2);
});

describe('stored lists', () => {
  const digit = fc.integer({ min: 0, max: 5 });
  const step = fc.oneof(
    digit.map((n) => `.l.push(${n})`),
    digit.map((n) => `.l.unshift(${n}, {n: ${n}})`),
    fc.constantFrom(
      'if (.l.len()) .l.pop()',
      'if (.l.len()) .l.shift()',
      '.l.extend([[1], {a: 2}])',
      '.l.extend_unique([1, 2, 3])',
      '.l.clear()',
    ),
    digit.map((n) => `.l.fill(${n})`),
    fc.tuple(digit, digit).map(([at, n]) => `.l.splice(${at}, ${n}, {n: ${n}}, [${n}])`),
    fc.tuple(digit, fc.integer({ min: -3, max: 40 })).map(([n, limit]) => `.l.remove(|x, i| i % 2 == ${n % 2}, ${limit})`),
  );

  test('are the same after the recorded changes were applied', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        session.ask('.l = []; nil');
        for (const code of steps) session.ask(`${code}; nil`);
        expectRecorded(session);
      }),
      { numRuns: 60 },
    );
  });

  test('a removal of many runs is one operation, of a few one for each', () => {
    session.ask('.l = [0]; for (i in [1, 2, 3, 4, 5, 6, 7]) { n = .l.len(); .l.extend(.l.map(|x| x + n)); }; nil');
    session.ask('.l.remove(|x| x % 3 == 0); nil');
    session.ask('.l.remove(|x| x == 7 || x == 8 || x == 100); nil');
    expect(session.ask('.l.len()')).toBe(128 - 43 - 3);
    expectRecorded(session);
  });

  test('things leave with the items that held them', () => {
    session.ask('.l = [{n: 1}, {n: 2}, {n: 3}]; .ids = .l.map_id(); nil');
    session.ask('.l.remove(|t| t.n != 2); nil');
    expect(session.fails('thing(.ids[0])')).toBe(-54);
    expect(session.ask('thing(.ids[1]).n')).toBe(2);
  });

  test('a change that may not be made leaves a list in its place', () => {
    session.ask('.l = [1]; nil');
    const collection = session.engine.database.collections.get(2) as Collection;
    const { root } = collection;
    const tx = new Transaction(collection, null);
    for (const change of [() => tx.setProperty(root, 'l', 2), () => tx.deleteProperty(root, 'l'), () => tx.clear(root)]) {
      expect(change).toThrow(expect.objectContaining({ code: -63 }));
      expect((root.get('l') as List).parent).toBe(root);
    }
  });
});

describe('sort', () => {
  const text = fc.string({ unit: fc.integer({ min: 97, max: 99 }).map((c) => String.fromCharCode(c)), maxLength: 9 });
  const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

  test('of texts by radix is that of a comparison', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 300 }), fc.constantFrom('', 'same '), (texts, prefix) => {
        const all = texts.map((t) => prefix + t);
        expect(sortTexts(all)).toEqual([...all].sort(byBytes));
      }),
    );
  });

  test('of texts of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1 }), (arrays) => {
        const all = arrays.map((bytes) => String.fromCharCode(...bytes));
        expect(sortTexts(all)).toEqual([...all].sort(byBytes));
      }),
    );
  });

  test('of ints by radix is stable, both ways', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.integer({ min: -2, max: 2 }))), fc.boolean(), (ints, descending) => {
        const sign = descending ? -1 : 1;
        const wanted = ints.map((_n, i) => i).sort((i, j) => ((ints[i] as number) - (ints[j] as number)) * sign);
        expect([...placesOfInts(Int32Array.from(ints), descending)]).toEqual(wanted);
      }),
    );
  });

  test('is that of a comparison for every kind of comparator, of few items and of many', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 40 }), fc.constantFrom(1, 30), (ints, times) => {
        const list = Array.from({ length: times }, () => ints).flat();
        const text = JSON.stringify(list);
        const wanted = [...list].sort((a, b) => a - b);
        expect(session.ask(`${text}.sort()`)).toEqual(wanted);
        expect(session.ask(`${text}.sort(true)`)).toEqual([...wanted].reverse());
        expect(session.ask(`${text}.sort(|a, b| b - a)`)).toEqual([...wanted].reverse());
        const pairs = list.map((n, i) => [(n % 5) + 0, i]);
        const byFirst = [...pairs].sort((a, b) => (a[0] as number) - (b[0] as number));
        expect(session.ask(`${text}.map(|n, i| [n % 5, i]).sort(|p| p[0])`)).toEqual(byFirst);
        expect(session.ask(`${text}.map(|n, i| [n % 5, i]).sort(|a, b| a[0] - b[0])`)).toEqual(byFirst);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps equal values of different types in their order', () => {
    expect(session.ask('[1.0, 1, true, 0, false].sort().map(|x| [x])')).toEqual([[0], [false], [1], [1], [true]]);
    expect(compareValues(new Float(1), 1)).toBe(0);
  });

  test('handles ints beyond 32 and 53 bit', () => {
    expect(session.ask('[9223372036854775807, 1, -5000000000, 5000000000].sort()')).toEqual([
      -5000000000,
      1,
      5000000000,
      9223372036854775807n,
    ]);
  });
});

describe('equality', () => {
  const value: fc.Arbitrary<Value> = fc.oneof(
    fc.integer({ min: -2, max: 2 }),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('', 'a', 'b'),
    fc.constantFrom(-1, 0, 0.5, 1, Number.NaN, -0, 9007199254740992).map((n) => new Float(n)),
    fc.constantFrom(9007199254740993n, -9007199254740993n, 2n ** 63n - 1n),
    fc.constantFrom('a', 'b').map((s) => new Bytes(s)),
    fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }).map((items) => new List(items, true)),
  );

  test('indexOf finds what a comparison of all finds', () => {
    fc.assert(
      fc.property(fc.array(value), value, (items, needle) => {
        expect(indexOf(items, needle, 0)).toBe(items.findIndex((item) => equal(item, needle)));
      }),
    );
  });

  test('Distinct keeps what a comparison of all keeps', () => {
    fc.assert(
      // Beyond 2^53 equality is not transitive, so which values are kept depends on more than equality.
      fc.property(fc.array(value.filter((v) => typeof v !== 'bigint' && !(v instanceof Float && v.value > 2 ** 52))), (items) => {
        const seen = new Distinct();
        const kept: Value[] = [];
        for (const item of items) if (!kept.some((other) => equal(other, item))) kept.push(item);
        expect(items.filter((item) => seen.add(item))).toEqual(kept);
      }),
    );
  });

  test('filter keeps none, few, most or all, of short lists and of long ones', () => {
    for (const [length, keeps] of [0, 1, 10, 40_000].flatMap((length) =>
      ['false', 'i % 10 == 3', 'i % 10 != 3', 'true'].map((keeps) => [length, keeps] as const),
    )) {
      const kept = Array.from({ length }, (_, i) => i)
        .filter((i) => keeps === 'true' || (keeps !== 'false' && (i % 10 === 3) === keeps.includes('==')))
        .map((i) => i * 2);
      expect(session.ask(`range(0, ${2 * length}, 2).filter(|_, i| ${keeps});`), `${keeps} of ${length}`).toEqual(kept);
    }
    // A list holds no lists that can change.
    expect(session.ask('o = {a: [1], b: 2}; f = o.values().filter(|| true); o.a.push(3); [f, is_tuple(f[0])];')).toEqual([[[1], 2], true]);
  });

  test('unique takes many values in little time', () => {
    session.ask(
      '.l = [0]; for (i in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]) { n = .l.len(); .l.extend(.l.map(|x| x + n)); }; nil',
    );
    const start = cpuMs();
    expect(session.ask('[.l.unique().len(), .l.is_unique()]')).toEqual([65536, true]);
    expect(cpuMs() - start).toBeLessThan(2000);
  });
});

describe('iteration against arrays', () => {
  let shared: Session;

  beforeAll(async () => {
    shared = await Session.open();
  });

  test('gives what JavaScript gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 20 }), (items) => {
        const text = JSON.stringify(items);
        const found = items.find((x) => x > 3);
        const wanted: Plain = [
          items.map((x, i) => x * i),
          items.filter((x) => x % 2 !== 0),
          found ?? null,
          items.some((x) => x > 3),
          items.every((x) => x > -9),
          items.reduce((a, b) => a + b, 10),
          items.filter((x) => x > 3).length,
          items.reduce((a, b) => a + b * 2, 0),
        ].map((x) => JSON.parse(JSON.stringify(x)) as Plain);
        const code = `l = ${text}; [l.map(|x, i| x * i), l.filter(|x| x % 2), l.find(|x| x > 3), l.some(|x| x > 3), l.every(|x| x > -9),
          l.reduce(|a, b| a + b, 10), l.count(|x| x > 3), l.sum(|x| x * 2)];`;
        expect(shared.ask(code)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});
