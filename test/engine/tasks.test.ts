/** Tasks: when they run, as whom, what becomes of them, and that a restart loses none. */
import { describe, expect, it, test } from 'vitest';
import { taskRows } from '../../src/builtins/tasks.ts';
import { type EngineOptions, LocalEngine } from '../../src/engine/engine.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import type { LogEntry, Store } from '../../src/storage/store.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';
import { TestClock } from './test-clock.ts';

const START = 3_000_000_000;

interface World {
  readonly engine: LocalEngine;
  readonly clock: TestClock;
  readonly log: LogEntry[];
  readonly warnings: string[];
  q(code: string, scope?: string): unknown;
}

function recordingStore(begin: readonly LogEntry[], log: LogEntry[]): Store {
  const inner = memoryStore();
  return Object.assign(Object.create(inner) as Store, {
    log: () => begin,
    append: (id: number, scope: number, data: Uint8Array) => {
      inner.append(id, scope, data);
      log.push({ id, scope, data: Uint8Array.from(data) });
    },
  });
}

function world(engine: LocalEngine, clock: TestClock, log: LogEntry[], warnings: string[]): World {
  return { engine, clock, log, warnings, q: (code, scope) => ask(engine, code, scope) };
}

async function fresh(): Promise<World> {
  const clock = new TestClock(START);
  const log: LogEntry[] = [];
  const warnings: string[] = [];
  const options: EngineOptions = { clock, onWarning: (text) => warnings.push(text) };
  const engine = new LocalEngine(recordingStore([], log), options);
  await engine.initialize('no password');
  engine.tasks.start();
  return world(engine, clock, log, warnings);
}

/** What another process has that opens the same log; its tasks do not run before they are started. */
function restarted(before: World, clock = before.clock): World {
  const log: LogEntry[] = [];
  const warnings: string[] = [];
  const engine = new LocalEngine(recordingStore([...before.log], log), { clock, onWarning: (text) => warnings.push(text) });
  engine.recover();
  return world(engine, clock, log, warnings);
}

test.each(taskRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', async (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(ask(await memoryEngine(), code)).toEqual(JSON.parse(wanted));
});

