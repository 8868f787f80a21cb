import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { LARGE } from '../../src/model/large.ts';
import { ask } from '../support.ts';
import { Checkpoints, forgetfulEngine, recordingEngine, reopened } from './recording.ts';

const SIZE = LARGE + 1500;
const FILL = `.l = range(${SIZE}); .s = set(range(${SIZE}).map(|i| {i:})); .t = [.l, 1];`;

/** What happens to large lists and sets. */
const STATEMENTS = [
  '.l.push(-1);',
  '.l.pop();',
  '.l.shift();',
  '.l[2000] = -2;',
  '.l.splice(1000, 3, 7, 8);',
  '.l.remove(|x| x % 3 == 0);',
  `.l = range(${SIZE + 10});`,
  '.l = [];',
  `.l.extend(range(${SIZE}));`,
  'l = .l; .del("l"); .m = l; .l = l;',
  'a = .rename("l", "x"); .l = [1];',
  '.rename("x", "l");',
  '.s.add({i: -1});',
  '.s.remove(.s.find(|t| t.i % 7 == 3));',
  `.s.add(set(range(${SIZE}).map(|i| {i:})));`,
  '.del("s"); .s = set({i: 1});',
  '.o = {l: .l}; .del("l");',
  '.del("o");',
  FILL,
];

const tell = (engine: LocalEngine): unknown => ask(engine, 'return .map(|k, v| [k, v]), 3;');

it('large lists and sets are in the store as they are in memory, whatever becomes of them', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...STATEMENTS), fc.integer({ min: 0, max: 2 })), { minLength: 4, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const { engine, log } = await recordingEngine();
      const checkpoints = new Checkpoints(engine);
      const { engine: forgetful, forget } = await forgetfulEngine();
      let begun = -1;
      for (const [code, then] of [[FILL, 1] as const, ...list]) {
        ask(engine, code);
        ask(forgetful, code);
        if (then === 1) {
          // What happens between the begin and the end of a checkpoint is not in it.
          if (begun >= 0) checkpoints.end();
          begun = engine.database.changeId;
          checkpoints.begin();
        }
        if (then === 2) await forget();
      }
      const behind = log.filter(({ id }) => id > begun);
      const again = reopened(checkpoints.end(), behind);
      expect(firstDifference(engine.database, again.database)).toBeNull();
      expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
      await forget();
      expect(tell(forgetful)).toEqual(tell(engine));
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 8) },
  );
}, 120_000);

it('a checkpoint writes the chunks that changed, and takes out those that are gone', async () => {
  const { engine } = await recordingEngine();
  const written = (): string[] => {
    const names: string[] = [];
    const records = engine.source.begin();
    for (let next = records.next(); next.done !== true; next = records.next()) {
      const [key, value] = next.value;
      if (key[0] === 0xfe) names.push(`${key.readUInt32BE(key.length - 4)}${value === null ? ' gone' : ''}`);
    }
    engine.source.finish();
    return names;
  };
  ask(engine, '.l = range(5000);');
  expect(written()).toEqual(['0', '1', '2', '3', '4']);
  expect(written()).toEqual([]);
  ask(engine, '.l.push(1);');
  expect(written()).toEqual(['4']);
  ask(engine, '.l[3000] = 1;');
  expect(written()).toEqual(['2', '3', '4']);
  ask(engine, '.l.splice(0, 900);');
  expect(written()).toEqual(
    ['4 gone', '0', '1', '2', '3', '4'].slice(0, 0).concat(['0', '1', '2', '3', '4'].slice(0, Math.ceil(4101 / 1024))),
  );
  ask(engine, '.l = 1;');
  expect(written()).toEqual(['0 gone', '1 gone', '2 gone', '3 gone', '4 gone']);
});
