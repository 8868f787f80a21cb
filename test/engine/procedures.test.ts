import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { procedureRows } from '../../src/builtins/procedures.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { type Typed, typedOf } from '../conformance/typed.ts';
import { packVars } from '../conformance/vars.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };
let engine: LocalEngine;

beforeEach(async () => {
  engine = await memoryEngine();
});

/** Sends a RUN request; `args` is JSON, or bytes. */
function run(procedure: string, args?: string | Uint8Array, scope = '//stuff', user = ADMIN): Typed {
  try {
    const bytes = args === undefined ? null : typeof args === 'string' ? packVars(args) : args;
    const answer = engine.run({ user, client: null, scope, procedure, args: bytes });
    const w = new MsgpackWriter();
    encodeValue(w, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks });
    return typedOf(w.take());
  } catch (error) {
    if (error instanceof TiError) return { error: error.code, message: error.message };
    throw error;
  }
}

const errorMessage = (answer: Typed): string => String((answer as { message: string }).message);

test.each(procedureRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(ask(engine, code)).toEqual(JSON.parse(wanted));
});

describe('a run request', () => {
  beforeEach(() => {
    ask(engine, "new_procedure('args', |a, b| [a, b]); new_procedure('put', |x| .x = x); new_procedure('late', |x| future(|x| x + 1));");
  });

  test.each([
    [undefined, [null, null]],
    ['null', [null, null]],
    ['[]', [null, null]],
    ['[1]', [1, null]],
    ['[1, [2, 3], 4]', [1, [2, 3]]],
    ['{}', [null, null]],
    ['{"b": 2, "zzz": [1, {"deep": 1}], "a": 1}', [1, 2]],
  ])('with %s', (args, wanted) => {
    expect(run('args', args)).toEqual(wanted);
  });

  test('does not read arguments that nobody takes', () => {
    // [1, 2, <a byte that starts nothing>]
    expect(run('args', Buffer.from([0x93, 1, 2, 0xc1]))).toEqual([1, 2]);
  });

  test.each([
    ['5', -53, /array or a map/],
    ['"text"', -53, /array or a map/],
    ['true', -53, /array or a map/],
    ['[1, 18446744073709551615]', -59, /argument 1 for procedure `args`/],
    ['{"a": {"#": 1}}', -60, /argument `a` for procedure `args`/],
  ])('with %s gives the error %i', (args, code, message) => {
    const answer = run('args', args);
    expect(answer).toMatchObject({ error: code });
    expect(errorMessage(answer)).toMatch(message);
  });

  test.each([
    [[0x81, 0x05, 0x01], /uint64/],
    [[0x81, 0xff, 0x01], /int64/],
    [[0x81, 0xc0, 0x01], /nil/],
    [[0x81, 0xc2, 0x01], /boolean/],
    [[0x81, 0x91, 0x01, 0x01], /array/],
  ])('with a key that is no str: %j', (bytes, message) => {
    const answer = run('args', Buffer.from(bytes));
    expect(answer).toMatchObject({ error: -60 });
    expect(errorMessage(answer)).toMatch(message);
  });

  test.each([[[0x92, 0x01]], [[0x81]], [[0x82, 0xa3, 0x7a, 0x7a, 0x7a]], [[0xc1]], [[0xdd, 0xff]]])(
    'with bytes that end too early: %j',
    (bytes) => {
      expect([-53, -62]).toContain((run('args', Buffer.from(bytes)) as { error: number }).error);
    },
  );

  test('makes the change that the procedure needs', () => {
    const before = engine.lastChangeId;
    expect(run('put', '[7]')).toBe(7);
    expect(engine.lastChangeId).toBe(before + 1);
    expect(ask(engine, '.x;')).toBe(7);
    expect(run('args', '[1, 2]')).toEqual([1, 2]);
    expect(engine.lastChangeId).toBe(before + 1);
  });

  test('gives the result of a future', () => {
    expect(run('late', '[41]')).toBe(42);
  });

  test('looks for scope and procedure before rights, and for rights before the arguments', () => {
    ask(engine, "new_user('bob');", '@t');
    const bob = { id: engine.database.userByName('bob')?.id ?? 0, name: 'bob' };
    expect(run('args', undefined, '@n')).toMatchObject({ error: -53 });
    expect(run('args', undefined, '//nope')).toMatchObject({ error: -54 });
    expect(run('nope', undefined, '//stuff', bob)).toMatchObject({ error: -54 });
    expect(run('args', '5', '//stuff', bob)).toMatchObject({ error: -55 });
    ask(engine, "grant('//stuff', 'bob', RUN);", '@t');
    expect(run('args', '[1]', '//stuff', bob)).toEqual([1, null]);
    expect(run('put', '[1]', '//stuff', bob)).toMatchObject({ error: -55 });
    ask(engine, "grant('//stuff', 'bob', CHANGE); whitelist_add('bob', 'procedures', /^pu/);", '@t');
    expect(run('put', '[1]', '//stuff', bob)).toBe(1);
    expect(run('args', '5', '//stuff', bob)).toMatchObject({ error: -55 });
    ask(engine, "whitelist_add('bob', 'procedures', 'args');", '@t');
    expect(run('args', '[1]', '//stuff', bob)).toEqual([1, null]);
  });

  test('finds procedures of the scope of users', () => {
    ask(engine, "new_procedure('make', |name| new_collection(name));", '@t');
    expect(run('make', '["fresh"]', '@thingsdb')).toBe('fresh');
    expect(ask(engine, "has_collection('fresh');", '@t')).toBe(true);
  });
});

