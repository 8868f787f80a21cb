/**
 * Calls of all built-ins with random receivers and arguments: each gives a value that can be packed, or an error of the language.
 * `BUILTINS_FUZZ=200000 npx vitest run test/fuzz/builtins` makes so many calls; `FUZZ_SEED` is a number for other ones, or `random`.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import { fuzzSeed } from '../seed.ts';
import { type Call, call, SETUP, SETUP_THINGSDB } from './builtins-calls.ts';

const calls = Number(process.env['BUILTINS_FUZZ'] ?? 4000);
const seed = fuzzSeed();
const BATCH = 50;
/** Seconds for one call. Each honours it, or the test would never end. */
const LIMIT = 2;

const writer = new MsgpackWriter();

function run(engine: LocalEngine, { scope, code }: Call): void {
  const answer = engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code, vars: null });
  writer.reset();
  encodeValue(writer, answer.value, { deep: Math.min(answer.deep, 4), flags: answer.flags, hooks: engine.hooks });
  msgpackToJson(writer.bytes(), { unsupported: 'text', indent: 0 });
}

/** The error of the language that a call ends with; 0 for none. */
function codeOf(engine: LocalEngine, one: Call): number {
  try {
    run(engine, one);
    return 0;
  } catch (error) {
    if (!(error instanceof TiError)) throw new Error(`in ${one.scope}: ${one.code}`, { cause: error });
    return error.code;
  }
}

test(`no call ends in an internal error (seed ${seed})`, { timeout: 3_600_000 }, async () => {
  const codes = new Map<number, number>();
  for (let i = 0; i < calls / BATCH; i++) {
    const engine = new LocalEngine(memoryStore(), { queryDurationError: LIMIT });
    await engine.initialize('none');
    run(engine, { scope: '//stuff', code: SETUP });
    run(engine, { scope: '@thingsdb', code: SETUP_THINGSDB });
    for (const one of fc.sample(call, { seed: seed + i, numRuns: BATCH })) {
      const code = codeOf(engine, one);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      expect(code, `batch ${i}, in ${one.scope}: ${one.code}`).not.toBe(ErrorCode.INTERNAL);
    }
  }
  if (calls > 4000) console.log(Object.fromEntries([...codes].sort(([a], [b]) => b - a)));
  // Much of it must be more than a refusal.
  expect(codes.get(0)).toBeGreaterThan(calls / 5);
});
