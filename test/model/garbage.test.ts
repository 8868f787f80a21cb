/** Things that only hold one another leave, and nothing else does. */
import { describe, expect, it } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { Change } from '../../src/model/change.ts';
import type { Collection } from '../../src/model/collection.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { GarbageSearch } from '../../src/model/garbage.ts';
import { valuesOf } from '../../src/model/references.ts';
import { Transaction } from '../../src/model/transaction.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { ask, memoryEngine } from '../support.ts';
import { Checkpoints, recordingEngine, reopened } from './recording.ts';
import { inUse, wrongReferences } from './reference-check.ts';
import { RELATED, RelatedStatements, START, Statements } from './schema-statements.ts';

const stuff = (engine: LocalEngine): Collection => engine.database.collectionByName('stuff');
const ids = (engine: LocalEngine): number[] => [...stuff(engine).things.values()].map((thing) => thing.id);

const CIRCLES: readonly (readonly [string, string])[] = [
  ['of one', 'x = {}; x.self = x; .x = x; .del("x");'],
  ['of two', 'a = {}; b = {a: a}; a.b = b; .x = a; .del("x");'],
  ['through a list', 'a = {}; a.list = [1, {back: a}]; .x = a; .del("x");'],
  ['through a tuple', 'a = {}; .x = a; a.list = [[[{back: a}]]]; .del("x");'],
  ['through a set', 'a = {}; .x = a; a.set = set({back: a}); .del("x");'],
  ['through a dictionary', 'a = {}; a["no name"] = {back: a}; .x = a; .del("x");'],
  ['through a wrap', "a = {}; .x = a; .x.w = a.wrap(&{n: 'int'}); .del('x');"],
  ['through a relation', "set_type('P', {p: 'P?'}); mod_type('P', 'rel', 'p', 'p'); .a = P{}; .b = P{}; .a.p = .b; .del('a'); .del('b');"],
  ['in a list of circles', '.l = range(2000).map(|i| {x = {i: i}; x.x = x; x;}); .l.clear();'],
  ['that a long chain hangs on', 'a = {}; .x = a; a.a = a; range(3000).each(|i| {n = {i: i}; a.next = n; a = n;}); .del("x");'],
];

describe('what is in no use leaves', () => {
  it.each(CIRCLES)('a circle %s', async (_name, code) => {
    const { engine, log } = await recordingEngine();
    ask(engine, 'wse(); .keep = {a: {}}; .keep.a.back = .keep;');
    const before = ids(engine);
    expect(ask(engine, `wse(); ${code} nil;`)).toBeNull();
    expect(ids(engine).length).toBeGreaterThan(before.length);
    const next = stuff(engine).nextId;
    engine.collectGarbage();
    expect(ids(engine)).toEqual(before);
    expect(engine.counters.garbageCollected).toBeGreaterThan(0);
    expect(wrongReferences(engine.database)).toEqual([]);
    expect(ask(engine, '.id = {}; .id.id();')).toBe(next);
    // Another process reads the same from the log, and from a checkpoint.
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
    const checkpoints = new Checkpoints(engine);
    checkpoints.begin();
    expect(firstDifference(engine.database, reopened(checkpoints.end(), []).database)).toBeNull();
  });

  it('also what a store held when it was closed', async () => {
    const { engine, log } = await recordingEngine();
    ask(engine, 'x = {}; x.self = x; .x = x; .del("x"); nil;');
    const again = reopened([], log);
    again.collectGarbage();
    expect(ids(again)).toEqual([stuff(again).root.id]);
  });

  it('in the background, and rooms with it', async () => {
    const engine = new LocalEngine(memoryStore(), { garbageInterval: 0.001 });
    await engine.initialize('no password');
    const deleted: number[] = [];
    engine.onRoomEvent((event) => {
      if (event.kind === 'delete') deleted.push(event.roomId);
    });
    const room = ask(engine, '.l = range(5000).map(|i| {x = {i: i, room: room()}; x.x = x; x;}); .l[0].room.id();');
    ask(engine, '.l.clear();');
    await expect.poll(() => deleted.length).toBe(5000);
    expect(deleted).toContain(room);
    expect(ids(engine)).toEqual([stuff(engine).root.id]);
    await engine.close();
  });
});

