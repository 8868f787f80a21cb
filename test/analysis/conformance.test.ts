import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import type { ScopeKind } from '../../src/analysis/context.ts';
import type { Finding } from '../../src/analysis/findings.ts';
import { ANY } from '../../src/analysis/types.ts';
import { FAMILIES, loadCases, type Step } from '../conformance/cases.ts';

const scopeOf = ({ scope = '//stuff' }: Step): ScopeKind =>
  /^[@/]t/.test(scope) ? 'thingsdb' : /^[@/]n/.test(scope) ? 'node' : 'collection';

function check(step: Step): readonly Finding[] {
  const given = JSON.parse(step.vars ?? '{}') as Record<string, unknown>;
  const vars = new Map(Object.keys(given).map((name) => [name, ANY] as const));
  return analyze(Buffer.from(step.code, 'utf8').latin1Slice(), { scope: scopeOf(step), vars, varsKnown: true }).findings;
}

/** Steps by whether the reference runs them, each with what is found in it. */
const right: { readonly name: string; readonly findings: readonly Finding[] }[] = [];
const failing: (readonly Finding[])[] = [];
for (const family of FAMILIES) {
  for (const { name, steps } of loadCases(family)) {
    for (const [i, step] of steps.entries()) {
      if (step.err === undefined) right.push({ name: `${name} ${i}`, findings: check(step) });
      else failing.push(check(step));
    }
  }
}

/** Cases that are about what fails, or never comes, in closures and branches: what is told there is true. */
const ABOUT_ERRORS = /\/(?:matrix-|limit-)/;

describe('the cases of the reference', () => {
  test('have no error where they run', () => {
    expect(right.length).toBeGreaterThan(6_000);
    const wrong = right.flatMap(({ name, findings }) =>
      findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${name}: ${code}: ${message}`),
    );
    expect(wrong).toEqual([]);
  });

  test('have few warnings where they run', () => {
    // Variables that only keep something alive, or are set to see that they can be, are many in tests of a server.
    const isCommon = ({ code }: Finding): boolean => code === 'unused-variable';
    const warned = right.filter(({ name, findings }) => !ABOUT_ERRORS.test(name) && findings.some((finding) => !isCommon(finding)));
    expect(warned.length).toBeLessThan(right.length / 50);
  });

  test('have errors where they fail because of what stands in them', () => {
    // The others fail by what is in the store, or by rights.
    expect(failing.filter((findings) => findings.some(({ severity }) => severity === 'error')).length).toBeGreaterThan(2_000);
  });
});
