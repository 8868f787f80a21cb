import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BULK, BulkStatements } from './bulk-statements.ts';
import { RELATED, RelatedStatements, START, Statements, tryOut } from './schema-statements.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const FIRST = Number(process.env['FUZZ_FIRST'] ?? 1);
const LENGTH = 50;

/** Runs statements with one seed after another; gives the share that ended well. */
async function all(start: string, make: (seed: number) => { statement(): string }): Promise<number> {
  let total = 0;
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const statements = make(seed);
    const codes = [start, ...Array.from({ length: LENGTH }, () => statements.statement())];
    const { problem, good } = await tryOut(codes);
    // What engines do later is done, so that they do not pile up.
    await nextTurn();
    total += good;
    expect(problem, `seed ${seed}:\n${codes.join('\n')}`).toBeNull();
  }
  return total / (RUNS * LENGTH);
}

// When most statements fail, the tests show little.
describe('random changes are the same after a restart, and relations hold', () => {
  it('of types and instances', async () => {
    expect(await all(START, (seed) => new Statements(seed))).toBeGreaterThan(0.15);
  });

  it('of instances with relations', async () => {
    expect(await all(RELATED, (seed) => new RelatedStatements(seed))).toBeGreaterThan(0.3);
  });

  it('of many things at a time', async () => {
    expect(await all(BULK, (seed) => new BulkStatements(seed))).toBeGreaterThan(0.6);
  });
});
