/**
 * A store that the reference server wrote, imported, and asked what that server was asked. `fixtures/store.tar.gz` is the folder of such a store, filled by queries of
 * this project; `fixtures/answers.json` has what the server answered on it.
 */
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { lazyCode } from '../../src/engine/toolchain.ts';
import { ImportError, readFolder, type StoreFiles } from '../../src/import/files.ts';
import { readStore } from '../../src/import/store.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { readTar } from '../../src/storage/tar.ts';
import { Folder, thingsc } from '../cli/harness.ts';
import type { Typed } from '../conformance/typed.ts';
import { ask } from '../support.ts';

interface Recorded {
  readonly scope: string;
  readonly code: string;
  readonly answer: Typed;
}

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const BACKUP = fixture('store.tar.gz');
const answers = JSON.parse(readFileSync(fixture('answers.json'), 'utf8')) as Recorded[];

async function filesOf(path: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of readTar(createReadStream(path).pipe(createGunzip()))) {
    const parts: Uint8Array[] = [];
    for await (const chunk of entry.chunks()) parts.push(Buffer.from(chunk));
    files.set(entry.name.replace(/^\.\//, ''), Buffer.concat(parts));
  }
  return files;
}

let folder: Folder;
let files: Map<string, Buffer>;

beforeAll(async () => {
  folder = new Folder();
  files = await filesOf(BACKUP);
});

afterAll(() => folder.remove());

describe('a store from a backup', () => {
  let engine: LocalEngine;
  let out = '';

  beforeAll(async () => {
    const dir = join(folder.path, 'imported');
    const outcome = await thingsc(['import', BACKUP, '--store', dir, '--password', 'new one']);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    out = outcome.out;
    expect((await thingsc(['verify', dir])).code).toBe(0);
    engine = (await openEngine({ dir })).engine;
  });

  afterAll(() => engine.close());

  test.each(answers)('$scope $code', ({ scope, code, answer }) => {
    expect(ask(engine, code, scope)).toEqual(answer);
  });

  test('passwords are not taken over, and it is told', async () => {
    expect(out).toContain('3 collections with 62 things, 4 users, 3 modules');
    expect(out).toContain('that of `admin` is now the one given; these users need a new one (set_password): ann');
    await expect(engine.authenticate('admin', 'new one')).resolves.toMatchObject({ id: 1 });
    await expect(engine.authenticate('admin', 'pass')).rejects.toMatchObject({ code: -56 });
    await expect(engine.authenticate('ann', 'secret')).rejects.toMatchObject({ code: -56 });
    const [token] = engine.database.userByName('ann')?.tokens ?? [];
    await expect(engine.authenticateToken(token?.key ?? '')).resolves.toMatchObject({ name: 'ann' });
  });

  test('what is made afterwards gets new ids', () => {
    expect(ask(engine, "new_user('later'); user_info('later').load().user_id > 8;", '@t')).toBe(true);
    expect(ask(engine, '.fresh = {}; .fresh.id() >= 39;', '//shop')).toBe(true);
    expect(
      ask(
        engine,
        "commit('later'); new_type('Later'); types_info().map(|t| t.load().type_id).len() == types_info().map(|t| t.load().type_id).unique().len();",
        '//shop',
      ),
    ).toBe(true);
  });
});

/** Writes the files into a folder of their own, and imports it. */
async function importFiles(from: StoreFiles, name: string): Promise<{ code: number | null; err: string; made: boolean }> {
  const source = join(folder.path, `${name}-source`);
  for (const [path, content] of from) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
  const dir = join(folder.path, name);
  const { code, err } = await thingsc(['import', source, '--store', dir]);
  return { code, err, made: existsSync(join(dir, 'store')) };
}

test('a folder is read as a backup is; a password is made up', async () => {
  const { code, made } = await importFiles(files, 'plain');
  expect([code, made]).toEqual([0, true]);
});

test.each([
  ['store/users.mp', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20), /store\/users\.mp, at byte \d+ of \d+: /],
  ['store/00000000003/props.mp', (bytes: Buffer) => bytes.subarray(0, 500), /props\.mp, at byte \d+ of 500: /],
  ['store/00000000003/things.mp', () => Buffer.from([0xc1]), /things\.mp, at byte \d+ of 1: /],
  ['store/00000000003/collection.dat', () => Buffer.alloc(3), /collection\.dat: the file must hold the 8 bytes of an id/],
  [
    'ti.mp',
    (bytes: Buffer) => Buffer.from(bytes.latin1Slice().replace('schema\x01', 'schema\x02'), 'latin1'),
    /ti\.mp, at byte \d+ of \d+: the store has schema 2/,
  ],
])('damage of %s is told with its place, and nothing is imported', async (path, damage, message) => {
  const broken = new Map(files).set(path, damage(files.get(path) as Buffer));
  const { code, err, made } = await importFiles(broken, `broken-${path.replaceAll('/', '-')}`);
  expect(err).toMatch(message);
  expect([code === 0, made]).toEqual([false, false]);
});

