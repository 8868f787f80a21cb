/** A change of a type with very many instances. */
import { describe, expect, it } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { ask, errorOf } from '../support.ts';
import { recordingEngine, reopened } from './recording.ts';

const MANY = "set_type('P', {n: 'int'}); .l = range(100000).map(|i| P{n: i}); .l.len();";

/** Each with what tells of an instance afterwards that it was done, and what that gives. */
const CHANGES: readonly (readonly [string, string, unknown])[] = [
  ["mod_type('P', 'add', 'm', 'int', 5);", '.l[99999].m;', 5],
  ["mod_type('P', 'add', 's', 'str', |p| str(p.n));", '.l[99999].s;', '99999'],
  ["mod_type('P', 'mod', 'n', 'str', |p| `n{p.n}`);", '.l[99999].n;', 'n99999'],
  ["mod_type('P', 'ren', 'n', 'number');", '.l[99999].number;', 'n99999'],
  ["mod_type('P', 'add', 'list', '[int]');", '.l[99999].list.push(1); [.l[99999].list, .l[0].list];', [[1], []]],
  ["mod_type('P', 'del', 'm');", '.l[99999].keys();', ['list', 'number', 's']],
  ["mod_type('P', 'all', |p| p.list.push(2));", '.l[99999].list;', [1, 2]],
];

describe('a change of a type with 100,000 instances', () => {
  it('is one change, and the same after a restart', async () => {
    const { engine, log } = await recordingEngine();
    expect(ask(engine, MANY)).toBe(100_000);
    for (const [change, question, answer] of CHANGES) {
      const before = log.length;
      expect(ask(engine, change)).toBeNull();
      expect(log.length, change).toBe(before + 1);
      const found = ask(engine, question);
      expect(question.includes('keys') ? (found as string[]).toSorted() : found).toEqual(answer);
    }
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
  });

  it('ends when its time is up, and leaves instances that fit the type', async () => {
    const engine = new LocalEngine(memoryStore(), { queryDurationError: 0.02 });
    await engine.initialize('no password');
    ask(engine, "set_type('P', {n: 'int'}); .l = []; nil;");
    for (let i = 0; i < 100; i++) ask(engine, '.l.extend(range(200).map(|i| P{n: i})); nil;');
    const slow = "mod_type('P', 'mod', 'n', 'str', |p| { for (i in range(100000)) i; str(p.n); });";
    expect(errorOf(engine, slow)).toBe(ErrorCode.OPERATION);
    expect(ask(engine, "type_info('P').load().fields;")).toEqual([['n', 'str']]);
    expect(ask(engine, '.l[-1].n;')).toBe('');
  });
});
