import { describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import type { LogEntry } from '../../src/storage/store.ts';
import { type Case, FAMILIES, loadCases, type Step } from '../conformance/cases.ts';
import { packVars } from '../conformance/vars.ts';
import { latin1 } from '../support.ts';
import { Checkpoints, recordingEngine, reopened } from './recording.ts';

const ADMIN = { id: 1, name: 'admin' };

/** Runs a step as the user that it names, whatever the password is. Answers and errors do not matter here: only what is left behind. */
function run(engine: LocalEngine, step: Step): void {
  const name = step.auth?.[0] ?? step.token;
  const user = name === undefined ? ADMIN : engine.database.userByName(latin1(name));
  if (user === undefined) return;
  const vars = step.vars === undefined ? null : packVars(step.vars);
  try {
    engine.query({ user, client: null, scope: latin1(step.scope ?? '//stuff'), code: latin1(step.code), vars });
  } catch (error) {
    // What a failed query did before its error is kept.
    if (!(error instanceof TiError)) throw error;
  }
}

interface Outcome {
  readonly fromLog: string | null;
  readonly fromCheckpoint: string | null;
  readonly fromBoth: string | null;
  readonly fromLast: string | null;
}

/**
 * Runs a case and opens what it left in four ways: from the log; from a checkpoint that began in the middle and was written at the end, with the
 * log behind it; from a checkpoint at the end that builds on it; and from the first checkpoint of an engine.
 */
async function outcome(test: Case): Promise<Outcome> {
  const { engine, log } = await recordingEngine();
  const checkpoints = new Checkpoints(engine);
  const middle = Math.floor(test.steps.length / 2);
  test.steps.slice(0, middle).forEach((step) => {
    run(engine, step);
  });
  checkpoints.begin();
  const at = engine.database.changeId;
  test.steps.slice(middle).forEach((step) => {
    run(engine, step);
  });
  const early = checkpoints.end();
  const behind: LogEntry[] = log.filter((entry) => entry.id > at);
  checkpoints.begin();
  const late = checkpoints.end();
  const first = new Checkpoints(reopened([], log));
  first.begin();
  const { database } = engine;
  return {
    fromLog: firstDifference(database, reopened([], log).database),
    fromBoth: firstDifference(database, reopened(early, behind).database),
    fromLast: firstDifference(database, reopened(late, []).database),
    fromCheckpoint: firstDifference(database, reopened(first.end(), []).database),
  };
}

describe('what the cases leave behind is the same after a restart', () => {
  it.each(FAMILIES)('%s', { timeout: 120_000 }, async (family) => {
    const different: (Outcome & { readonly name: string })[] = [];
    for (const test of loadCases(family)) {
      const found = await outcome(test);
      if (Object.values(found).some((why) => why !== null)) different.push({ name: test.name, ...found });
    }
    expect(different.slice(0, 10), `${different.length} cases`).toEqual([]);
  });
});
