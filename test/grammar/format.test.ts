import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../../grammar/v1/format.ts';
import type { Program } from '../../src/bytecode/program.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { Regex } from '../../src/values/regex.ts';
import { Float } from '../../src/values/scalars.ts';
import { sourceText } from '../ast/arbitrary.ts';
import { caseSources } from '../cases.ts';

function plain(value: unknown): unknown {
  if (value instanceof Regex) return `regex ${value.text}`;
  if (value instanceof Float) return `float ${Object.is(value.value, -0) ? '-0' : value.value}`;
  return typeof value === 'bigint' ? `int ${value}` : value;
}

/** All of a program that running it can depend on: everything but where things stand in the text. */
function meaningOf(program: Program): string {
  const { constants, names, rowNames, functions } = program;
  const told = functions.map(({ params, locals, code, maxStack, cacheCount, effects, doc, seen }) => {
    return { params, locals, code: [...code], maxStack, cacheCount, effects, doc, seen };
  });
  return JSON.stringify({ constants, names, rowNames, told }, (_key, value: unknown) => plain(value));
}

/** The program of a text; null for one that does not compile. */
function compiled(source: string): Program | null {
  try {
    return compileText(source);
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

/** Whether the text compiles, and so could be compared. */
function check(source: string): boolean {
  const before = compiled(source);
  if (before === null) return false;
  const text = format(source);
  const after = compiled(text);
  expect(after === null ? null : meaningOf(after), source).toBe(meaningOf(before));
  expect(format(text), source).toBe(text);
  return true;
}

describe('formatting never changes what is compiled, and formatting again changes nothing', () => {
  test('in the cases of the reference', () => {
    expect(caseSources().filter(check).length).toBeGreaterThan(8_000);
  });

  test('in random texts', () => {
    fc.assert(
      fc.property(sourceText, (source) => void check(source)),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
    );
  });

  test('in random texts with random spaces, lines and comments', () => {
    const space = fc.constantFrom(' ', '\n', '\n\n\n', '\t', '// c\n', '/* c */', '\r\n');
    fc.assert(
      fc.property(sourceText, fc.array(fc.tuple(fc.nat(), space), { maxLength: 8 }), (source, spaces) => {
        let text = source;
        for (const [at, piece] of spaces) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + piece + text.slice(place);
        }
        check(text);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
    );
  });
});
