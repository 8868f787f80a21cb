/** Runs a family of cases and holds the outcome against what is promised. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Family, loadCases, loadDeviations } from './cases.ts';
import { type Failure, runCase } from './runner.ts';
import type { Target } from './targets.ts';

/** How the cases reach the engine. */
export type Way = 'process' | 'tcp';

export interface Outcome {
  readonly total: number;
  readonly passed: number;
  readonly deviating: number;
  /** Cases that differ and are no listed deviation. */
  readonly failures: readonly Failure[];
  /** Listed deviations that do not differ any more. */
  readonly stale: readonly string[];
}

/** Families of which every case passes or is a listed deviation. */
const COMPLETE: ReadonlySet<Family> = new Set<Family>(['core', 'system']);
const COMPLETE_SHARE = 0.98;

/**
 * How many cases of the other families pass, at least: so that none is lost unseen on the way. `UPDATE_FLOORS=1 npx vitest run test/conformance`
 * writes what passes now.
 */
const FLOORS = new URL('./floors.json', import.meta.url);
type Floors = Record<Way, Partial<Record<Family, number>>>;
const readFloors = (): Floors => JSON.parse(readFileSync(FLOORS, 'utf8')) as Floors;

export async function runFamily(target: Target, family: Family): Promise<Outcome> {
  const deviations = loadDeviations();
  const cases = loadCases(family);
  const failures: Failure[] = [];
  const stale: string[] = [];
  let passed = 0;
  let deviating = 0;
  for (const test of cases) {
    const failure = await runCase(target, test);
    if (failure === null) passed++;
    if (failure === null && deviations.has(test.name)) stale.push(test.name);
    else if (failure !== null && deviations.has(test.name)) deviating++;
    else if (failure !== null) failures.push(failure);
  }
  return { total: cases.length, passed, deviating, failures, stale };
}

const MAX_SHOWN = 20;

function describeFailures(failures: readonly Failure[]): string {
  const shown = failures
    .slice(0, MAX_SHOWN)
    .map(({ name, step, code, expected, got }) => `${name}, step ${step}: ${code}\n  expected ${expected}\n  got ${got}`);
  return [...shown, ...(failures.length > MAX_SHOWN ? [`and ${failures.length - MAX_SHOWN} more`] : [])].join('\n').slice(0, 20_000);
}

/** Fails when a family is behind what it was, or, once it is complete, when any case differs unlisted. */
export function hold(way: Way, family: Family, outcome: Outcome): void {
  const { total, passed, deviating, failures, stale } = outcome;
  const floor = readFloors()[way][family] ?? 0;
  console.info(
    `conformance, ${way}: ${family} ${passed} of ${total} (${((100 * passed) / total).toFixed(1)}%), ${deviating} deviate, ${failures.length} differ, floor ${floor}`,
  );
  if (process.env.UPDATE_FLOORS === '1') {
    const floors = readFloors();
    floors[way][family] = passed;
    writeFileSync(FLOORS, `${JSON.stringify(floors, null, 2)}\n`);
    return;
  }
  expect(stale, 'these cases are listed as deviations and do not deviate').toEqual([]);
  expect(passed, `fewer cases pass than before:\n${describeFailures(failures)}`).toBeGreaterThanOrEqual(floor);
  if (!COMPLETE.has(family)) return;
  expect(failures.length, describeFailures(failures)).toBe(0);
  expect(passed / total).toBeGreaterThanOrEqual(COMPLETE_SHARE);
}
