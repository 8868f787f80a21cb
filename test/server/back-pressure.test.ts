import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/server/connection.ts';
import { PackageType } from '../../src/server/framing.ts';
import { query, RawClient, type TestServer, testServer, until } from './client.ts';
import { FakeEngine } from './fake-engine.ts';

const MEGABYTE = 1024 * 1024;
let server: TestServer;
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

async function start(engine: FakeEngine): Promise<RawClient> {
  server = await testServer(engine);
  const client = await RawClient.login(server.port);
  clients.push(client);
  return client;
}

/** Waits until nothing has been asked of the engine for a while. */
async function settled(engine: FakeEngine): Promise<number> {
  for (let last = -1; last !== engine.queries.length; ) {
    last = engine.queries.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return engine.queries.length;
}

describe('a client that does not read', () => {
  it('gets no further requests handled, and all of them once it reads', async () => {
    const engine = new FakeEngine({ large: 'x'.repeat(MEGABYTE), '1': 1 });
    const client = await start(engine);
    client.socket.pause();
    client.send(Buffer.concat(Array.from({ length: 200 }, (_, id) => query('large', id))));
    const handled = await settled(engine);
    expect(handled).toBeGreaterThan(3);
    expect(handled).toBeLessThan(40);
    const other = await RawClient.login(server.port);
    clients.push(other);
    expect((await other.query('1')).type).toBe(PackageType.DATA);
    client.socket.resume();
    const answers = await client.take(200);
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
    expect(engine.queries.length).toBe(201);
  });

  it('is held back as well while its answers wait for the disk', async () => {
    const engine = new FakeEngine({ large: 'x'.repeat(MEGABYTE) });
    const client = await start(engine);
    engine.syncByHand = true;
    client.send(Buffer.concat([query('change', 1000), ...Array.from({ length: 100 }, (_, id) => query('large', id))]));
    expect(await settled(engine)).toBeLessThan(20);
    const timer = setInterval(() => engine.sync(), 5);
    await client.take(101);
    clearInterval(timer);
  });

  it('goes on when many small answers pile up', async () => {
    const engine = new FakeEngine({ small: 'x'.repeat(1000) });
    const client = await start(engine);
    client.socket.pause();
    const count = 30_000;
    client.send(Buffer.concat(Array.from({ length: count }, (_, id) => query('small', id & 0xffff))));
    expect(await settled(engine)).toBeLessThan(count);
    client.socket.resume();
    const answers = await client.take(count);
    expect(answers.at(-1)?.id).toBe((count - 1) & 0xffff);
  });

  it('that has ended its side still gets its answers when it reads', async () => {
    const engine = new FakeEngine({ large: 'x'.repeat(MEGABYTE) });
    const client = await start(engine);
    client.socket.pause();
    client.socket.end(Buffer.concat(Array.from({ length: 30 }, (_, id) => query('large', id))));
    await settled(engine);
    client.socket.resume();
    expect((await client.take(30)).length).toBe(30);
    await client.closed;
  });

  it('is cut off when pushes pile up without end', async () => {
    const engine = new FakeEngine({ push: null });
    const client = await start(engine);
    let sink: Connection | null = null;
    engine.query = (request) => {
      sink = request.client as Connection;
      return { value: null, deep: 1, flags: 0 };
    };
    await client.query('push');
    client.socket.pause();
    for (let i = 0; i < 100 && server.connections > 0; i++) {
      (sink as Connection | null)?.warn(2, 'x'.repeat(MEGABYTE));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => server.connections === 0);
    expect(server.lines.some((line) => line.includes('does not read'))).toBe(true);
  });
});
