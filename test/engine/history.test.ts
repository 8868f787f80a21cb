import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyRows } from '../../src/builtins/history.ts';
import { nodeRows } from '../../src/builtins/node.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
const messages = (options: string, at = engine) => ask(at, `history(${options}).map(|c| c.load().message);`, '@t');

beforeEach(async () => {
  engine = await memoryEngine();
});

test.each(historyRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(ask(engine, code, '@t')).toEqual(JSON.parse(wanted));
});

describe('commits', () => {
  beforeEach(() => {
    ask(engine, "set_history('//stuff', true);", '@t');
  });

  test('are kept with their text, and with the error when the query failed', () => {
    ask(engine, "commit('good'); .x = 1;");
    expect(errorOf(engine, "commit('bad'); .x = 2; raise('broken');")).toBe(-100);
    const [good, bad] = ask(engine, 'history({last: 2, detail: true}).map(|c| c.load());', '@t') as Record<string, unknown>[];
    expect(good).toMatchObject({ by: 'admin', message: 'good', code: "commit('good'); .x = 1;" });
    expect(good).not.toHaveProperty('err_msg');
    expect(bad).toMatchObject({ message: 'bad', err_msg: 'broken' });
    expect(bad?.['id']).toBe((good?.['id'] as number) + 1);
  });

  test.each([
    ["commit('no change');", -63],
    ["commit(''); .x = 1;", -60],
    ["commit('a'); commit('b'); .x = 1;", -63],
    ["future(|| { commit('late'); .x = 1; });", -63],
    ["new_procedure('p', || 1);", -63],
    ["new_type('T');", -63],
    ["set_enum('E', {A: 1});", -63],
    ["new_procedure('p', || 1); commit('late');", -63],
  ])('%s gives the error %i', (code, wanted) => {
    expect(errorOf(engine, code)).toBe(wanted);
  });

  test('one is enough for all that needs one', () => {
    expect(errorOf(engine, "commit('all'); new_procedure('p', || 1); new_type('T'); set_enum('E', {A: 1});")).toBeNull();
    expect(messages('{last: 9}')).toEqual(['all']);
    ask(engine, "set_history('//stuff', false);", '@t');
    expect(errorOf(engine, "new_procedure('q', || 1);")).toBeNull();
  });

  test('are found by options', () => {
    for (const n of [1, 2, 3]) ask(engine, `commit('c${n}'); .x = ${n};`);
    expect(messages('{last: 2}')).toEqual(['c2', 'c3']);
    expect(messages('{first: 2}')).toEqual(['c1', 'c2']);
    expect(messages('{first: 1, last: 2}')).toEqual(['c2']);
    expect(messages('{last: 2, contains: "c1"}')).toEqual([]);
    expect(messages('{match: /^c[13]/}')).toEqual(['c1', 'c3']);
    expect(messages('{has_err: true}')).toEqual([]);
    expect(messages('{after: datetime(5), before: datetime(4000000000)}')).toEqual(['c1', 'c2', 'c3']);
    expect(ask(engine, "i = history({contains: 'c2'})[0].load().id; [history({id: i}).load().message, history({id: 0})];", '@t')).toEqual([
      'c2',
      null,
    ]);
    expect(ask(engine, 'del_history({contains: "c2"});', '@t')).toBe(1);
    expect(messages('{last: 9}')).toEqual(['c1', 'c3']);
  });

  test.each([
    ['history({});', -54],
    ['history({last: nil});', -54],
    ['history({nope: 1});', -60],
    ['history({last: -1});', -60],
    ["history({contains: ''});", -60],
    ['history({match: 1});', -61],
    ['history({scope: 1});', -61],
    ["history({scope: '@t', last: 1});", -63],
    ["history({scope: '@n', last: 1});", -63],
    ["history({scope: '//nope', last: 1});", -54],
    ['del_history({last: 1, detail: true});', -60],
    ["set_history('@t', true); history({last: 1});", -54],
  ])('%s gives the error %i', (code, wanted) => {
    expect(errorOf(engine, code, '@t')).toBe(wanted);
  });
});

describe('after a restart', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'history-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test.each([true, false])('commits are as they were; with a checkpoint: %s', async (withCheckpoint) => {
    const first = (await openEngine({ dir })).engine;
    ask(first, "set_history('//stuff', true); set_history('@t', true);", '@t');
    for (const n of [1, 2, 3]) ask(first, `commit('c${n}'); .x = ${n};`);
    ask(first, "commit('made'); new_procedure('p', || 1);", '@t');
    ask(first, "del_history({scope: '//stuff', first: 1});", '@t');
    const read = (engine: LocalEngine) => [messages("{scope: '//stuff', last: 9}", engine), messages("{scope: '@t', last: 9}", engine)];
    expect(read(first)).toEqual([['c2', 'c3'], ['made']]);
    await (withCheckpoint ? first.close() : first.store.close());
    const again = (await openEngine({ dir })).engine;
    expect(read(again)).toEqual([['c2', 'c3'], ['made']]);
    ask(again, "set_history('//stuff', false);", '@t');
    await again.close();
    const third = (await openEngine({ dir })).engine;
    expect(ask(third, "collection_info('stuff').load().commit_history;", '@t')).toBe('disabled');
    expect(messages('{last: 9}', third)).toEqual(['made']);
    await third.close();
  });
});

describe('the node', () => {
  test.each(nodeRows.filter((row) => row.name !== 'shutdown').map((row) => [row.name, row.example, row.scopes?.[0]] as const))(
    'the example of %s: %s',
    (_name, example, scope) => {
      const [code = '', wanted = ''] = example.split('  // => ');
      expect(ask(engine, code, `@${scope}`)).toEqual(JSON.parse(wanted));
    },
  );

  test('counts queries, changes and programs that were kept', () => {
    ask(engine, 'reset_counters();', '@n');
    ask(engine, '.x = 1;');
    ask(engine, '.x = 1;');
    expect(errorOf(engine, '1 / 0;')).toBe(-58);
    expect(errorOf(engine, '1;', '//nope')).toBe(-54);
    expect(ask(engine, 'counters();', '@n')).toMatchObject({
      queries_success: 3,
      queries_with_error: 2,
      changes_committed: 2,
      queries_from_cache: 1,
    });
  });

  test('tells the facts that the server gave it, and takes a log level for it', () => {
    let level = 'INFO';
    engine.node.facts = { ...engine.node.facts, clientPort: 1234, logLevel: () => level, setLogLevel: (next) => (level = next) };
    expect(ask(engine, 'set_log_level(ERROR); i = node_info().load(); [i.client_port, i.log_level, i.http_api_port];', '@n')).toEqual([
      1234,
      'ERROR',
      'disabled',
    ]);
    ask(engine, 'set_log_level(99);', '@n');
    expect(level).toBe('CRITICAL');
  });

  test('stops when a user with the right asks', () => {
    let asked = 0;
    engine.onShutdown(() => asked++);
    ask(engine, "new_user('bob'); grant('@n', 'bob', QUERY);", '@t');
    const user = { id: engine.database.userByName('bob')?.id ?? 0, name: 'bob' };
    expect(() => engine.query({ user, client: null, scope: '@n', code: 'shutdown();', vars: null })).toThrow();
    expect(asked).toBe(0);
    expect(ask(engine, 'shutdown();', '@n')).toBeNull();
    expect(asked).toBe(1);
  });
});
