/** Futures that ask a module: what is sent, what comes back, and what becomes of errors. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPuppet, type Bench, openBench } from './helpers.ts';

let bench: Bench;
const ask = (code: string, scope?: string) => bench.ask(code, scope);

beforeAll(async () => {
  bench = await openBench();
  await addPuppet(bench, 'puppet');
});

afterAll(() => bench.close());

test('the answer is MessagePack, and a value with `load`; further arguments follow it', async () => {
  expect(await ask('puppet({x: 1});')).toEqual([{ x: 1 }]);
  expect(await ask('puppet({x: 1}, 5, 6);')).toEqual([{ x: 1 }, 5, 6]);
  expect(await ask('puppet({x: 1}).then(|r| type(r));')).toBe('mpdata');
  expect(await ask('puppet({x: 1, load: true}, 2).then(|r, two, no| [type(r), r, two, no]);')).toEqual([
    'thing',
    { x: 1, load: true },
    2,
    null,
  ]);
  expect(await ask("future({module: 'puppet', x: 3});")).toEqual([{ module: 'puppet', x: 3 }]);
  expect(await ask('puppet({reply: nil});')).toEqual([null]);
});

test('a request shows so many levels of things as it says', async () => {
  expect(await ask('puppet({a: {b: {c: {}}}});')).toEqual([{ a: { b: {} } }]);
  expect(await ask('puppet({a: {b: {c: {}}}, deep: 0});')).toEqual([{ a: {}, deep: 0 }]);
  expect(await ask('puppet({a: {b: {c: {}}}, deep: 2});')).toEqual([{ a: { b: { c: {} } }, deep: 2 }]);
  expect(await ask("puppet({deep: 'x'});")).toMatchObject({ error: -61 });
  expect(await ask('puppet({deep: 128});')).toMatchObject({ error: -60 });
});

test('stored things are sent with their ids', async () => {
  expect(await ask(".s = {n: 'stored'}; [.s.id(), puppet(.s).then(|r| 0)];")).toEqual([expect.anything(), null]);
  expect(await ask('puppet(.s);')).toEqual([{ '#': expect.anything(), n: 'stored' }]);
});

test('errors of a module reach `else`, or the client', async () => {
  expect(await ask("puppet({error: [-55, 'no']});")).toEqual({ error: -55, message: 'no' });
  expect(await ask("puppet({error: [-55, 'no']}, 7).else(|e, seven| [e.code(), e.msg(), seven]);")).toEqual([-55, 'no', 7]);
  expect(await ask("puppet({error: [-55, 'no']}).then(|x| 1).else(|| 2);")).toBe(2);
  expect(await ask("puppet({x: 1}).then(|| raise('mine')).else(|| 2);")).toEqual({ error: -100, message: 'mine' });
  expect(await ask("puppet({error: [5, 'no']});")).toEqual({ error: -53, message: 'invalid error data from module `puppet`' });
  expect(await ask("puppet({error: [-1, 'no']});")).toEqual({
    error: -53,
    message: 'invalid error code (-1) received from module `puppet`',
  });
  expect(await ask('puppet();')).toMatchObject({ error: -62 });
  expect(await ask('puppet(1);')).toMatchObject({ error: -61 });
  expect(await ask('puppet.nothing({});')).toMatchObject({ error: -54 });
});

test('a callback that changes something has a change of its own, and takes nothing that is stored', async () => {
  expect(await ask('puppet({reply: 7, load: true}).then(|x| .b = x);')).toBe(7);
  expect(await ask('.b;')).toBe(7);
  expect(await ask('puppet({x: 1}, .s).then(|r, s| .t = s);')).toMatchObject({ error: -63 });
});

test('a callback may make further futures; those of one query wait side by side', async () => {
  expect(await ask('puppet({reply: 1, load: true}).then(|a| puppet({reply: a + 1, load: true}).then(|b| b + 1));')).toBe(3);
  const pair = '[1, 2, 3].map(|i| puppet({reply: i, wait: 20, load: true}).then(|x| .got.push(x)));';
  expect(await ask(`.got = []; puppet({reply: 0}).then(|| 0); 5;`)).toBe(5);
  expect(await ask(`${pair} 6;`)).toBe(6);
  expect(await ask('.got.sort();')).toEqual([1, 2, 3]);
  expect(await ask("a = puppet({error: [-60, 'first']}); b = puppet({reply: 1, wait: 50}); b;")).toEqual({ error: -60, message: 'first' });
});

test('queries run while one waits', async () => {
  const slow = ask('puppet({reply: 1, wait: 100, load: true}).then(|x| [x, .during]);');
  expect(await ask('.during = 5;')).toBe(5);
  expect(await slow).toEqual([1, 5]);
});

test('a query whose collection is gone meanwhile fails', async () => {
  await ask("new_collection('shop');", '@t');
  const slow = ask('puppet({reply: 1, wait: 50, load: true}).then(|x| .x = x);', '//shop');
  await ask("del_collection('shop');", '@t');
  expect(await slow).toMatchObject({ error: -54 });
});

test('a module is a value that is not kept', async () => {
  expect(await ask('[type(puppet), is_module(puppet), str(puppet == puppet)];')).toEqual(['module', true, 'true']);
  expect(await ask('[type([puppet][0]), {.m = puppet; .m}];')).toEqual(['nil', null]);
  expect(await ask('f = |m| m({reply: 3}); puppet = 5; puppet({reply: 4});')).toEqual([4]);
});

test('a restricted module is for its scope only', async () => {
  await ask("set_module_scope('puppet', '@t');", '@t');
  expect(await ask('puppet({});')).toMatchObject({ error: -55 });
  expect(await ask('puppet.say({});')).toMatchObject({ error: -55 });
  expect(await ask('puppet({});', '@t')).toEqual([{}]);
  await ask("set_module_scope('puppet', nil);", '@t');
});

test('without a listener for late answers a query that waits fails at once', () => {
  const user = { id: 1, name: 'admin' };
  expect(() => bench.engine.query({ user, client: null, scope: '//stuff', code: 'puppet({});', vars: null })).toThrow();
});
