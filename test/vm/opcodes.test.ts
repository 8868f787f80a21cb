/** Opcodes stand as numbers in the machine's loop; here they are held against the table that they come from. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BINARY_OPS, OPS, Op } from '../../src/bytecode/opcodes.ts';

const source = (name: string): string => readFileSync(new URL(`../../src/vm/${name}`, import.meta.url), 'utf8');
const loop = source('loop.ts');
const numbers: Readonly<Record<string, number>> = Op;

/** The part of the loop with the instructions. */
const cases = loop.slice(loop.indexOf('switch (word & 255)'), loop.indexOf('unknown opcode'));
const named = [...cases.matchAll(/case (\d+):(?: \{)?\s*\/\/ ([A-Z_]+)$/gm)].map(
  ([, number, name]) => [name as string, Number(number)] as const,
);

describe('opcodes', () => {
  test('in the loop have the numbers of the table', () => {
    expect(Object.fromEntries(named)).toEqual(numbers);
    expect(named).toHaveLength(OPS.length);
  });

  test('in the loop all have a name beside them', () => {
    expect(cases.match(/\bcase \d+:/g)).toHaveLength(named.length);
  });

  test('inside of expressions too', () => {
    const inline = [...loop.matchAll(/(\d+); \/\* ([A-Z_]+) \*\//g)];
    expect(inline.length).toBeGreaterThan(0);
    for (const [, number, name] of inline) expect(Number(number), name).toBe(numbers[name as string]);
  });

  test('fit in a byte, and are those of their places', () => {
    expect(OPS.length).toBeLessThanOrEqual(256);
    expect(new Set(OPS.map((op) => op.name)).size).toBe(OPS.length);
    for (const [code, op] of OPS.entries()) expect([op.code, numbers[op.name]]).toEqual([code, code]);
  });

  test('operators in the loop are those of the table', () => {
    const list = /const NAMES = \[([^\]]*)\]/.exec(loop)?.[1] ?? '';
    expect([...list.matchAll(/'([^']*)'/g)].map((match) => match[1])).toEqual([...BINARY_OPS]);
  });
});
