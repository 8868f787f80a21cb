import { expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import type { Collection } from '../../src/model/collection.ts';
import { verifyDatabase } from '../../src/model/verify.ts';
import type { List } from '../../src/values/list.ts';
import { SetValue } from '../../src/values/set.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import { recordingEngine } from './recording.ts';
import { RELATED, RelatedStatements, START, Statements } from './schema-statements.ts';

const ADMIN = { id: 1, name: 'admin' };

function run(engine: LocalEngine, code: string, scope = '//stuff'): void {
  engine.query({ user: ADMIN, client: null, scope, code, vars: null });
}

const FILLED = `
  set_type('B', {k: 'int'});
  set_type('A', {k: 'int', bs: '{B}'});
  mod_type('B', 'add', 'a', 'A?');
  mod_type('B', 'rel', 'a', 'bs');
  .a = A{k: 1};
  .b = B{k: 2};
  .b.a = .a;
  .list = [{n: 1}, {n: 2}];
  .set = set({n: 3});
  .room = room();
  .room.set_name('lobby');
  new_procedure('p', || nil);
  nil;`;

async function filled(): Promise<{ engine: LocalEngine; stuff: Collection; thing: (key: string) => Thing }> {
  const { engine } = await recordingEngine();
  run(engine, FILLED);
  const stuff = engine.database.collectionByName('stuff');
  return { engine, stuff, thing: (key) => stuff.root.get(key) as Thing };
}

const problemsOf = ({ database }: LocalEngine): string[] => verifyDatabase(database).problems;

test('nothing is wrong with a database that queries made, and all of it is counted', async () => {
  const { engine } = await filled();
  expect(verifyDatabase(engine.database)).toEqual({
    problems: [],
    collections: 1,
    users: 1,
    things: 6,
    types: 2,
    enums: 0,
    procedures: 1,
    tasks: 0,
    unreachable: 0,
  });
});

test.each([
  ['types', START, (seed: number) => new Statements(seed)],
  ['relations', RELATED, (seed: number) => new RelatedStatements(seed)],
] as const)('nothing is wrong after random changes of %s', async (_, start, make) => {
  for (let seed = 101; seed <= 115; seed++) {
    const { engine } = await recordingEngine();
    const statements = make(seed);
    for (const code of [start, ...Array.from({ length: 40 }, () => statements.statement())]) {
      try {
        run(engine, code);
      } catch {
        // What it did before its error is kept.
      }
    }
    expect(problemsOf(engine), `seed ${seed}`).toEqual([]);
  }
});

test('a ring that nothing leads to is told, and is no fault', async () => {
  const { engine } = await filled();
  run(engine, '.ring = {}; .ring.self = .ring; .del("ring");');
  const { problems, unreachable } = verifyDatabase(engine.database);
  expect([problems, unreachable]).toEqual([[], 1]);
});

test('a reference to what is not there is found', async () => {
  const { engine, thing, stuff } = await filled();
  const { id } = thing('a');
  stuff.things.delete(id);
  expect(problemsOf(engine)).toContain(`collection \`stuff\`: #${stuff.root.id}.a holds #${id}, which is not there`);
});

test('a wrong count of references is found', async () => {
  const { engine, thing } = await filled();
  thing('a').refs++;
  expect(problemsOf(engine)).toEqual([`collection \`stuff\`: #${thing('a').id} is held 2 times, 3 were counted`]);
});

test('a count below zero is found', async () => {
  const { engine, thing } = await filled();
  thing('a').refs = -1;
  expect(problemsOf(engine)).toContain(`collection \`stuff\`: #${thing('a').id} has a count of -1`);
});

test('a thing that should have been removed is found', async () => {
  const { engine, stuff } = await filled();
  const lost = new Thing(Shape.empty, []);
  lost.id = stuff.nextId++;
  stuff.things.set(lost.id, lost);
  expect(problemsOf(engine)).toEqual([`collection \`stuff\`: #${lost.id} is held by nothing, but was not removed`]);
});

test('half a relation is found', async () => {
  const { engine, thing } = await filled();
  (thing('a').get('bs') as SetValue).things.clear();
  expect(problemsOf(engine)).toContain(`collection \`stuff\`: #${thing('b').id}.a has #${thing('a').id}, whose \`bs\` does not lead back`);
});

test('an id that would be given out again is found', async () => {
  const { engine, stuff, thing } = await filled();
  stuff.nextId = thing('set') instanceof SetValue ? Math.max(...[...stuff.things.values()].map(({ id }) => id)) : 0;
  expect(problemsOf(engine)).toEqual([`collection \`stuff\`: the id of thing #${stuff.nextId} would be given out again`]);
});

test('an instance with too few values is found', async () => {
  const { engine, thing } = await filled();
  thing('b').slots.pop();
  expect(problemsOf(engine).join('\n')).toContain('has 1 values, its type `B` 2 fields');
});

test('a list that belongs to another thing is found', async () => {
  const { engine, stuff, thing } = await filled();
  (stuff.root.get('list') as List).parent = thing('a');
  expect(problemsOf(engine)).toEqual([`collection \`stuff\`: #${stuff.root.id}.list is a list or set that belongs elsewhere`]);
});

test('an index of instances that misses one is found', async () => {
  const { engine, stuff, thing } = await filled();
  const type = stuff.types.get('B');
  if (type === undefined) throw new Error('no type');
  type.instances = new Set();
  expect(problemsOf(engine)).toEqual([
    `collection \`stuff\`: #${thing('b').id} is missing among the instances of \`B\``,
    'collection `stuff`: type `B` has 1 instances, 0 in its index',
  ]);
});
