import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../src/model/compare.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { Checkpoints, recordingEngine, reopened } from '../model/recording.ts';
import { type Case2019, cases2019 } from './cases.ts';
import { openDatabase } from './database.ts';

/** Runs texts, then tells where a database that is read from the log, or from a checkpoint, is another one. */
async function differences(steps: Case2019['steps'], target: string | number): Promise<(string | null)[]> {
  const { engine, log } = await recordingEngine();
  const database = await openDatabase(engine);
  for (const step of steps) database.query(step.code, step.target ?? target, step.blobs ?? []);
  const checkpoint = new Checkpoints(engine);
  checkpoint.begin();
  return [
    firstDifference(engine.database, reopened([], log).database),
    firstDifference(engine.database, reopened(checkpoint.end(), []).database),
  ];
}

describe('what queries in the 2019 dialect leave behind is the same after a restart', () => {
  it('in all acceptance cases', async () => {
    for (const { name, target, steps } of cases2019) expect([name, ...(await differences(steps, target))]).toEqual([name, null, null]);
  });

  it('with attributes of things that leave, quotas and arrow functions', async () => {
    const collection = [
      "t = {}; t.set('a', [1, 'x']); t.set('b', 2.5); u = {}; u.set('c', true);",
      "t.unset('b'); del('u'); f = x => (x + 1);",
    ];
    const steps = [...collection.map((code) => ({ code })), { code: "set_quota('stuff', 'things', 9); set_zone(3);", target: 0 }];
    expect(await differences(steps, 'stuff')).toEqual([null, null]);
  });
});

describe('a dump of a collection', () => {
  it('has the attributes of its things, whatever ids they get', async () => {
    const database = await openDatabase();
    database.query("a = {}; del('a'); t = {n: 1}; t.set('z', 2.5); set('k', [1, 'x']);");
    const { engine } = database;
    const today = (code: string, scope: string, vars: Uint8Array | null = null) =>
      engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code, vars }).value;
    const dump = today('export({dump: true});', '//stuff') as { bytes: string };
    today("new_collection('copy');", '@thingsdb');
    const w = new MsgpackWriter();
    w.mapHeader(1);
    w.str('dump');
    w.bin(dump.bytes);
    today('import(dump);', '//copy', w.take());
    expect(database.query("t.get('z'); get('k'); t.get('k')", 'copy')).toMatchObject({ value: [{ float: 2.5 }, [1, 'x'], null] });
    await database.close();
  });
});

describe('a stored arrow function', () => {
  it('runs in both dialects, and so does a closure of today', async () => {
    const database = await openDatabase();
    expect(database.query('n = 5; f = x => (x + n); [1, 2].map(f); f;')).toMatchObject({ value: [null, null, [6, 7], { $: 'x=>(x+n)' }] });
    const { engine } = database;
    const query = (code: string): unknown =>
      engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', code, vars: null }).value;
    expect(query('.f.call(10)')).toBe(15);
    query('.g = |x| x * 2;');
    expect(database.query('[1, 2].map(g)')).toMatchObject({ value: [2, 4] });
    await database.close();
  });
});