test('a file that is missing is told', async () => {
  const broken = new Map(files);
  broken.delete('store/names.mp');
  expect((await importFiles(broken, 'missing')).err).toContain('store/names.mp: the file is missing');
});

/** An archive with one change that has one step. */
function archiveOf(id: number, step: number): Buffer {
  const change = new MsgpackWriter();
  change.arrayHeader(3);
  change.int(id);
  change.int(0);
  change.arrayHeader(2);
  change.int(0);
  change.arrayHeader(2);
  change.int(step);
  change.nil();
  const w = new MsgpackWriter();
  w.arrayHeader(1);
  w.bin(`${'\0'.repeat(8)}${Buffer.from(change.take()).latin1Slice()}`);
  return Buffer.from(w.take());
}

test('changes that cannot be replayed are not left out in silence', async () => {
  const { changeId } = readStore(files, lazyCode).database;
  const path = 'archive/0000000000000001_00000000000fffff.mp';
  const unknown = await importFiles(new Map(files).set(path, archiveOf(changeId + 1, 99)), 'unknown-step');
  expect(unknown.err).toContain(`change ${changeId + 1} has a step 99, which this release cannot replay`);
  const gap = await importFiles(new Map(files).set(path, archiveOf(changeId + 2, 99)), 'gap');
  expect(gap.err).toContain(`the archive has no change ${changeId + 1}, though it has change ${changeId + 2}`);
  expect([unknown.code === 0, unknown.made, gap.code === 0, gap.made]).toEqual([false, false, false, false]);
});

test('what is no store is refused', async () => {
  const dir = join(folder.path, 'none');
  for (const source of [folder.path, fixture('answers.json'), join(folder.path, 'nowhere')]) {
    const { code, err } = await thingsc(['import', source, '--store', dir]);
    expect(err).toContain(`cannot import ${source}`);
    expect(code).not.toBe(0);
  }
  expect(existsSync(dir)).toBe(false);
});

test.each([
  ['store', 400],
  ['archive', 800],
] as const)('no single byte of %s that is cut off or changed goes further than an error', async (name, rounds) => {
  const whole = await filesOf(fixture(`${name}.tar.gz`));
  const paths = [...whole.keys()].filter((path) => path.endsWith('.mp') && (name === 'store' || path.startsWith('archive'))).sort();
  let refused = 0;
  for (let i = 0; i < rounds; i++) {
    const path = paths[i % paths.length] as string;
    const bytes = Buffer.from(whole.get(path) as Buffer);
    const at = (i * 7919) % bytes.length;
    bytes[at] = ((bytes[at] as number) + 1 + (i % 255)) & 0xff;
    try {
      readStore(new Map(whole).set(path, i % 2 === 0 ? bytes : bytes.subarray(0, at)), lazyCode);
    } catch (error) {
      expect(error).toBeInstanceOf(ImportError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(rounds / 2);
});

test('reading a folder passes the lock over', () => {
  const source = folder.file('.lock', 'x');
  expect(readFolder(dirname(source)).has('.lock')).toBe(false);
});