describe('after a restart', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'procedures-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** What there is when the store is opened again; without a checkpoint, from the log alone. */
  async function reopened(codes: readonly string[], scope: string, withCheckpoint: boolean, read: string): Promise<Typed> {
    const first = (await openEngine({ dir })).engine;
    for (const code of codes) ask(first, code, scope);
    await (withCheckpoint ? first.close() : first.store.close());
    const again = (await openEngine({ dir })).engine;
    const answer = ask(again, read, scope);
    await again.close();
    return answer;
  }

  test.each(['//stuff', '@t'])('procedures of %s are as they were', async (scope) => {
    const codes = [
      "new_procedure('keep', |x| { 'Doc.'; x + 1; }); new_procedure('gone', || 1); new_procedure('old', || 2); new_procedure('mod', || 3);",
      "del_procedure('gone'); rename_procedure('old', 'new'); mod_procedure('mod', |a| wse(a));",
    ];
    const read = "[procedures_info().map(|p| p.load().name), run('keep', 1), procedure_doc('keep'), run('new'), wse(run('mod', 5))];";
    const wanted = [['keep', 'mod', 'new'], 2, 'Doc.', 2, 5];
    expect(await reopened(codes, scope, false, read)).toEqual(wanted);
    expect(await reopened([], scope, true, read)).toEqual(wanted);
    expect(await reopened([], scope, true, read)).toEqual(wanted);
  });

  test('what was removed after a checkpoint stays removed, also when only the log told so at the next start', async () => {
    await reopened(["new_procedure('a', || 1); new_procedure('b', || 1);"], '//stuff', true, '1;');
    // Removed in the log; the next start replays that, and the checkpoint after it must take out the record.
    await reopened(["del_procedure('a');"], '//stuff', false, '.x = 1;');
    expect(await reopened([], '//stuff', true, 'procedures_info().map(|p| p.load().name);')).toEqual(['b']);
    expect(await reopened([], '//stuff', true, 'procedures_info().map(|p| p.load().name);')).toEqual(['b']);
  });

  test('nothing of a removed collection comes back', async () => {
    const first = (await openEngine({ dir })).engine;
    ask(first, "new_collection('old');", '@t');
    ask(first, ".things = range(300).map(|n| {n:}); new_procedure('p', || 1); nil;", '//old');
    await first.close();
    const second = (await openEngine({ dir })).engine;
    ask(second, "del_collection('old');", '@t');
    await second.store.close();
    const third = (await openEngine({ dir })).engine;
    await third.close();
    const fourth = (await openEngine({ dir })).engine;
    // The keys of pages begin with a byte of their own.
    const collectionOf = (key: Uint8Array): number => Buffer.from(key).readUIntBE(key[0] === 0xff ? 1 : 0, 6);
    expect([...fourth.store.records()].filter(([key]) => collectionOf(key) > 2)).toEqual([]);
    expect(errorOf(fourth, '1;', '//old')).toBe(-54);
    await fourth.close();
  });
});
