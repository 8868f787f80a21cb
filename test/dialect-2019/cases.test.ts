import { describe, expect, it } from 'vitest';
import { compileWithProbes } from '../../src/engine/toolchain.ts';
import { codeOf2019, ERRORS_2019 } from '../../src/wire/errors-2019.ts';
import { cases2019, type Step2019 } from './cases.ts';
import { type Database2019, openDatabase } from './database.ts';

/** Whether what is listed is there; other keys and items are ignored. */
function isLike(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(found) && wanted.every((item, i) => isLike(found[i], item));
  if (typeof wanted !== 'object' || wanted === null) return Object.is(found, wanted);
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => isLike((found as Record<string, unknown>)[key], value));
}

function check(database: Database2019, step: Step2019, target: string | number): void {
  const answer = database.query(step.code, step.target ?? target, step.blobs ?? []);
  if (step.err !== undefined)
    expect([step.code, answer.error === null ? answer.value : codeOf2019(answer.error.code)]).toEqual([
      step.code,
      ERRORS_2019.get(step.err),
    ]);
  else if (answer.error !== null) expect(`${step.code}: ${answer.error.message}`).toBe('no error');
  else if (step.like !== undefined)
    expect([step.code, answer.value, isLike(answer.value, step.like)]).toEqual([step.code, answer.value, true]);
  else if (step.any === undefined) expect([step.code, answer.value]).toEqual([step.code, step.ok]);
}

describe('the acceptance cases of the 2019 dialect', () => {
  it.each(cases2019.map((each) => [each.name, each] as const))('%s', async (_name, { steps, target }) => {
    const database = await openDatabase();
    for (const step of steps) check(database, step, target);
    await database.close();
  });
});

describe('the acceptance cases when they are watched', () => {
  const told = new Set<string>();

  it('have the same answers', async () => {
    compileWithProbes(true);
    try {
      for (const { steps, target } of cases2019) {
        const database = await openDatabase();
        database.engine.watchWith({ reached: (_machine, _frame, { kind, arm }) => told.add(arm?.name ?? kind) });
        for (const step of steps) check(database, step, target);
        await database.close();
      }
    } finally {
      compileWithProbes(false);
    }
  });

  it('tell of functions, statements, calls and ways', () => {
    expect([...told].sort()).toEqual(['call', 'done', 'else', 'enter', 'leave', 'left', 'right', 'statement', 'then']);
  });
});

describe('what only programs call', () => {
  it('is no function of the language', async () => {
    const database = await openDatabase();
    for (const name of ['own', 'result', 'temp', 'array', 'truth', 'made', 'assign', 'index']) {
      const { error } = database.query(`${name}(1)`);
      expect([name, error === null ? null : codeOf2019(error.code)]).toEqual([name, ERRORS_2019.get('INDEX_ERROR')]);
    }
    await database.close();
  });
});
