/** The example runs, passes the checker without a remark, and does what its comments say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { ask, latin1, memoryEngine } from '../support.ts';

const EXAMPLE = readFileSync(fileURLToPath(new URL('../../examples/zoo.ti', import.meta.url)), 'utf8');

it('the zoo keeps its relations, and is fed', async () => {
  expect(analyze(latin1(EXAMPLE)).findings).toEqual([]);
  const engine = await memoryEngine();
  expect(ask(engine, EXAMPLE)).toEqual('feed');
  expect(ask(engine, '.zoo.enclosures.map(|home| [home.name, home.count(), home.keepers.len()]);')).toEqual([
    ['Savanna', 2, 1],
    ['Lake', 2, 2],
  ]);
  expect(ask(engine, "find('otter').map(|animal| animal.friends.len());")).toEqual([1, 1]);
  ask(engine, "wse(feed('Nala', 'beef', 4.5));");
  expect(ask(engine, ".zoo.animals.find(|animal| animal.name == 'Nala').feedings.map(|feeding| feeding.food);")).toEqual(['beef']);
  expect(ask(engine, "wse(feed('Dumbo', 'hay', 1.0));")).toEqual({ error: -54, message: "there is no animal 'Dumbo'" });
  await engine.close();
});
