import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { type Case, loadCases } from '../conformance/cases.ts';
import { packVars } from '../conformance/vars.ts';
import { ask, latin1, memoryEngine } from '../support.ts';
import { forgetfulEngine } from './recording.ts';
import { RELATED, RelatedStatements, START, Statements } from './schema-statements.ts';

// Some things remember when they were made.
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
});
afterAll(() => {
  vi.useRealTimers();
});

const ADMIN = { id: 1, name: 'admin' };

function run(engine: LocalEngine, { auth, token, vars, scope, code }: Case['steps'][number]): void {
  if (auth !== undefined || token !== undefined) return;
  try {
    const packed = vars === undefined ? null : packVars(vars);
    engine.query({ user: ADMIN, client: null, scope: latin1(scope ?? '//stuff'), code: latin1(code), vars: packed });
  } catch {
    // What a failed query did before its error is kept.
  }
}

describe('what was let go of comes back as it was', () => {
  it.each(['things', 'types'] as const)('cases of %s', async (family) => {
    const different: { readonly name: string; readonly why: string }[] = [];
    for (const test of loadCases(family)) {
      const whole = await memoryEngine();
      const { engine, forget } = await forgetfulEngine();
      for (const step of test.steps) {
        run(whole, step);
        run(engine, step);
        await forget();
      }
      const why = firstDifference(whole.database, engine.database);
      if (why !== null) different.push({ name: test.name, why });
    }
    expect(different.slice(0, 10), `${different.length} cases`).toEqual([]);
  });

  it.each([
    ['of types and instances', START, (seed: number) => new Statements(seed)],
    ['of instances with relations', RELATED, (seed: number) => new RelatedStatements(seed)],
  ])('random changes %s', async (_, start, make) => {
    for (let seed = 1; seed <= 20; seed++) {
      const whole = await memoryEngine();
      const { engine, forget } = await forgetfulEngine();
      const statements = make(seed);
      for (const code of [start, ...Array.from({ length: 30 }, () => statements.statement())]) {
        expect(ask(engine, code), `seed ${seed}: ${code}`).toEqual(ask(whole, code));
        await forget();
      }
      expect(firstDifference(whole.database, engine.database), `seed ${seed}`).toBeNull();
    }
  });
});

describe('objects of things that left the memory', () => {
  it('are the ones that names lead to, while anything has them', async () => {
    const { engine, forget } = await forgetfulEngine();
    ask(engine, '.a = {n: 1}; .b = [.a]; for (i in range(100)) { .set("k" + str(i), {i:}); };');
    const { things } = engine.database.collections.get(2) ?? {};
    const held = things?.get(3);
    await forget();
    expect(held?.isAbsent).toBe(true);
    expect(ask(engine, '.b[0] == .a;')).toBe(true);
    expect(things?.get(3)).toBe(held);
    expect(held?.get('n')).toBe(1);
  });

  it('are only brought where they are touched', async () => {
    const { engine, forget } = await forgetfulEngine();
    ask(engine, '.list = range(1000).map(|i| {i:});');
    await forget();
    const { things } = engine.database.collections.get(2) ?? {};
    expect([...(things?.loadedNumbers() ?? [])]).toEqual([]);
    expect(ask(engine, '.list.len();')).toBe(1000);
    expect([...(things?.loadedNumbers() ?? [])]).toEqual([0]);
    expect(ask(engine, '.list[500].i;')).toBe(500);
    expect([...(things?.loadedNumbers() ?? [])]).toEqual([0, Math.floor(503 / 32)]);
  });

  it('stay while they have changes that are not in the store', async () => {
    const { engine } = await forgetfulEngine();
    ask(engine, '.a = {n: 1};');
    engine.cache.trim();
    expect([...(engine.database.collections.get(2)?.things.loadedNumbers() ?? [])]).toEqual([0]);
  });

  it('a restriction to a type holds when the type got another name meanwhile', async () => {
    const { engine, forget } = await forgetfulEngine();
    ask(engine, "set_type('P', {n: 'int'}); .t = {}; .t.restrict('P?'); .u = {};");
    await forget();
    ask(engine, "rename_type('P', 'Q'); .u.x = 1;");
    await forget();
    expect(ask(engine, '.t.restriction();')).toBe('Q?');
  });
});
