/** Queries that are waited for, on one or two servers in turn. */
import { Client } from '../src/cli/client.ts';
import { TiError } from '../src/errors.ts';
import type { QueryRow } from './rows.ts';

export const SCOPE = '//bench';
const WARM_UP_ROUNDS = 12;

/** Logs in at a server and makes the empty collection for the benchmark. */
export async function prepared(port: number): Promise<Client> {
  const client = await Client.open({ host: '127.0.0.1', port });
  await client.login('admin', 'pass');
  await client.query('@t', "del_collection('bench');").catch((error: unknown) => {
    if (!(error instanceof TiError)) throw error;
  });
  await client.query('@t', "new_collection('bench');");
  return client;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** What else the machine does only ever adds to a time, and hits the longer ones harder: a quarter of the times is below this one. */
const lowerQuartile = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 2] ?? Number.NaN;

/** The lower quartile of milliseconds for each client; they take turns, so that what else the machine does hits all. NaN for one that answers with an error. */
export async function measureQuery(clients: readonly Client[], row: QueryRow, rounds: number): Promise<number[]> {
  const times: number[][] = clients.map(() => []);
  const failed = new Set<number>();
  for (const [i, client] of clients.entries()) {
    if (row.setup !== undefined && !(await succeeds(client, row.setup))) failed.add(i);
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [i, client] of clients.entries()) {
      if (failed.has(i)) continue;
      const start = performance.now();
      if (!(await succeeds(client, row.code))) failed.add(i);
      else if (round >= 0) times[i]?.push(performance.now() - start);
    }
  }
  return times.map((all, i) => (failed.has(i) ? Number.NaN : lowerQuartile(all)));
}

async function succeeds(client: Client, code: string): Promise<boolean> {
  try {
    await client.query(SCOPE, code);
    return true;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    console.error(`${code}\n  ${error}`);
    return false;
  }
}
