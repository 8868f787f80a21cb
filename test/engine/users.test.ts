import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rightRows } from '../../src/builtins/rights.ts';
import { tokenRows } from '../../src/builtins/tokens.ts';
import { userRows } from '../../src/builtins/users.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { TiError } from '../../src/errors.ts';
import { rightsText } from '../../src/model/rights.ts';
import { isWhitelisted, newUser } from '../../src/model/users.ts';
import { Regex } from '../../src/values/regex.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
const admin = (code: string) => ask(engine, code, '@t');
const adminError = (code: string) => errorOf(engine, code, '@t');

/** The code of the error that a user meets; null for none. */
function errorFor(name: string, code: string, scope = '//stuff'): number | null {
  const user = { id: engine.database.userByName(name)?.id ?? 0, name };
  try {
    engine.query({ user, client: null, scope, code, vars: null });
    return null;
  } catch (error) {
    if (error instanceof TiError) return error.code;
    throw error;
  }
}

beforeEach(async () => {
  engine = await memoryEngine();
});

test.each([...userRows, ...tokenRows, ...rightRows].map((row) => [row.name, row.example] as const))(
  'the example of %s: %s',
  (_name, example) => {
    const [code = '', wanted = ''] = example.split('  // => ');
    expect(admin(code)).toEqual(JSON.parse(wanted));
  },
);

test('what methods do is told to those who may change the collection', () => {
  admin("new_user('iris'); grant('//stuff', 'iris', QUERY);");
  ask(engine, "set_type('A', {m: |t| 5}); set_enum('E', {ONE: 1, m: |t| 5}); nil");
  const told = "[type_info('A'), enum_info('E')].every(|info| info.load().methods.m.has('definition'))";
  expect(errorFor('iris', `assert(!${told})`)).toBeNull();
  admin("grant('//stuff', 'iris', CHANGE);");
  expect(errorFor('iris', `assert(${told})`)).toBeNull();
});

describe('logging in', () => {
  const code = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      (user) => (user as { name: string }).name,
      (error: TiError) => error.code,
    );

  test('takes the password that was set last, and none when it was taken away', async () => {
    admin("new_user('iris'); set_password('iris', 'one'); set_password('iris', 'two');");
    expect(await code(engine.authenticate('iris', 'one'))).toBe(-56);
    expect(await code(engine.authenticate('iris', 'two'))).toBe('iris');
    admin("rename_user('iris', 'cato');");
    expect(await code(engine.authenticate('iris', 'two'))).toBe(-56);
    expect(await code(engine.authenticate('cato', 'two'))).toBe('cato');
    admin("set_password('cato', nil);");
    expect(await code(engine.authenticate('cato', 'two'))).toBe(-56);
  });

  test('takes a token until it expires or is removed', async () => {
    const token = admin("new_user('iris'); new_token('iris');") as string;
    const short = admin("new_token('iris', datetime());") as string;
    expect(await code(engine.authenticateToken(token))).toBe('iris');
    expect(await code(engine.authenticateToken(short))).toBe(-56);
    expect(await code(engine.authenticateToken('x'))).toBe(-56);
    expect(admin(`del_expired(); [has_token('${token}'), has_token('${short}')];`)).toEqual([true, false]);
    admin(`del_token('${token}');`);
    expect(await code(engine.authenticateToken(token))).toBe(-56);
    const other = admin("new_token('iris');") as string;
    admin("del_user('iris');");
    expect(await code(engine.authenticateToken(other))).toBe(-56);
  });
});

describe('rights', () => {
  test.each([
    [0, 'NO_ACCESS'],
    [1, 'QUERY'],
    [6, 'CHANGE|GRANT'],
    [27, 'USER'],
    [31, 'FULL'],
    [26, 'CHANGE|JOIN|RUN'],
  ])('%i is told as %s', (mask, text) => {
    expect(rightsText(mask)).toBe(text);
  });

  test('are needed for each kind of query, and hold from one query to the next', () => {
    admin("new_user('bob');");
    expect(errorFor('bob', '1;')).toBe(-55);
    admin("grant('//stuff', 'bob', QUERY);");
    expect(errorFor('bob', '1;')).toBeNull();
    expect(errorFor('bob', '.x = 1;')).toBe(-55);
    expect(errorFor('bob', 'future(|| .x = 1);')).toBe(-55);
    expect(errorFor('bob', "future(|| 'reads');")).toBeNull();
    admin("grant('//stuff', 'bob', CHANGE);");
    expect(errorFor('bob', '.x = 1;')).toBeNull();
    admin("revoke('//stuff', 'bob', FULL);");
    expect(errorFor('bob', '1;')).toBe(-55);
    expect(errorFor('nobody', '1;')).toBe(-55);
  });

  test('are checked before the arguments, and before the text is read', () => {
    admin("new_user('bob'); grant('@t', 'bob', QUERY|CHANGE);");
    expect(errorFor('bob', 'new_user();', '@t')).toBe(-55);
    expect(errorFor('bob', 'has_token();', '@t')).toBe(-55);
    expect(adminError('new_user();')).toBe(-62);
    expect(errorFor('bob', 'this is (no text')).toBe(-55);
  });

  test('on a scope are given by those who have GRANT there', () => {
    admin("new_user('bob'); new_user('eve'); grant('@t', 'bob', QUERY|CHANGE); grant('//stuff', 'bob', GRANT);");
    expect(errorFor('bob', "grant('//stuff', 'eve', QUERY);", '@t')).toBeNull();
    expect(errorFor('bob', "grant('@t', 'eve', QUERY);", '@t')).toBe(-55);
    expect(admin("user_info('eve').load().access;")).toEqual([{ scope: '@collection:stuff', privileges: 'QUERY' }]);
  });

  test('of the one who asks stay enough to give them back', () => {
    expect(adminError("revoke('@t', 'admin', QUERY);")).toBe(-63);
    expect(adminError("revoke('@t', 'admin', CHANGE);")).toBe(-63);
    expect(adminError("revoke('@t', 'admin', RUN|JOIN);")).toBeNull();
    expect(adminError("del_user('admin');")).toBe(-63);
  });

  test('end with the collection, also for one that gets its name later', () => {
    admin("new_user('bob'); new_collection('x'); grant('//x', 'bob', FULL); del_collection('x'); new_collection('x');");
    expect(admin("user_info('bob').load().access;")).toEqual([]);
  });
});