it('is left where it is when the store is gone', async () => {
  const warnings: string[] = [];
  const engine = new LocalEngine(memoryStore(), { garbageInterval: 0.001, onWarning: (message) => warnings.push(message) });
  await engine.initialize('no password');
  ask(engine, 'x = {}; x.self = x; .x = x; .del("x"); nil;');
  // As when a disk fails: nobody waits for the error.
  await engine.store.close();
  await expect.poll(() => warnings).toEqual([expect.stringContaining('the store is closed')]);
});

it('is not searched for unless there may be some', async () => {
  const engine = await memoryEngine();
  ask(engine, '.a = {b: {c: {}}}; .del("a"); .b = [{}, {}]; .b.clear(); nil;');
  expect(stuff(engine).suspicious).toBe(false);
  ask(engine, '.a = {}; .b = .a; .del("b"); nil;');
  expect(stuff(engine).suspicious).toBe(true);
});

it('what comes into use while the search goes on stays', async () => {
  const engine = await memoryEngine();
  ask(engine, 'a = {n: 1}; .x = a; a.b = {a: a, c: {deep: 1}}; .y = {z: {}}; .ids = [a.id(), a.b.id()]; .del("x"); nil;');
  const search = new GarbageSearch(stuff(engine));
  while (!search.step(1));
  // It was found already, and is brought back by its id.
  ask(engine, '.y.z.again = thing(.ids[1]); nil;');
  while (!search.step(1));
  expect(search.finish()).toEqual([]);
  expect(ask(engine, '.y.z.again.a.b.c.deep;')).toBe(1);
});

/** Runs statements with steps of a search in between; gives what is wrong with what it found. */
async function searchAmong(start: string, statements: { statement(): string }, rounds: number): Promise<string | null> {
  const engine = await memoryEngine();
  const collection = stuff(engine);
  ask(engine, start);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 8; i++) ask(engine, `wse(); ${statements.statement()}`);
    const used = inUse(collection);
    const before = [...collection.things.values()].filter((thing) => !used.has(thing));
    const search = new GarbageSearch(collection);
    for (let step = 0; !search.step(2); step++) if (step < 15) ask(engine, `wse(); ${statements.statement()}`);
    const found = new Set(search.finish());
    const now = inUse(collection);
    for (const thing of found) if (now.has(thing)) return `round ${round}: #${thing.id} is in use`;
    for (const thing of before) {
      // What came into use during the search and out of it again is left to the next one.
      if (!search.hasMark(thing) && collection.things.get(thing.id) === thing && !found.has(thing))
        return `round ${round}: #${thing.id} was not found`;
    }
    const tx = new Transaction(collection, new Change(engine.database.changeId, new MsgpackWriter()));
    tx.removeGarbage([...found]);
    for (const thing of found) for (const value of valuesOf(thing)) tx.drop(value);
    tx.finish();
    if (!collection.suspicious && collection.things.size !== now.size) return `round ${round}: not all was collected`;
    const wrong = wrongReferences(engine.database)[0];
    if (wrong !== undefined) return `round ${round}: ${wrong}`;
  }
  return null;
}

describe('a search among random changes finds what is in no use', () => {
  const seeds = Array.from({ length: Number(process.env['FUZZ_RUNS'] ?? 15) }, (_, i) => i + Number(process.env['FUZZ_FIRST'] ?? 1));

  it('of instances with relations', async () => {
    for (const seed of seeds) expect(await searchAmong(RELATED, new RelatedStatements(seed), 6), `seed ${seed}`).toBeNull();
  });

  it('of types and things', async () => {
    for (const seed of seeds) expect(await searchAmong(START, new Statements(seed), 6), `seed ${seed}`).toBeNull();
  });
});
