/**
 * Programs of unknown origin: whatever a file holds, it is refused with an error of ours, or runs like any other program and leaves nothing behind.
 *
 * `BYTECODE_FUZZ=100000 npx vitest run test/fuzz/bytecode` runs so many changes of each kind.
 */
import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { loadProgram, openContainer, saveProgram, sealContainer } from '../../src/bytecode/container.ts';
import type { Program } from '../../src/bytecode/program.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { Arena, isSound } from './bytecode-arena.ts';
import { CORPUS } from './bytecode-corpus.ts';
import { Chance, mutate } from './bytecode-mutate.ts';

const runs = Number(process.env['BYTECODE_FUZZ'] ?? 2500);
const timeout = 60_000 + 10 * runs;

const programs = CORPUS.map((text) => compileText(text));
const files = programs.map((program) => saveProgram(program));

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const same = (text: string): string => text;

/** Null for a file that is refused. Anything but a TiError is thrown on. */
function load(bytes: Uint8Array): Program | null {
  try {
    return loadProgram(bytes, same);
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

type Item = null | boolean | number | string | Uint8Array | Item[];

const ITEMS: readonly Item[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  255,
  2 ** 31,
  2 ** 40,
  '',
  'a',
  'v1',
  new Uint8Array(0),
  new Uint8Array([3, 1, 54]),
  [],
];

/** Changes one item somewhere in the tree of a body. */
function mutateItem(c: Chance, item: Item): Item {
  if (Array.isArray(item) && item.length > 0 && c.below(8) > 0) {
    const list = item.slice();
    const at = c.below(list.length);
    const what = c.below(12);
    if (what === 0) list.splice(at, 1);
    else if (what === 1) list.splice(at, 0, list[c.below(list.length)] as Item);
    else list[at] = mutateItem(c, list[at] as Item);
    return list;
  }
  if (item instanceof Uint8Array && item.length > 0 && c.below(8) > 0) {
    const bytes = Buffer.from(item);
    bytes[c.below(bytes.length)] = c.below(256);
    return bytes;
  }
  if (typeof item === 'number' && c.below(2) === 0) return item + c.of([-1, 1, 2, 100]);
  return c.of(ITEMS);
}

async function each(count: number, run: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = 0; seed < count; seed++) {
    try {
      await run(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

describe('programs changed at random', () => {
  test('as they are, all are sound', async () => {
    const arena = new Arena();
    for (const program of programs) expect.soft(await arena.fight(() => program), program.source).not.toBe('refused');
  });

  test('changed in their code and tables', { timeout }, async () => {
    const arena = new Arena();
    const counts = { refused: 0, failed: 0, ran: 0 };
    await each(runs, async (seed) => {
      counts[
        await arena.fight(() => {
          const c = new Chance(seed);
          return mutate(c, c.of(programs));
        })
      ]++;
    });
    // Changes that are seldom refused, or always, would prove nothing.
    expect(counts.refused).toBeGreaterThan(runs / 4);
    expect(counts.ran).toBeGreaterThan(runs / 20);
  });

  test('changed in their file, with the right checksum', { timeout }, async () => {
    const arena = new Arena();
    const counts = { refused: 0, failed: 0, ran: 0 };
    await each(runs, async (seed) => {
      const c = new Chance(seed);
      let body = unpackr.unpack(openContainer(c.of(files))) as Item;
      for (let n = 1 + c.below(2); n > 0; n--) body = mutateItem(c, body);
      const bytes = sealContainer(packr.pack(body));
      if (load(bytes) === null) counts.refused++;
      else counts[await arena.fight(() => load(bytes) as Program)]++;
    });
    expect(counts.ran).toBeGreaterThan(runs / 100);
  });

  test('with bytes flipped behind the checksum', { timeout }, async () => {
    await each(runs, async (seed) => {
      const c = new Chance(seed);
      const body = Buffer.from(openContainer(c.of(files)));
      for (let n = 1 + c.below(3); n > 0; n--) body[c.below(body.length)] = c.below(256);
      const program = load(sealContainer(c.below(4) === 0 ? body.subarray(0, c.below(body.length)) : body));
      if (program !== null) isSound(program);
    });
  });
});
