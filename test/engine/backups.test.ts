/** Scheduled backups: when they run, what they are called, how many are kept, and that a restart keeps the schedule. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupRows } from '../../src/builtins/backups.ts';
import { Backups, fileName } from '../../src/engine/backups.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { restoreBackup } from '../../src/storage/backup.ts';
import { typedOf } from '../conformance/typed.ts';
import { ask, memoryEngine } from '../support.ts';
import { TestClock } from './test-clock.ts';

const START = Date.UTC(2026, 10, 22, 18, 14, 42) / 1000;

let dir: string;
let clock: TestClock;
let warnings: string[];
let written: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'backups-'));
  clock = new TestClock(START);
  warnings = [];
  written = [];
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function schedule(write: (file: string) => Promise<unknown> = keep): Backups {
  const backups = new Backups({
    clock,
    file: join(dir, 'schedule.json'),
    changeId: () => 14,
    write,
    onWarning: (text) => warnings.push(text),
  });
  backups.start();
  return backups;
}

async function keep(file: string): Promise<void> {
  writeFileSync(file, 'backup');
  written.push(file.slice(dir.length + 1));
}

function infoOf(backups: Backups, id: number): Record<string, unknown> {
  const w = new MsgpackWriter();
  backups.writeInfo(w, id);
  return typedOf(w.take()) as Record<string, unknown>;
}

/** Lets time pass, and what runs then end. */
async function until(seconds: number): Promise<void> {
  clock.set(seconds);
  await new Promise((resolve) => setImmediate(resolve));
  clock.set(seconds);
}

const template = (name: string): string => join(dir, name);

test('names of files have date and time in UTC and the last change', () => {
  expect(fileName('/x_{DATE}_{TIME}_{CHANGE_ID}.tar.gz', START, 14)).toBe('/x_20261122_181442_14.tar.gz');
});

test.each(backupRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', async (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(ask(await memoryEngine(), code, '@n')).toEqual(JSON.parse(wanted));
});

describe('a schedule', () => {
  test('runs once, at its time, and tells what came of it', async () => {
    const backups = schedule();
    const id = backups.add({ template: template('a_{TIME}.tar.gz'), start: START + 60, repeat: 0, maxFiles: 7 });
    await until(START + 59);
    expect(written).toEqual([]);
    expect(infoOf(backups, id)).toMatchObject({ next_run: '2026-11-22 18:15:42Z', files: [] });
    await until(START + 60);
    expect(infoOf(backups, id)).toEqual({
      id: 0,
      created_at: START,
      file_template: template('a_{TIME}.tar.gz'),
      result_message: 'success - 2026-11-22 18:15:42Z',
      result_code: 0,
      files: [template('a_181542.tar.gz')],
    });
    await until(START + 1_000_000);
    expect(written).toEqual(['a_181542.tar.gz']);
  });

  test('runs at once when no start is given', async () => {
    const backups = schedule();
    const id = backups.add({ template: template('now.tar.gz'), start: null, repeat: 0, maxFiles: 1 });
    expect(infoOf(backups, id)).toMatchObject({ next_run: 'pending' });
    await until(START);
    expect(written).toEqual(['now.tar.gz']);
  });

  test('repeats, from its start and not from the time of the last run, and keeps so many files', async () => {
    const backups = schedule();
    backups.add({ template: template('{TIME}.tar.gz'), start: START, repeat: 10, maxFiles: 2 });
    for (const seconds of [0, 10, 20, 35]) await until(START + seconds);
    expect(written).toEqual(['181442.tar.gz', '181452.tar.gz', '181502.tar.gz', '181517.tar.gz']);
    expect(readdirSync(dir).filter((name) => name.endsWith('.gz'))).toEqual(['181502.tar.gz', '181517.tar.gz']);
    expect(infoOf(backups, 0)).toMatchObject({ next_run: '2026-11-22 18:15:22Z', repeat: 10, max_files: 2 });
  });

  test('goes on after a failure, which it tells', async () => {
    let isBroken = true;
    const backups = schedule(async (file) => {
      if (isBroken) throw new Error('no space');
      await keep(file);
    });
    backups.add({ template: template('b.tar.gz'), start: START, repeat: 10, maxFiles: 2 });
    await until(START);
    expect(backups.isOk).toBe(false);
    expect(infoOf(backups, 0)).toMatchObject({ result_code: 1, result_message: 'no space', files: [] });
    expect(warnings).toEqual(['backup 0 failed: no space']);
    isBroken = false;
    await until(START + 10);
    expect(backups.isOk).toBe(true);
  });

  test('makes the last folder of a path, and no other', async () => {
    const backups = schedule();
    backups.add({ template: template('new/c.tar.gz'), start: null, repeat: 0, maxFiles: 1 });
    await until(START);
    backups.add({ template: template('no/such/c.tar.gz'), start: null, repeat: 0, maxFiles: 1 });
    await until(START + 1);
    expect([existsSync(template('new/c.tar.gz')), existsSync(template('no'))]).toEqual([true, false]);
  });

  test('is kept over a restart; what was missed runs then', async () => {
    const before = schedule();
    before.add({ template: template('{TIME}.tar.gz'), start: START + 10, repeat: 60, maxFiles: 3 });
    before.add({ template: template('d.tar.gz'), start: START + 500, repeat: 0, maxFiles: 3 });
    before.remove(1, false);
    await before.stop();
    clock = new TestClock(START + 30);
    const after = schedule();
    await until(START + 30);
    expect(written).toEqual(['181512.tar.gz']);
    expect(after.ids()).toEqual([0]);
    expect(after.add({ template: template('e.tar.gz'), start: START + 900, repeat: 0, maxFiles: 1 })).toBe(2);
  });

  test('is removed with its files only when asked to', async () => {
    const backups = schedule();
    for (const name of ['f.tar.gz', 'g.tar.gz']) {
      backups.add({ template: template(name), start: null, repeat: 0, maxFiles: 1 });
      await until(START);
    }
    backups.remove(0, false);
    backups.remove(1, true);
    expect([existsSync(template('f.tar.gz')), existsSync(template('g.tar.gz')), backups.ids()]).toEqual([true, false, []]);
  });
});

