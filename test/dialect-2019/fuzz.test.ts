/** Random programs in the 2019 dialect: each gives an answer or an error of the dialect, never a fault of the server. `FUZZ_2019` says how many. */
import { expect, it } from 'vitest';
import { ErrorCode } from '../../src/errors.ts';
import { openDatabase } from './database.ts';
import { program, source } from './programs.ts';

const COUNT = Number(process.env.FUZZ_2019 ?? 1500);
const SEED = Number(process.env.FUZZ_2019_SEED ?? 2019);

it(`never fail in the server itself, ${COUNT} of them`, async () => {
  const below = source(SEED);
  const faults: unknown[] = [];
  let answered = 0;
  let database = await openDatabase();
  for (let i = 0; i < COUNT; i++) {
    if (i % 100 === 0) {
      await database.close();
      database = await openDatabase();
      database.query("a = [1, 'x', 2.5]; b = {a: 1, b: {}};");
    }
    const code = program(below);
    try {
      const { error } = database.query(code, below(8) === 0 ? 0 : 'stuff', ['alpha']);
      if (error === null) answered++;
      else if (error.code === ErrorCode.INTERNAL) faults.push([code, error.message]);
    } catch (error) {
      faults.push([code, error instanceof Error ? error.stack : error]);
    }
  }
  await database.close();
  expect(faults).toEqual([]);
  expect(answered).toBeGreaterThan(0);
});
