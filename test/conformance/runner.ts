import type { Case, Step } from './cases.ts';
import type { Answer, Target } from './targets.ts';
import { IdNames, same } from './typed.ts';

export interface Failure {
  readonly name: string;
  readonly step: number;
  readonly code: string;
  readonly expected: string;
  readonly got: string;
}

const show = (answer: Answer): string => ('err' in answer ? `error ${answer.err}: ${answer.message}` : JSON.stringify(answer.ok));

function agrees(step: Step, answer: Answer, ids: IdNames): boolean {
  if (step.err !== undefined) return 'err' in answer && answer.err === step.err;
  return !('err' in answer) && same(ids.rename(answer.ok), step.ok ?? null);
}

/** Runs one case; null when every step came out as expected, else the first that did not. */
export async function runCase(target: Target, test: Case): Promise<Failure | null> {
  await target.reset();
  const ids = new IdNames();
  for (const [i, step] of test.steps.entries()) {
    const answer = await target.step(step);
    if (agrees(step, answer, ids)) continue;
    const expected = step.err === undefined ? JSON.stringify(step.ok) : `error ${step.err}`;
    return { name: test.name, step: i, code: step.code, expected, got: show(answer) };
  }
  return null;
}