test('a script has a backup written that opens as a store', async () => {
  const { engine } = await openEngine({ dir: join(dir, 'data') });
  engine.startSchedules();
  ask(engine, '.x = 42;');
  expect(ask(engine, `new_backup('${join(dir, 'real.tar.gz')}');`, '@n')).toBe(0);
  await expect.poll(() => ask(engine, 'backup_info(0).load().get("result_code");', '@n'), { timeout: 10_000 }).toBe(0);
  await engine.close();
  await restoreBackup(join(dir, 'real.tar.gz'), join(dir, 'restored'));
  const { engine: restored } = await openEngine({ dir: join(dir, 'restored') });
  expect([ask(restored, '.x'), ask(restored, 'backups_info()', '@n')]).toEqual([42, []]);
  await restored.close();
});

describe('restore', () => {
  const file = (): string => join(dir, 'r.tar.gz');

  /** A backup of a database with users, a procedure, tasks, commits and data. */
  async function prepared(): Promise<void> {
    const { engine } = await openEngine({ dir: join(dir, 'source') });
    ask(engine, "new_user('bob'); set_password('bob', 'pw'); new_collection('shop'); grant('//shop', 'bob', USER);", '@t');
    ask(engine, "new_procedure('hello', || 'hello'); set_history('//shop', true); set_time_zone('//shop', 'Europe/Amsterdam');", '@t');
    ask(engine, "commit('types'); set_type('P', {name: 'str', friends: '{P}'}); mod_type('P', 'rel', 'friends', 'friends');", '//shop');
    ask(engine, ".p = P{name: 'a'}; .q = P{name: 'b'}; .p.friends.add(.q); .id = .p.id(); nil;", '//shop');
    ask(engine, ".t = task(datetime(4000000000), |t, p| p, [.p]); .t.set_owner('bob'); nil;", '//shop');
    ask2019(engine, "p.set('colour', 'red'); set('k', [1, 2]);", 'shop');
    ask2019(engine, "set_quota('shop', 'things', 90)", 0);
    await engine.backup(file());
    await engine.close();
  }

  const ask2019 = (engine: LocalEngine, code: string, target: string | number): readonly unknown[] => {
    const user = engine.database.userByName('admin') as { id: number; name: string };
    return engine.query2019({ user, client: null, target, code, blobs: [] }).results;
  };

  const SHOP = '[.p.name, .p.id() == .id, .q.friends.has(.p), .t.id() == nil, tasks().len(), datetime(0).zone()];';

  async function restored(options: string): Promise<LocalEngine> {
    const target = await openEngine({ dir: join(dir, `target${Math.random()}`) });
    engines.push(target.engine);
    ask(target.engine, "new_user('eve');", '@t');
    expect(ask(target.engine, `restore('${file()}', ${options});`, '@t')).toBeNull();
    await expect.poll(() => target.engine.database.collectionsByName.has('shop'), { timeout: 10_000 }).toBe(true);
    return target.engine;
  }

  const engines: LocalEngine[] = [];
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });

  const as = (engine: LocalEngine, name: string, code: string, scope: string): unknown => {
    const user = engine.database.userByName(name);
    if (user === undefined) throw new Error(`no user ${name}`);
    const { value } = engine.query({ user, client: null, scope, code, vars: null });
    return value;
  };

  test('brings users, procedures, collections and history back, and nobody stays logged in', async () => {
    await prepared();
    const engine = await restored('{restore_tasks: true}');
    expect(ask(engine, '1;', '@t')).toMatchObject({ error: -55 });
    const admin = engine.database.userByName('admin') as { id: number };
    expect(admin.id).toBeGreaterThan(1);
    expect([...engine.database.users.values()].map((user) => user.name)).toEqual(['admin', 'bob']);
    expect(await engine.authenticate('bob', 'pw')).toMatchObject({ name: 'bob' });
    expect(as(engine, 'bob', '.p.name', '//shop')).toBe('a');
    expect(as(engine, 'bob', '.t.owner()', '//shop')).toBe('bob');
    expect(as(engine, 'admin', "run('hello')", '@t')).toBe('hello');
    expect(as(engine, 'admin', "history({scope: '//shop', last: 9}).len()", '@t')).toBe(1);
    expect(ask2019(engine, "p.get('colour'); hasattr('k')", 'shop')).toMatchObject([{ value: 'red' }, true]);
    expect(engine.database.collectionByName('shop').quotas).toMatchObject({ things: 90, properties: null });
  });

  test('takes access when asked to, and leaves tasks out', async () => {
    await prepared();
    const engine = await restored('{take_access: true}');
    expect(ask(engine, SHOP, '//shop')).toEqual(['a', true, true, true, 0, 'Europe/Amsterdam']);
    expect(ask(engine, 'users_info().map(|u| u.load().name);', '@t')).toEqual(['admin', 'eve']);
  });

  test('is the same after a restart', async () => {
    await prepared();
    const engine = await restored('{take_access: true}');
    ask(engine, '.p.friends.clear(); .new = P{}; nil;', '//shop');
    await engine.checkpoint();
    const { dir: at } = { dir: join(dir, 'again') };
    await engine.backup(join(dir, 'second.tar.gz'));
    await restoreBackup(join(dir, 'second.tar.gz'), at);
    const second = await openEngine({ dir: at });
    engines.push(second.engine);
    expect(firstDifference(engine.database, second.engine.database)).toBeNull();
  });

  test('needs a database without data', async () => {
    await prepared();
    const { engine } = await openEngine({ dir: join(dir, 'full') });
    engines.push(engine);
    ask(engine, '.x = 1;');
    expect(ask(engine, `restore('${file()}');`, '@t')).toMatchObject({ error: -63 });
  });

  test('of a damaged backup changes nothing', async () => {
    await prepared();
    const bytes = readFileSync(file());
    writeFileSync(file(), bytes.subarray(0, bytes.length >> 1));
    const { engine } = await openEngine({ dir: join(dir, 'whole'), onWarning: (text) => warnings.push(text) });
    engines.push(engine);
    expect(ask(engine, `restore('${file()}');`, '@t')).toBeNull();
    await expect.poll(() => warnings.length, { timeout: 10_000 }).toBe(1);
    expect([ask(engine, 'collections_info().map(|c| c.load().name);', '@t'), engine.lastChangeId]).toEqual([['stuff'], 1]);
  });
});
