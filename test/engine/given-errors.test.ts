/** Those who answer many requests are given errors, which others have thrown at them: the same ones, and nothing of the query is left behind either way. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { memoryEngine } from '../support.ts';

let engine: LocalEngine;
const ADMIN = { id: 1, name: 'admin' };

function thrown(code: string, scope = '//stuff'): TiError {
  try {
    engine.query({ user: ADMIN, client: null, scope, code, vars: null });
  } catch (error) {
    if (error instanceof TiError) return error;
    throw error;
  }
  throw new Error(`no error: ${code}`);
}

function given(code: string, scope = '//stuff'): TiError {
  const answer = engine.query({ user: ADMIN, client: null, scope, code, vars: null }, () => {
    throw new Error('nothing to wait for');
  });
  if (answer instanceof TiError) return answer;
  throw new Error(`no error: ${code}`);
}

beforeAll(async () => {
  engine = await memoryEngine();
  engine.query({
    user: ADMIN,
    client: null,
    scope: '//stuff',
    code: '.list = [1, 2]; .t = {a: [1]}; new_procedure("fails", |x| x / 0);',
    vars: null,
  });
});

describe('errors that are given', () => {
  test.each([
    ['1 / 0;', -58],
    ['1 +;', -52],
    ['nothing;', -54],
    ['.nope;', -54],
    ["'a'.bar();", -54],
    ["'a'.upper(1);", -62],
    ["'a'.starts_with(1);", -61],
    ['raise(err(-100, "mine"));', -100],
    ['assert(false);', -50],
    ['.list.each(|x| .list.push(x));', -63],
    ['.list.map(|x| x / 0);', -58],
    ['.t.a.each(|x| { .t.a.each(|y| raise("deep")); });', -100],
    ['f = |x| g(x); g = |x| [x].map(|y| y / 0); f(1);', -58],
    ['for (x in .list) { for (y in .list) { x / (y - 2); }; };', -58],
    ['try(1 / 0, err(-61));', -58],
    ['.list[0] = .list.map(|x| x / 0);', -58],
    ["run('fails', 1);", -58],
    ['f = |n| f(n + 1); f(0);', -63],
  ])('%s', (code, number) => {
    const before = engine.counters.queriesWithError;
    const first = thrown(code);
    expect(first.code).toBe(number);
    // Often enough that the text is translated in between.
    for (let i = 0; i < 1100; i += number === -63 ? 100 : 1) {
      const again = given(code);
      expect([again.code, again.message, again.start]).toEqual([first.code, first.message, first.start]);
    }
    expect(engine.counters.queriesWithError - before).toBe(number === -63 ? 12 : 1101);
    // Nothing is locked.
    const { value } = engine.query({
      user: ADMIN,
      client: null,
      scope: '//stuff',
      code: '.list.push(3); .list.pop(); .t.a.push(2); .t.a.pop(); .list.len();',
      vars: null,
    });
    expect(value).toBe(2);
  });

  test('of scopes, rights and procedures', () => {
    expect(given('1;', '//nowhere').code).toBe(-54);
    expect(given('1;', '@node:5').code).toBe(-54);
    const run = engine.run(
      { user: ADMIN, client: null, scope: '//stuff', procedure: 'fails', args: Uint8Array.of(0x91, 0x01) },
      () => undefined,
    );
    expect(run).toMatchObject({ code: -58 });
    expect(engine.run({ user: ADMIN, client: null, scope: '//stuff', procedure: 'none', args: null }, () => undefined)).toMatchObject({
      code: -54,
    });
  });

  test('what a query did before its error stays done', () => {
    expect(given('.kept = 5; 1 / 0;').code).toBe(-58);
    expect(engine.query({ user: ADMIN, client: null, scope: '//stuff', code: '.kept;', vars: null }).value).toBe(5);
  });
});
