/** Short ways of built-ins for what is common: they must give what the long ways give. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ask, memoryEngine } from '../support.ts';

let engine: LocalEngine;

beforeAll(async () => {
  engine = await memoryEngine();
});

const bytes = (maxLength: number, most = 255) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.integer({ min: 0, max: most })), { maxLength })
    .map((codes) => Buffer.from(codes));

/** An expression that gives these bytes as a str. */
const strOf = (value: Buffer): string => `str(base64_decode('${value.toString('base64')}'))`;
const utf8 = fc.string({ unit: 'binary', maxLength: 70 });

describe('short ways', () => {
  test.each([
    ['upper', 0x61, 0x7a, -32],
    ['lower', 0x41, 0x5a, 32],
  ])('%s changes ASCII letters alone, at any length', (name, first, last, shift) => {
    fc.assert(
      fc.property(utf8, (text) => {
        const changed = Buffer.from(text).map((code) => (code >= first && code <= last ? code + shift : code));
        expect(ask(engine, `${strOf(Buffer.from(text))}.${name}();`)).toBe(Buffer.from(changed).toString());
      }),
      { numRuns: 300 },
    );
  });

  test('Base64 of short and long bytes', () => {
    fc.assert(
      fc.property(bytes(60), (value) => {
        const text = value.toString('base64');
        expect(ask(engine, `base64_encode(base64_decode('${text}'));`)).toBe(text);
        expect(ask(engine, `base64_decode('${text}');`)).toEqual({ $b: text });
      }),
      { numRuns: 300 },
    );
  });

  test('groups of four characters, right or not, are decoded as in a long text', () => {
    const group = fc.array(fc.constantFrom('A', 'b', '9', '+', '/', '-', '_', '=', '.', '\x80'), { minLength: 4, maxLength: 4 });
    // 96 zeros before, and again without them.
    const long = 'A'.repeat(128);
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 8 }), (groups) => {
        const text = groups.flat().join('');
        expect(ask(engine, `bytes(base64_decode('${long}${text}'))[96:] == base64_decode('${text}');`), text).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('JSON', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'ab', 'name', 'ba', '', 'é', 'with space', 'tags', 'x"y', '__proto__');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(
        '',
        'Iris',
        'a "quoted" text',
        'é',
        'line\nend',
        'a text that is longer than sixty-four bytes, which some short ways take for long',
      ),
      fc.array(tie('value'), { maxLength: 6 }),
      fc
        .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 5, selector: ([name]) => name })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));

  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

  test('what is loaded is what was written, whatever keys came before', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1), (written, indent) => {
        expect(ask(engine, `return json_load(${quoted(JSON.stringify(written, null, indent))}), 9;`)).toEqual(
          JSON.parse(JSON.stringify(written)),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['{"b":[1],"a":2,"b":{"b":4}}', { b: { b: 4 }, a: 2 }],
    ['{"\\u0061":1,"a":2}', { a: 2 }],
    ['{ "a" : 1 , "aa" : 2 }', { a: 1, aa: 2 }],
    ['{"a":1,"a b":2,"a":5,"a b":6}', { a: 5, 'a b': 6 }],
    [
      JSON.stringify(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i]))),
      Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i])),
    ],
  ])('%s', (text, loaded) => {
    for (let again = 0; again < 3; again++) expect(ask(engine, `return json_load(${quoted(text)}), 9;`)).toEqual(loaded);
  });

  test.each(['{"a":1,}', '{"a"1}', '{"a":1', '{"a', '{"a":1 "b":2}', '{a:1}', '"a\u0001"', '{"a":1}}', '"\\', '["a"'])(
    'refuses %s',
    (text) => {
      ask(engine, `json_load('{"a":1,"b":2}');`);
      expect(ask(engine, `json_load(${quoted(text)});`)).toMatchObject({ error: -60 });
    },
  );

  test('lists in what is loaded belong to their things', () => {
    expect(ask(engine, `.t = json_load('{"l":[1],"m":{"l":[2]}}'); .t.l.push(3); .t.m.l.push(4); return .t, 3;`)).toMatchObject({
      l: [1, 3],
      m: { l: [2, 4] },
    });
    expect(ask(engine, `t = json_load('{"a b":[1]}'); .u = t; .u['a b'].push(2); .u['a b'];`)).toEqual([1, 2]);
  });

  test('lists of any length are told', () => {
    for (const length of [0, 1, 63, 64, 65, 127, 128, 129, 5000]) {
      const items = Array.from({ length }, (_, i) => (i % 3 === 0 ? `t${i}` : i));
      expect(ask(engine, `json_dump(range(${length}).map(|i| i % 3 == 0 ? \`t{i}\` : i));`)).toBe(JSON.stringify(items));
    }
    expect(ask(engine, "json_dump(range(100).map(|i| i == 70 ? 'é' : i)).len();")).toBe(
      Buffer.from(JSON.stringify(Array.from({ length: 100 }, (_, i) => (i === 70 ? 'é' : i)))).length,
    );
    expect(ask(engine, 'l = []; for (i in range(90)) l.push(range(i)); json_load(json_dump(l)) == l;')).toBe(true);
  });
});

describe('loops with one result for each item', () => {
  test('leave the list that they go through as it was', () => {
    expect(ask(engine, 'l = [3, 1, 2]; [l.map(|x| x * 2), l.sort(|x| -x), l];')).toEqual([
      [6, 2, 4],
      [3, 2, 1],
      [3, 1, 2],
    ]);
    expect(ask(engine, "l = range(5); [l.map(|x| x == 2 ? 'two' : x / 2), l];")).toMatchObject([
      [{}, {}, 'two', {}, {}],
      [0, 1, 2, 3, 4],
    ]);
    expect(ask(engine, 'l = range(3); try(l.map(|x| l.push(x))); l;')).toEqual([0, 1, 2]);
  });

  test('ranges do not share their items', () => {
    expect(ask(engine, 'a = range(3); a.push(7); a[0] = 9; [a, range(3), range(2, 8, 3), range(4)];')).toEqual([
      [9, 1, 2, 7],
      [0, 1, 2],
      [2, 5],
      [0, 1, 2, 3],
    ]);
    expect(ask(engine, 'range(9007199254740990, 9007199254740994);')).toEqual(
      [9007199254740990, 9007199254740991, '9007199254740992', '9007199254740993'].map((n) =>
        typeof n === 'number' ? n : expect.anything(),
      ),
    );
  });
});
