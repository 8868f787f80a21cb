import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PackageType } from '../../src/server/framing.ts';
import { HoldQueue, type Receiver } from '../../src/server/hold.ts';
import { payloadValue, query, RawClient, type TestServer, testServer } from './client.ts';
import { FakeEngine } from './fake-engine.ts';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));

describe('answers that wait for the disk', () => {
  let engine: FakeEngine;
  let server: TestServer;
  let client: RawClient;
  let other: RawClient;

  beforeEach(async () => {
    engine = new FakeEngine({ '1': 1 });
    server = await testServer(engine);
    client = await RawClient.login(server.port);
    other = await RawClient.login(server.port);
    engine.syncByHand = true;
  });

  afterEach(async () => {
    engine.sync();
    client.close();
    other.close();
    await server.stop();
  });

  it('leave when the change is durable, not before', async () => {
    client.send(query('change', 1));
    await soon();
    expect(client.packages.length).toBe(1);
    engine.sync();
    expect(payloadValue(await client.next())).toBe(1);
  });

  it('hold up later reads of all connections, since these could have seen the change', async () => {
    client.send(query('change', 1));
    await soon();
    other.send(query('1', 2));
    await soon();
    expect(other.packages.length).toBe(1);
    engine.sync();
    await other.next();
  });

  it('hold up errors and pings behind them, so that the order stays', async () => {
    client.send(Buffer.concat([query('change', 1), query('unknown', 2)]));
    await soon();
    client.send(Buffer.from('00000000030020df', 'hex'));
    await soon();
    expect(client.packages.length).toBe(1);
    engine.sync();
    const types = (await client.take(3)).map(({ type }) => type);
    expect(types).toEqual([PackageType.DATA, PackageType.ERROR, PackageType.PONG]);
  });

  it('do not hold up what could not have seen the change', async () => {
    client.send(query('1', 1));
    await client.next();
    client.send(query('change', 2));
    await soon();
    other.send(Buffer.from('00000000030020df', 'hex'));
    expect((await other.next()).type).toBe(PackageType.PONG);
  });

  it('leave in order, each as soon as its own change is durable', async () => {
    client.send(query('change', 1));
    await soon();
    other.send(query('change', 2));
    await soon();
    engine.sync(1);
    await client.next();
    await soon();
    expect(other.packages.length).toBe(1);
    engine.sync(2);
    await other.next();
  });

  it('leave before the connection closes, when their sender has ended', async () => {
    client.socket.end(query('change', 1));
    await soon();
    expect(server.connections).toBe(2);
    engine.sync();
    await client.next();
    await client.closed;
  });

  it('leave before a stopped server closes', async () => {
    client.send(query('change', 1));
    await soon();
    const stopped = server.stop();
    await soon();
    engine.sync();
    const types = (await client.take(3)).map(({ type }) => type);
    expect(types).toEqual([PackageType.DATA, PackageType.NODE_STATUS, PackageType.NODE_STATUS]);
    await stopped;
  });

  it('do no harm when their receiver has gone', async () => {
    client.send(query('change', 1));
    await soon();
    client.close();
    await soon();
    engine.sync();
    engine.syncByHand = false;
    other.send(query('change', 2));
    await other.next();
  });

  it('that are durable at once leave at once', async () => {
    engine.syncByHand = false;
    client.send(Buffer.concat([query('change', 1), query('change', 2)]));
    expect((await client.take(2)).map(payloadValue)).toEqual([1, 2]);
  });

  it('are let go within a turn when a sync ends in it', async () => {
    client.send(query('change', 1));
    await soon();
    engine.syncByHand = false;
    other.send(Buffer.concat([query('change', 2), query('1', 3)]));
    expect((await other.take(2)).map(({ id }) => id)).toEqual([2, 3]);
    expect((await client.next()).id).toBe(1);
  });
});

describe('a disk that fails', () => {
  it('has what waits for it answered with errors, and the server stopped', async () => {
    const engine = new FakeEngine({ '1': 1 });
    let fail = (_reason: string): void => {};
    const server = await testServer(engine, {
      onFailure: (listener) => {
        fail = listener;
      },
    });
    const client = await RawClient.login(server.port);
    const other = await RawClient.login(server.port);
    engine.syncByHand = true;
    client.send(Buffer.concat([query('change', 1), query('log x', 2), Buffer.from('00000000030020df', 'hex')]));
    await soon();
    fail('no space');
    other.send(query('1', 4));
    const answers = await client.take(4);
    expect(answers.map(({ id, type }) => [id, type])).toEqual([
      [1, PackageType.ERROR],
      [2, PackageType.ERROR],
      [3, PackageType.PONG],
      [65535, PackageType.NODE_STATUS],
    ]);
    expect(payloadValue(answers[0] as never)).toMatchObject({ error_code: -1 });
    await Promise.all([client.closed, other.closed, server.stopped]);
    expect(other.packages.map(({ type }) => type)).not.toContain(PackageType.DATA);
    expect(server.hasFailed).toBe(true);
    expect(server.lines.some((line) => line.includes('no space'))).toBe(true);
  });

  it('that fails while a query runs has that query answered', async () => {
    let fail = (_reason: string): void => {};
    const engine = new FakeEngine({
      last: () => {
        engine.change();
        fail('torn');
        return 1;
      },
    });
    engine.syncByHand = true;
    const server = await testServer(engine, {
      onFailure: (listener) => {
        fail = listener;
      },
    });
    const client = await RawClient.login(server.port);
    client.send(Buffer.concat([query('change', 1), query('last', 2), query('change', 3)]));
    expect((await client.take(3)).map(({ type, id }) => [id, type])).toEqual([
      [1, PackageType.ERROR],
      [2, PackageType.ERROR],
      [3, PackageType.ERROR],
    ]);
    await client.closed;
    await server.stopped;
  });
});

describe('the queue', () => {
  it('gives a receiver all that it may send before telling it to send', () => {
    const events: string[] = [];
    const receiver = (name: string): Receiver => ({
      released: (packages) => events.push(`${name}:${packages.toString()}`),
      sendReleased: () => events.push(`${name}!`),
    });
    const [a, b] = [receiver('a'), receiver('b')];
    const queue = new HoldQueue();
    queue.add(a, 1, Buffer.from('1'));
    queue.add(b, 2, Buffer.from('2'));
    queue.add(a, 2, Buffer.from('3'));
    queue.add(a, 3, Buffer.from('4'));
    queue.release(0);
    expect(events).toEqual([]);
    queue.release(2);
    expect(events).toEqual(['a:1', 'b:2', 'a:3', 'a!', 'b!']);
    expect(queue.size).toBe(1);
    queue.release(9);
    expect(events.slice(5)).toEqual(['a:4', 'a!']);
  });
});