describe('tasks', () => {
  it('run when their time has come, not before, and are empty then', async () => {
    const { q, clock } = await fresh();
    q(`.t = task(datetime(${START + 100}), |t, a| .x = a, [7]);`);
    clock.set(START + 99);
    expect(q('[.get("x"), tasks().len()]')).toEqual([null, 1]);
    clock.set(START + 100);
    expect(q('[.get("x"), tasks().len(), .t.id(), .t.err(), .t]')).toEqual([7, 0, null, null, 'task:nil']);
  });

  it('run in the order of their times, those of one time in the order in which they are told', async () => {
    const { q, clock } = await fresh();
    q(`.seen = [];
      task(datetime(${START + 30}), || .seen.push(3));
      task(datetime(${START + 10}), || .seen.push(1));
      task(datetime(${START + 10}), || .seen.push(2)); nil;`);
    clock.set(START + 60);
    expect(q('.seen')).toEqual([1, 2, 3]);
  });

  it('make one change each, which also takes them away', async () => {
    const { q, clock, engine } = await fresh();
    q(`task(datetime(${START + 1}), || .x = 1); task(datetime(${START + 1}), || 2); nil;`);
    const before = engine.database.changeId;
    clock.set(START + 1);
    expect(engine.database.changeId).toBe(before + 2);
  });

  it('keep their error and tell the log', async () => {
    const { q, clock, warnings, engine } = await fresh();
    q(`.t = task(datetime(${START + 1}), || { .x = 1; 1 / 0; }); nil;`);
    clock.set(START + 1);
    expect(q('[.x, .t.err().code(), .t.at(), tasks().len(), .t]')).toEqual([1, -58, null, 1, `<task:3 owner:admin run_at:nil status:err>`]);
    expect(warnings).toEqual([expect.stringContaining('task 3 of `@collection:stuff` failed')]);
    expect(engine.counters.tasksWithError).toBe(1);
  });

  it('run again when they say so, also after an error', async () => {
    const { q, clock, engine } = await fresh();
    q(`.n = 0; .t = task(datetime(${START + 10}), |t| { t.again_in('seconds', 60); .n += 1; if (.n == 2) raise('twice'); }); nil;`);
    clock.set(START + 10);
    expect(q('[.n, .t.at() == datetime(3000000070), .t.err(), .t]')).toEqual([
      1,
      true,
      null,
      '<task:3 owner:admin run_at:2065-01-24T05:21:10Z status:ok>',
    ]);
    clock.set(START + 70);
    expect(q('[.n, .t.at() == datetime(3000000130), .t.err()]')).toEqual([2, true, 'twice']);
    clock.set(START + 130);
    expect(q('[.n, .t.err()]')).toEqual([3, null]);
    expect([engine.counters.tasksSuccess, engine.counters.tasksWithError]).toEqual([2, 1]);
  });

  it('go on after a gap as if they had not been missed', async () => {
    const { q, clock } = await fresh();
    q(`.t = task(datetime(${START - 1000}), |t| { .from = t.at(); t.again_in('minutes', 1); }); nil;`);
    clock.set(START);
    expect(q(`[.from == datetime(${START - 1000}), .t.at() == datetime(${START - 1000 + 17 * 60})]`)).toEqual([true, true]);
    q(`.d = task(datetime(${START - 5 * 365 * 86400}), |t| t.again_in('days', 1)); nil;`);
    clock.set(START + 1);
    expect(q(`int(.d.at()) - ${START} <= 86400`)).toBe(true);
  });

  it('keep the time of the clock when days pass, also over a change of summer time', async () => {
    const { q, clock } = await fresh();
    q("set_time_zone('//stuff', 'Europe/Amsterdam');", '@t');
    q(".t = task(datetime(2065, 3, 28, 20), |t| t.again_in('days', 1)); nil;");
    const at = q('int(.t.at())') as number;
    clock.set(at);
    expect(q('[.t.at().format("%H:%M"), int(.t.at())]')).toEqual(['20:00', at + 23 * 3600]);
  });

  it('refuse to run again in the past, and for anyone but the task itself', async () => {
    const { q, clock, engine } = await fresh();
    q(`.e = []; .t = task(datetime(${START + 1}), |t| {
      .e.push(try(t.again_at(datetime(${START}))).code());
      .e.push(try(t.again_in('days', 0)).code());
      .e.push(try(.other.again_in('days', 1)).code());
    }); .other = task(datetime(4000000000), || 1); nil;`);
    clock.set(START + 1);
    expect(q('.e')).toEqual([-60, -60, -63]);
    expect(errorOf(engine, ".other.again_in('days', 1)")).toBe(-63);
  });

  it('set themselves again in a callback of a future, and fail with it', async () => {
    const { q, clock } = await fresh();
    q(`.t = task(datetime(${START + 1}), |t| future(|t| nil, [nil]).then(|x| x)); nil;`);
    q(`.u = task(datetime(${START + 1}), |t| { id = t.id(); future(|id| task(id).again_in('hours', 1)); }); nil;`);
    q(`.v = task(datetime(${START + 1}), |t| { future(|| raise('later')); }); nil;`);
    clock.set(START + 1);
    expect(q('[.u.at(), .u.err(), .v.err(), .v.at()]')).toEqual(['2065-01-24T06:20:01Z', null, 'later', null]);
  });

  it('run with the rights of their owner', async () => {
    const { q, clock, engine } = await fresh();
    q("new_user('bob'); grant('//stuff', 'bob', USER);", '@t');
    q(`.t = task(datetime(${START + 1}), || .x = user_info().load().name); .t.set_owner('bob'); nil;`);
    q(`.u = task(datetime(${START + 2}), || .y = 1); .u.set_owner('bob'); nil;`);
    clock.set(START + 1);
    expect(q('.x')).toBe('bob');
    q("revoke('//stuff', 'bob', CHANGE);", '@t');
    clock.set(START + 2);
    expect(q('[.u.err().code(), .get("y")]')).toEqual([-55, null]);
    expect(engine.counters.tasksWithError).toBe(1);
  });

  it('run in the scope of users and collections, too', async () => {
    const { q, clock } = await fresh();
    q(`task(datetime(${START + 1}), |t, name| new_collection(name), ['made']); nil;`, '@t');
    clock.set(START + 1);
    expect(q("[has_collection('made'), tasks()]", '@t')).toEqual([true, []]);
  });

  it('cancelled, deleted or moved by others do as they are told', async () => {
    const { q, clock } = await fresh();
    q(`.a = task(datetime(${START + 5}), || .x = 1); .b = task(datetime(${START + 5}), || .y = 1);
      task(datetime(${START + 1}), |t, a, b| { a.cancel(); b.del(); }, [.a, .b]); nil;`);
    clock.set(START + 9);
    expect(q('[.keys(), .a.err().code(), .b.id(), .a.at()]')).toEqual([['a', 'b'], -64, null, null]);
  });

  it('end with their owner, in every scope, and what only they held leaves', async () => {
    const w = await fresh();
    const { q, engine } = w;
    q("new_user('bob'); grant('//stuff', 'bob', USER); grant('@t', 'bob', USER);", '@t');
    q(".t = task(datetime(4000000000), |t, a| 1, [{x: {}}]); .t.set_owner('bob'); .id = .t.args()[0].id(); nil;");
    q("task(datetime(4000000000), || 1).set_owner('bob');", '@t');
    q("del_user('bob');", '@t');
    expect(q('[tasks(), .t.id()]')).toEqual([[], null]);
    expect(q('tasks()', '@t')).toEqual([]);
    expect(errorOf(engine, 'thing(.id)')).toBe(-54);
    expect(firstDifference(engine.database, restarted(w).engine.database)).toBeNull();
  });

  it('keep what their arguments hold', async () => {
    const w = await fresh();
    const { q, engine } = w;
    q('.t = task(datetime(4000000000), |t, a| 1, [{x: 5}]); .id = .t.args()[0].id(); nil;');
    expect(q('thing(.id).x')).toBe(5);
    expect(restarted(w).q('thing(.id).x')).toBe(5);
    q('.t.set_args([]);');
    expect(errorOf(engine, 'thing(.id)')).toBe(-54);
  });

  it('are there after a restart, and those that were missed run at once', async () => {
    const w = await fresh();
    w.q(`.n = 0; .t = task(datetime(${START + 50}), |t| { .n += 1; t.again_in('seconds', 50); });
      .bad = task(datetime(${START + 1}), || raise('no')); .old = task(datetime(4000000000), |t, a| a, ['x']); nil;`);
    w.clock.set(START + 1);
    w.q('.gone = task(datetime(4000000000), || 1); .gone.del();');
    w.engine.tasks.stop();
    const later = restarted(w, new TestClock(START + 120));
    expect(firstDifference(w.engine.database, later.engine.database)).toBeNull();
    expect(later.q('[.n, .bad.err(), .old.args(), .gone.id()]')).toEqual([0, 'no', ['x'], null]);
    later.engine.tasks.start();
    later.clock.set(START + 120);
    expect(later.q(`[.n, .t.at() == datetime(${START + 150})]`)).toEqual([1, true]);
    later.clock.set(START + 150);
    expect(later.q('.n')).toBe(2);
  });

  it('are sent by clients as what they are', async () => {
    const { q, engine } = await fresh();
    q('.t = task(datetime(4000000000), || 1); nil;');
    expect(q('task(.t.id()) == .t')).toBe(true);
    expect(errorOf(engine, 'task(99)')).toBe(-54);
    expect(q('[task() == task(), task() == .t, .t == .t]')).toEqual([true, false, true]);
  });
});
