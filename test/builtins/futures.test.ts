import { beforeEach, describe, expect, test } from 'vitest';
import { futureRows } from '../../src/builtins/futures.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
const run = (code: string, scope?: string) => ask(engine, code, scope);

beforeEach(async () => {
  engine = await memoryEngine();
});

test.each(futureRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(run(code)).toEqual(JSON.parse(wanted));
});

describe('what a future gives', () => {
  test.each([
    ['future(nil);', [null]],
    ['future(nil, 1, 2);', [null, 1, 2]],
    ['future(nil, 1).then(|_, x| x + 1);', 2],
    ['future(|a, b| a * b, [6, 7]);', 42],
    ['future(nil, future(nil));', [null, [null]]],
    ["f = future(nil, 4).then(|_, x| x * 10); g = future(|| 'other'); f;", 40],
    ["future(|| future(|| future(|| 'inner')));", 'inner'],
    ['t = {n: 1}; f = future(|t| t.n); t.n = 2; f;', 2],
    ['x = 3; g = || x; future(g);', 'error'],
    ['return future(|| return {a: {b: {c: 1}}}, 3), 2;', { a: { b: {} } }],
  ])('%s', (code, wanted) => {
    const answer = run(code);
    if (wanted === 'error') expect(answer).toMatchObject({ error: -54 });
    else expect(answer).toEqual(wanted);
  });

  test.each(['[future(|| 1)];', '{f: future(|| 1)};', 't = {}; t.f = future(|| 1); t;', '[1].map(|| future(|| 1));'])(
    'is nil where it is kept: %s',
    (code) => {
      expect(JSON.stringify(run(code))).toMatch(/^(\[null\]|\{"f":null\})$/);
    },
  );
});

describe('order', () => {
  test('callbacks run after the query, the last made first, and theirs after all of those', () => {
    run('.log = [];');
    run(`
      future(|| { .log.push('a'); future(|| .log.push('a1')); future(|| .log.push('a2')); });
      future(|| { .log.push('b'); future(|| .log.push('b1')); });
      .log.push('main');
    `);
    expect(run('.log;')).toEqual(['main', 'b', 'a', 'b1', 'a2', 'a1']);
  });

  test('the first error ends it, and is the answer; what was done stays', () => {
    run('.log = [];');
    const code = "future(|| .log.push('x')); future(|| { .log.push('y'); raise(err(-92, 'two')); }); future(|| .log.push('z')); 'answer';";
    expect(errorOf(engine, code)).toBe(-92);
    expect(run('.log;')).toEqual(['z', 'y']);
  });

  test('nothing is called when the query itself fails', () => {
    expect(errorOf(engine, "future(|| .x = 1); raise('main');")).toBe(-100);
    expect(run(".has('x');")).toBe(false);
  });
});

describe('changes', () => {
  test('each callback has a change of its own, and the query none', () => {
    expect(run('f = future(|| .x = change_id()); [change_id(), .has("x")];')).toEqual([null, false]);
    const before = run('.x;');
    run('.main = change_id(); future(|| .a = change_id()); future(nil).then(|| .b = change_id()); future(|| change_id());');
    expect(run('[.main, .b, .a];')).toEqual([1, 2, 3].map((n) => (before as number) + n));
  });

  test('a closure that is no literal first argument counts as part of the query', () => {
    expect(run('id = change_id(); future(nil, || .x = 1); id != nil;')).toBe(true);
    expect(run('id = change_id(); f = || .x = 1; id != nil;')).toBe(true);
    expect(run('id = change_id(); future(|| .x = 1); id != nil;')).toBe(false);
    expect(run('id = change_id(); future(nil).else(|| .x = 1); id != nil;')).toBe(false);
  });

  test.each(['future(nil, .t)', 'future(nil, [[.t]])', 'future(nil, {a: {b: .t}})', 'future(nil, .s)', 'future(nil, .r)'])(
    'a callback with a change takes nothing that is stored by id: %s',
    (made) => {
      run('.t = {}; .s = set({}); .r = room();');
      expect(errorOf(engine, `${made}.then(|_, x| .x = 1);`)).toBe(-63);
      expect(run(".has('x');")).toBe(false);
      expect(run(`${made}.then(|_, x| 'read');`)).toBe('read');
    },
  );

  test('things without id may go round in circles', () => {
    expect(run('t = {}; t.t = t; future(|t| { .kept = t; 1; });')).toBe(1);
    expect(run('.kept.t == .kept;')).toBe(true);
  });

  test('the scope of users has changes too, the node has none', () => {
    run("future(|| new_collection('late'));", '@t');
    expect(run("has_collection('late');", '@t')).toBe(true);
    expect(run("future(|| 'here');", '@n')).toBe('here');
  });
});

test.each([
  ['future();', -62],
  ['future(1);', -61],
  ['future({});', -54],
  ['future({module: 1});', -61],
  ["future({module: 'no name'});", -60],
  ["future({module: 'nope'});", -54],
  ['future(|nowhere| 1);', -54],
  ['future(|a| a, 1);', -61],
  ['future(|a, b| a, [1]);', -62],
  ['future(|a| a, [1], 2);', -62],
  ['future(nil).then();', -62],
  ['future(nil).then(1);', -61],
  ['future(|| 1).then(|| 2);', -63],
  ['future(nil).else(|| 1).else(|| 2);', -63],
  ['(1).then(|| 1);', -54],
  ['f = || future(f, []); f = |f| future(|f| f(f)); f(f);', -57],
])('%s gives the error %i', (code, wanted) => {
  expect(errorOf(engine, code)).toBe(wanted);
});
