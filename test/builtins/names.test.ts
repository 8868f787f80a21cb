/** The rows are the functions and methods of the language, no fewer and no more. */
import { describe, expect, test } from 'vitest';
import { allRows } from '../../src/builtins/registry.ts';
import { kindMask } from '../../src/builtins/row.ts';
import names from './names.json' with { type: 'json' };

/** What is not there yet. A name that comes must leave this list. */
const PENDING: readonly string[] = [];

const wanted = [
  ...names.functions,
  ...Object.entries(names.methods).flatMap(([type, methods]) => methods.map((name) => `${type}.${name}`)),
];

/** Whether there is a row for a function, or for a method of a type: `abs`, `list.push`. */
function exists(name: string): boolean {
  const [type, method] = name.split('.') as [string, string?];
  if (method === undefined) return allRows.some((row) => row.receiver === undefined && row.name === name);
  return allRows.some((row) => row.receiver !== undefined && row.name === method && (kindMask(row.receiver) & kindMask(type)) !== 0);
}

test('nothing is missing but what is pending', () => {
  expect(wanted.filter((name) => !exists(name)).sort()).toEqual([...PENDING].sort());
});

test('there is nothing else', () => {
  const functions = new Set(names.functions);
  const methods = new Set(Object.values(names.methods).flat());
  const others = allRows.filter((row) => !(row.receiver === undefined ? functions : methods).has(row.name));
  expect(others.map(({ name }) => name)).toEqual([]);
});

describe('each row', () => {
  test('has a sentence and an example', () => {
    for (const row of allRows) {
      expect(row.doc, row.name).toMatch(/^[A-Z`].*\.$/s);
      expect(row.example, row.name).toMatch(/^\S.*; {2}\/\/ => \S+/);
      expect(row.page, row.name).toMatch(/^[a-z-]+\/[a-z_/0-9]+$/);
      expect(row.returns, row.name).not.toBe('');
    }
  });
});
