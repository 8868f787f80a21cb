import { describe, expect, test } from 'vitest';
import { parse, parseTolerant } from '../../grammar/v1/parser.ts';
import { ErrorCode } from '../../src/errors.ts';
import { caseSteps } from '../cases.ts';
import { problem } from './shape.ts';

/** Syntax errors that are raised by running: those of closures given as text, and made ones. */
const raisedAtRunTime = (source: string): boolean => /\bsyntax_err\(|\bclosure\('/.test(source);

describe('the cases of the reference', () => {
  const steps = caseSteps();

  test('are there', () => {
    expect(steps.length).toBeGreaterThan(11_000);
  });

  test('parse if the reference parses them', () => {
    // A user without the right to run a query is told so before its text is looked at.
    const right = steps.filter(
      ({ source, error }) => error !== ErrorCode.FORBIDDEN && (error !== ErrorCode.SYNTAX || raisedAtRunTime(source)),
    );
    expect(right.length).toBeGreaterThan(10_000);
    expect(right.map(({ name, source }) => `${name}: ${problem(source)}`).filter((line) => !line.endsWith(': none'))).toEqual([]);
  });

  test('are refused if the reference refuses them', () => {
    const wrong = steps.filter(({ source, error }) => error === ErrorCode.SYNTAX && !raisedAtRunTime(source));
    expect(wrong.length).toBeGreaterThan(200);
    expect(wrong.filter(({ source }) => problem(source) === 'none').map(({ name }) => name)).toEqual([]);
  });

  test('give the same tree with error recovery, and an error for each refused one', () => {
    for (const { name, source } of steps) {
      const { script, diagnostics } = parseTolerant(source);
      if (problem(source) === 'none') {
        expect(diagnostics, name).toEqual([]);
        expect(script, name).toEqual(parse(source));
      } else expect(diagnostics.length, name).toBeGreaterThan(0);
    }
  });
});
