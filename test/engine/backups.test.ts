/** Scheduled backups: when they run, what they are called, how many are kept, and that a restart keeps the schedule. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupRows } from '../../src/builtins/backups.ts';
import { Backups, fileName } from '../../src/engine/backups.ts';
import { openEngine } from '../../src/engine/open.ts';
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
