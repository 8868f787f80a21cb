import { describe, expect, test } from 'vitest';
import { tokenize } from '../../grammar/v1/lexer.ts';
import { parse, parseTolerant } from '../../grammar/v1/parser.ts';
import { TolerantParser } from '../../grammar/v1/tolerant.ts';
import { dumpJson } from '../../src/ast/dump.ts';
import { ErrorCode, type TiError } from '../../src/errors.ts';
import { caseSources, caseSteps } from '../cases.ts';
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

  test('give the same tree in both engines', () => {
    const tolerant = new TolerantParser();
    // The other engine needs too much stack for what is nested deep.
    const sources = caseSources().filter((source, i) => i % 3 === 0 && source.length < 1000);
    for (const source of sources) {
      if (problem(source) !== 'none') continue;
      const script = parse(source);
      const { body, diagnostics } = tolerant.recover(tokenize(source));
      expect(diagnostics, source).toEqual([]);
      expect(dumpJson({ ...script, body }, { indent: 0 }), source).toBe(dumpJson(script, { indent: 0 }));
    }
  });

  test('have the first error at the same place in both engines', () => {
    for (const { source, name } of steps) {
      const [first] = parseTolerant(source).diagnostics;
      if (problem(source) === 'none') expect(first, name).toBeUndefined();
      else if (!name.includes('/limit-')) expect(`${name} ${first?.start}`).toBe(`${name} ${startOf(source)}`);
    }
  });
});

function startOf(source: string): number {
  try {
    parse(source);
  } catch (error) {
    return (error as TiError).start;
  }
  return -1;
}
