/** What is changed while it is in use, against what happens when it runs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode } from '../../src/errors.ts';
import { errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});
afterAll(() => engine.close());

const isTold = (source: string): boolean => analyze(source).findings.some(({ code }) => code === 'change-in-use');
const fails = (source: string): boolean => errorOf(engine, source) === ErrorCode.OPERATION;

/** What there is, what goes through it (`BODY` stands for a change), and what changes it. */
const TABLES: readonly {
  readonly kind: string;
  readonly value: string;
  readonly through: readonly string[];
  readonly changes: readonly string[];
}[] = [
  {
    kind: 'a list',
    value: '[3, 2, 1]',
    through: [
      ...['each', 'map', 'filter', 'find', 'find_index', 'some', 'every', 'remove'].map((name) => `.${name}(|i| {BODY; false;})`),
      ...[
        '.count(|i| BODY)',
        '.sum(|i| {BODY; 1;})',
        '.reduce(|sum, i| BODY, 0)',
        '.sort(|a, b| {BODY; 0;})',
        '.copy().each(|i| BODY)',
        '[0:2].each(|i| BODY)',
      ],
    ],
    changes: [
      ...[
        '.push(9)',
        '.pop()',
        '.shift()',
        '.unshift(9)',
        '.extend([9])',
        '.extend_unique([9])',
        '.splice(0, 1)',
        '.remove(|x| x == 9)',
        '.clear()',
        '.fill(0)',
      ],
      ...['[0] = 5', '[0:1] = [7]', '.len()', '.copy()', '.sort()', '.map(|x| x)'],
    ],
  },
  {
    kind: 'a set',
    value: 'set({a: 1}, {a: 2})',
    through: ['each', 'map', 'filter', 'find', 'some', 'every', 'remove'].map((name) => `.${name}(|t| {BODY; false;})`),
    changes: ['.add({})', '.remove(|t| t.a == 1)', '.clear()', '.len()', '.map(|t| t.a)'],
  },
  {
    kind: 'a thing',
    value: '{a: 1, b: 2}',
    through: ['each', 'map', 'filter', 'vmap', 'remove'].map((name) => `.${name}(|k| {BODY; false;})`),
    changes: [
      '.c = 3',
      ".set('c', 3)",
      ".del('a')",
      '.clear()',
      '.assign({c: 3})',
      ".ren('a', 'd')",
      '.remove(|k| true)',
      '.keys()',
      ".get('a')",
    ],
  },
];

describe('a change of what is gone through', () => {
  for (const { kind, value, through, changes } of TABLES) {
    test.each(through)(`of ${kind} by %s is told where it fails, by all that changes it`, (loop) => {
      for (const change of changes) {
        for (const name of ['x', '.x', '.y.x']) {
          const source = `.y = {}; ${name} = ${value}; ${name}${loop.replace('BODY', name + change)};`;
          expect([source, isTold(source)]).toEqual([source, fails(source)]);
        }
      }
    });

    test(`of ${kind} in a loop is told where it fails`, () => {
      for (const change of changes) {
        const source = `x = ${value}; for (i in x) {x${change}; break;};`;
        expect([source, isTold(source)]).toEqual([source, fails(source)]);
      }
    });
  }
});

describe('the same is so', () => {
  test.each([
    // While the arguments of a change are evaluated.
    'x = [3, 1]; x.push(x.pop());',
    'x = [3, 1]; x.extend(x.map(|i| x.pop()));',
    'x = [3]; x.push({x.push(4); 5;});',
    'x = [3]; x.push(x.len());',
    // By another way to the same name.
    '.a = [1]; (.a).each(|i| .a.push(1));',
    '.a = [1]; .a.each(|i| (.a).push(1));',
    // In a closure that runs at once, and in one that runs later.
    '.a = [[1]]; .a.each(|i| [1].each(|j| .a.push(1)));',
    '.a = [1]; .a.each(|i| future(|| .a.push(1)));',
    // A name that means something else.
    'x = [1]; x.each(|i| {x = []; x.push(3);});',
    'x = [1]; for (i in x) {x = []; x.push(3);};',
    'x = [1]; x.each(|i| [[2]].each(|x| x.len()));',
    'x = [[1]]; x.each(|x| {y = x; y.len();});',
    '.o = {a: [1]}; .o.a.each(|i| {.o = {a: []}; .o.a.push(1);});',
    ".o = {a: [1]}; .o.a.each(|i| {.set('o', {a: []}); .o.a.push(1);});",
    // What is expected to fail.
    '.a = [1]; .a.each(|i| try(.a.push(1)));',
    // Another list.
    '.a = [1]; .a.filter(|i| true).each(|i| .a.push(1));',
    '.a = [1]; .b = [1]; .a.each(|i| .b.push(1));',
  ])('%s', (source) => {
    expect(isTold(source)).toBe(fails(source));
  });
});

test('no depth is too much', () => {
  expect(isTold(`${'for (i in x) '.repeat(240)}x.push(1)`)).toBe(true);
  expect(isTold(`${'for (x in x) '.repeat(240)}x.push(1)`)).toBe(false);
});
