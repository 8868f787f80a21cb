/** A million small typed things: what they take in memory, and how long a store with them takes to open. */
import { Client } from '../src/cli/client.ts';
import { measureCheckpoint } from './checkpoint.ts';
import { OwnServer } from './own-server.ts';
import { prepared, SCOPE } from './queries.ts';
import type { Measured } from './table.ts';

const COUNT = 1_000_000;
const SLICE = 20_000;
/** In megabytes. */
const MAX_MEMORY = 500;
/** In milliseconds: what the reference node takes after a clean stop. */
const MAX_OPEN = 1100;

export async function measureMillion(): Promise<Measured[]> {
  const server = new OwnServer();
  const rows: Measured[] = [];
  const add = (name: string, value: number, unit: string, limit?: number): void => {
    rows.push({ name, value, unit, other: null, isReference: false, ...(limit === undefined ? {} : { limit }) });
  };
  try {
    await server.start();
    const client = await prepared(server.port);
    const start = performance.now();
    await client.query(SCOPE, "set_type('Point', {x: 'int', y: 'int'}); .points = []; nil;");
    for (let i = 0; i < COUNT / SLICE; i++)
      await client.query(SCOPE, `.points.extend(range(${SLICE}).map(|n| Point{x: n, y: n + 1})); nil;`);
    add('make a million things, durably', performance.now() - start, 'ms');
    add('memory with a million things', server.memory ?? Number.NaN, 'MB', MAX_MEMORY);
    client.close();
    await server.stop('SIGKILL');
    add('open after a kill', await server.start(), 'ms', MAX_OPEN);
    add('memory after that', server.memory ?? Number.NaN, 'MB', MAX_MEMORY);
    const again = await Client.open({ host: '127.0.0.1', port: server.port });
    await again.login('admin', 'pass');
    await again.query(SCOPE, '.points.map(|p| p.x).sum();');
    add('memory with all of them touched', server.memory ?? Number.NaN, 'MB', MAX_MEMORY);
    again.close();
    await server.stop();
    add('open after a clean stop', await server.start(), 'ms', MAX_OPEN);
    add('memory of what is not touched', server.memory ?? Number.NaN, 'MB', MAX_MEMORY);
  } finally {
    await server.remove();
  }
  return [...rows, ...(await measureCheckpoint())];
}
