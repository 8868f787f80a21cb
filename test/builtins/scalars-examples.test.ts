/** The example of each row gives what it says behind `// =>`. */
import { beforeAll, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import type { Typed } from '../conformance/typed.ts';
import { ask, memoryEngine } from '../support.ts';
import { scalarRows } from './scalars-helpers.ts';

let engine: LocalEngine;

beforeAll(async () => {
  engine = await memoryEngine();
});

/** Floats as JSON numbers: an example cannot tell them from ints. */
function plain(value: Typed): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$f === 'string') return Number(value.$f);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

const examples = scalarRows.map((row) => [row.receiver === undefined ? row.name : `${row.receiver}.${row.name}`, row] as const);

it.each(examples)('%s', (_name, { example, scopes }) => {
  const at = example.indexOf('// => ');
  expect(at).toBeGreaterThan(0);
  const scope = scopes?.[0] === 'thingsdb' ? '@thingsdb' : '//stuff';
  expect(plain(ask(engine, example.slice(0, at), scope))).toEqual(JSON.parse(example.slice(at + 6)));
});
