import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { disassembleJson } from '../../src/bytecode/disassemble.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { listings, QUERY } from './listings.ts';
import { blocksOf } from './pages.ts';

const blocks = new Map(
  blocksOf(readFileSync(new URL('../../docs/how-the-compiler-works.md', import.meta.url), 'utf8')).map(({ words, text }) => [
    words[1],
    text,
  ]),
);

test('the page on the compiler shows what it makes of its query', async () => {
  expect(blocks.get('query')).toBe(`${QUERY}\n`);
  const made = await listings();
  expect([...blocks.keys()].filter((name) => name !== 'query' && name !== 'running')).toEqual([...made.keys()]);
  for (const [name, text] of made) expect(blocks.get(name), name).toBe(text);
});

test('the stack on the page is as high as it is in the code', () => {
  const instructions = disassembleJson(compileText(QUERY)).functions[0]?.instructions ?? [];
  const rows = (blocks.get('running') ?? '').split('\n').slice(0, -1);
  expect(rows.map((row) => row.split(' ')[0])).toEqual(instructions.map(({ op }) => op));
  const heights = rows.map((row) => row.split(/ {2,}/).length - 1);
  expect(heights.slice(0, -1)).toEqual(instructions.slice(1).map(({ height }) => height));
});
