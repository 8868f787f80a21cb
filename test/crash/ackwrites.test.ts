/** What a server has acknowledged is there after it was killed while it was writing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, ConnectionError } from '../../src/cli/client.ts';
import { packVars } from '../../src/cli/vars.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import { ServerProcess } from '../clients/server-process.ts';

const ACKNOWLEDGED = 10_000;
const CONNECTIONS = 8;
const IN_FLIGHT = 32;
/** Of every kind of write some: a new thing in a list, a key of a dictionary, a changed property. */
const WRITES = [
  '.list.push({n: n, text: `number {n}`}); nil;',
  '.dict.set(str(n), n); nil;',
  'writer = .writers[n % 8]; writer.last = n; writer.all.push(n); nil;',
];
const SETUP = '.list = []; .dict = {}; .writers = range(8).map(|i| {last: -1, all: []}); nil;';
const READ = 'return [.list.map(|t| t.n), .dict.values(), .writers.map(|w| w.all), .writers.map(|w| w.last)];';

type Stored = readonly [list: number[], dict: number[], all: number[][], last: number[]];

/** Sends writes until the server is gone; notes what was sent and what came back. */
class Writer {
  readonly sent = new Set<number>();
  readonly acknowledged = new Set<number>();
  private next = 0;
  private readonly enough: () => void;

  constructor(enough: () => void) {
    this.enough = enough;
  }

  /** One request after another over a connection. */
  async work(client: Client): Promise<void> {
    try {
      for (;;) {
        const n = this.next++;
        this.sent.add(n);
        await client.query('//stuff', WRITES[n % WRITES.length] as string, packVars([`n=${n}`]));
        this.acknowledged.add(n);
        if (this.acknowledged.size === ACKNOWLEDGED) this.enough();
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
}

async function login(port: number): Promise<Client> {
  const client = await Client.open({ host: '127.0.0.1', port });
  await client.login('admin', 'pass');
  return client;
}

async function writeUntilKilled(server: ServerProcess): Promise<Writer> {
  const port = await server.port();
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => login(port)));
  await (clients[0] as Client).query('//stuff', SETUP);
  const writer = new Writer(() => {
    // Not at once: more writes are to be under way then.
    setTimeout(() => server.child.kill('SIGKILL'), 20);
  });
  await Promise.all(clients.flatMap((client) => Array.from({ length: IN_FLIGHT }, () => writer.work(client))));
  await server.exited;
  return writer;
}

async function readStored(server: ServerProcess): Promise<Stored> {
  const client = await login(await server.port());
  const answer = await client.query('//stuff', READ);
  client.close();
  return JSON.parse(msgpackToJson(answer)) as Stored;
}

describe('a server that is killed', () => {
  let folder = '';
  const servers: ServerProcess[] = [];

  function start(...words: string[]): ServerProcess {
    const server = new ServerProcess(words, folder);
    servers.push(server);
    return server;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) server.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every write that it acknowledged', async () => {
    folder = mkdtempSync(join(tmpdir(), 'thingsc-crash-'));
    const writer = await writeUntilKilled(start('--init'));
    expect(writer.acknowledged.size).toBeGreaterThanOrEqual(ACKNOWLEDGED);
    expect(writer.sent.size).toBeGreaterThan(writer.acknowledged.size);

    const again = start();
    const [list, dict, all, last] = await readStored(again);
    const found = [...list, ...dict, ...all.flat()];
    const unique = new Set(found);
    expect(found.length, 'a write is there twice').toBe(unique.size);
    expect(
      [...writer.acknowledged].filter((n) => !unique.has(n)),
      'acknowledged and lost',
    ).toEqual([]);
    expect(
      found.filter((n) => !writer.sent.has(n)),
      'never sent',
    ).toEqual([]);
    // A change is there as a whole: both things that the third kind of write does.
    expect(last).toEqual(all.map((numbers) => numbers.at(-1) ?? -1));
    expect(await again.stop()).toBe(0);
  });
});
