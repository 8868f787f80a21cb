import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { ask, errorOf } from '../support.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'engine-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function open(): Promise<LocalEngine> {
  return (await openEngine({ dir })).engine;
}

/** Runs texts, each followed by a restart, and gives the last answer. */
async function throughRestarts(texts: readonly string[]): Promise<unknown> {
  let answer: unknown;
  for (const text of texts) {
    const engine = await open();
    answer = ask(engine, text);
    await engine.close();
  }
  return answer;
}

const GRAPH = `
  .n = 1; .s = 'text'; .f = 1.5; .b = bytes('raw'); .nil = nil; .list = [1, [2, {deep: 3}], 'x'];
  .things = set({n: 1}, {n: 2}); .loop = {}; .loop.self = .loop; .closure = |a, b| a + b;
  .dict = {}; .dict['a b'] = 1; .dict['c'] = {d: 2}; .big = INT_MAX; .re = /a+/i; .e = err(-100, 'mine');
`;
const READ = `[.n, .s, .f, .b, .nil, .list[0], .list[1][1].deep, type(.list[1]), .things.len(), .loop == .loop.self, .closure(1, 2), .dict['a b'],
  .dict.c.d, .big == INT_MAX, .re.test('xAy'), .e.code(), .keys().len()];`;

describe('changes', () => {
  test('a restart from the checkpoint brings everything back', async () => {
    const engine = await open();
    ask(engine, GRAPH);
    const before = ask(engine, READ);
    await engine.close();
    const again = await open();
    expect(again.store.status().checkpointId).toBeGreaterThan(0);
    expect(ask(again, READ)).toEqual(before);
    await again.close();
  });

  test('a restart from the log alone brings everything back', async () => {
    const engine = await open();
    ask(engine, GRAPH);
    ask(
      engine,
      '.list.push(4); .list[0] = 9; .things.remove(|t| t.n == 1); .loop.del("self"); .n += 41; .s += "!"; .dict.del("c"); .dict.c = {d: 2}; .loop.self = .loop;',
    );
    const before = ask(engine, READ);
    // The store is let go without a checkpoint, as by a crash.
    await engine.store.close();
    const again = await open();
    expect(again.store.status().checkpointId).toBe(0);
    expect(ask(again, READ)).toEqual(before);
    await again.close();
  });

  test('ids are never given twice, not even after the last thing left', async () => {
    const ids = await throughRestarts(['.a = {}; .a.id();', '.del("a"); nil;', '.b = {}; .b.id();']);
    expect(ids).toBeGreaterThan(3);
  });

  test('a change without content is none, and leaves its id to the next one', async () => {
    const engine = await open();
    ask(engine, '.x = 1; nil;');
    const { changeId } = engine.database;
    ask(engine, 'wse(nil);');
    expect(errorOf(engine, '.x = 1 / 0;')).toBe(-58);
    expect(engine.database.changeId).toBe(changeId);
    expect(engine.lastChangeId).toBe(changeId);
    expect(ask(engine, '.y = 1; change_id();')).toBe(changeId + 1);
    await engine.close();
  });

  test('an id that a query has told is not given again, not even after a crash', async () => {
    const engine = await open();
    const told = Number(ask(engine, 'wse(change_id());'));
    expect(errorOf(engine, 'wse(raise(str(change_id())));')).toBe(-100);
    expect(ask(engine, 'wse(change_id());')).toBe(told + 2);
    await engine.store.close();
    const again = await open();
    expect(ask(again, 'wse(change_id());')).toBe(told + 3);
    await again.close();
  });

  test('what an erroneous query did before its error stays, and is durable', async () => {
    const answer = await throughRestarts(['.x = 1; .y = 2; 1 / 0;', '[.x, .y];']);
    expect(answer).toEqual([1, 2]);
  });

  test('a thing leaves when nothing holds it, and stays while something does', async () => {
    const engine = await open();
    expect(ask(engine, ".a = {}; .b = [.a]; i = .a.id(); .del('a'); [is_thing(thing(i)), i == .b[0].id()];")).toEqual([true, true]);
    const id = ask(engine, 'i = .b[0].id(); .b.pop(); i;');
    expect(errorOf(engine, `thing(${String(id)});`)).toBe(-54);
    await engine.close();
  });

  test('lists that are nested too deep are refused, and the store stays whole', async () => {
    const engine = await open();
    expect(errorOf(engine, 'a = []; for (i in range(4000)) { a = [a]; }; .a = a;')).toBe(-63);
    expect(ask(engine, 'a = []; for (i in range(400)) { a = [a]; }; .a = a; .a.len();')).toBe(1);
    await engine.store.close();
    const again = await open();
    expect(ask(again, '.a.len();')).toBe(1);
    await again.close();
  });

  test('collections come, change their names and go', async () => {
    const engine = await open();
    ask(engine, "new_collection('shop'); set_default_deep('@:shop', 3);", '@t');
    ask(engine, '.x = 1;', '@:shop');
    ask(engine, "rename_collection('shop', 'store');", '@t');
    await engine.close();
    const again = await open();
    expect(ask(again, '.x;', '@:store')).toBe(1);
    expect(errorOf(again, '.x;', '@:shop')).toBe(-54);
    ask(again, "del_collection('store');", '@t');
    await again.close();
    const third = await open();
    expect(errorOf(third, '.x;', '@:store')).toBe(-54);
    await third.close();
  });

  test('a checkpoint that is written while changes go on holds the state at its start, and the log the rest', async () => {
    const engine = await open();
    ask(engine, '.l = []; .t = {n: 0}; nil;');
    for (let i = 0; i < 200; i++) ask(engine, `.l.push({i: ${i}}); .t.n += 1;`);
    const writing = engine.checkpoint();
    for (let i = 200; i < 400; i++) {
      ask(engine, `.l.push({i: ${i}}); .t.n += 1; .l[${i - 200}].i = -1;`);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    const before = ask(engine, '[.t.n, .l.len(), .l.map(|t| t.i).filter(|i| i < 0).len()];');
    expect(before).toEqual([400, 400, 200]);
    await engine.store.close();
    const again = await open();
    expect(ask(again, '[.t.n, .l.len(), .l.map(|t| t.i).filter(|i| i < 0).len()];')).toEqual(before);
    await again.close();
  });
});
