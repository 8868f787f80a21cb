/**
 * The seed of random inputs: the same in every run, so that a failure means a change of the code and not of the dice.
 * `FUZZ_SEED` is another one: a number, or `random`.
 */
export function fuzzSeed(): number {
  const wanted = process.env['FUZZ_SEED'] ?? '20190426';
  return wanted === 'random' ? Math.floor(Math.random() * 0x7fffffff) : Number(wanted);
}