describe('whitelists', () => {
  const user = newUser(9, 'bob', 0);
  beforeEach(() => user.whitelists.clear());

  test('none allows all, an empty one nothing, one with rules what fits a rule', () => {
    expect(isWhitelisted(user, 'rooms', null)).toBe(true);
    user.whitelists.set('rooms', []);
    expect(isWhitelisted(user, 'rooms', 'lobby')).toBe(false);
    user.whitelists.set('rooms', ['lobby', new Regex('^API_', 'i')]);
    expect(['lobby', 'api_x', 'lobb', 'xapi_x'].map((name) => isWhitelisted(user, 'rooms', name))).toEqual([true, true, false, false]);
    expect(isWhitelisted(user, 'rooms', null)).toBe(false);
    expect(isWhitelisted(user, 'procedures', 'anything')).toBe(true);
  });
});

test.each([
  ["new_user('');", -60],
  ["new_user('a b');", -60],
  ["new_user('admin');", -54],
  ["rename_user('nobody', 'x');", -54],
  ["set_password('admin', '');", -60],
  ["set_password('admin', 1);", -61],
  ["new_token('nobody');", -54],
  ["new_token('admin', 5);", -61],
  ["new_token('admin', datetime(5));", -60],
  ["new_token('admin', datetime(4294967296));", -60],
  ["del_token('short');", -60],
  ["del_token('0123456789012345678901');", -54],
  ["for (i in range(130)) new_token('admin');", -57],
  ["grant('//nope', 'nobody', 'x');", -54],
  ["grant('@t', 'admin', 'x');", -61],
  ["grant(1, 'admin', 1);", -61],
  ["whitelist_add('admin', 'doors');", -60],
  ["whitelist_add('admin', 'rooms', 'no name');", -60],
  ["whitelist_add('admin', 'rooms', 1);", -61],
  ["whitelist_del('admin', 'rooms');", -54],
])('%s gives the error %i', (code, wanted) => {
  expect(adminError(code)).toBe(wanted);
});

describe('after a restart', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'users-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test.each([true, false])('users, tokens, rights and whitelists are as they were; with a checkpoint: %s', async (withCheckpoint) => {
    const first = (await openEngine({ dir })).engine;
    ask(
      first,
      "new_user('iris'); new_user('gone'); set_password('iris', 'siri'); grant('//stuff', 'iris', QUERY|JOIN); new_token('gone');",
      '@t',
    );
    ask(
      first,
      "new_token('iris', datetime(4000000000), 'for tests'); new_token('iris'); whitelist_add('iris', 'rooms', /^a\\/b.*/i);",
      '@t',
    );
    ask(first, "whitelist_add('iris', 'procedures'); rename_user('iris', 'cato'); del_user('gone');", '@t');
    const token = (ask(first, "user_info('cato').load().tokens[1].key;", '@t') as string).slice();
    const before = ask(first, 'users_info();', '@t');
    await (withCheckpoint ? first.close() : first.store.close());
    const again = (await openEngine({ dir })).engine;
    expect(ask(again, 'users_info();', '@t')).toEqual(before);
    expect(before).toHaveLength(2);
    expect((await again.authenticate('cato', 'siri')).name).toBe('cato');
    expect((await again.authenticateToken(token)).name).toBe('cato');
    const id = again.database.userByName('cato')?.id ?? 0;
    ask(again, "new_user('fresh');", '@t');
    expect(again.database.userByName('fresh')?.id).toBeGreaterThan(id + 1);
    await again.close();
  });
});
