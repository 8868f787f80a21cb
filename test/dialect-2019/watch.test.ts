import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { msgpackCodec, qpackCodec } from '../../src/server/codec-2019.ts';
import { PackageType } from '../../src/server/framing.ts';
import { Type2019 } from '../../src/server/requests-2019.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { Float } from '../../src/values/scalars.ts';
import { payloadValue, RawClient, type TestServer, testServer } from '../server/client.ts';
import { Client2019 } from './client.ts';

const INIT = 16;
const UPDATE = 17;
const GONE = 18;

let engine: LocalEngine;
let server: TestServer;

beforeEach(async () => {
  engine = new LocalEngine(memoryStore());
  await engine.initialize();
  server = await testServer(engine);
});
afterEach(async () => {
  await server.stop();
});

async function idOf(client: Client2019, name: string): Promise<number> {
  const { value } = await client.query(`${name}.id()`, 'stuff');
  return (value as [number])[0];
}

describe.each([
  ['QPack', qpackCodec],
  ['MessagePack', msgpackCodec],
])('watching in the protocol of 2019, in %s', (_name, codec) => {
  it('begins with the thing as it is and tells of every change until it leaves', async () => {
    const writer = await Client2019.login(server.port, codec);
    const watcher = await Client2019.login(server.port, codec);
    await writer.query("t = {n: 1}; t.l = [1]; t.set('k', 'v');", 'stuff');
    const id = await idOf(writer, 't');
    expect((await watcher.watch(Type2019.WATCH, 'stuff', [id, 999_999])).type).toBe(Type2019.WATCHED);
    expect(await watcher.next()).toMatchObject({
      type: INIT,
      value: { event: expect.any(Number), thing: { '#': id, n: 1, l: [1], '.': { k: 'v' } } },
    });
    const ask = async (code: string): Promise<unknown> => {
      await writer.query(code, 'stuff');
      const { type, value } = await watcher.next();
      expect([type, (value as { '#': number })['#']]).toEqual([UPDATE, id]);
      return (value as { jobs: unknown }).jobs;
    };
    expect(await ask('t.n = 2')).toEqual([{ assign: { n: 2 } }]);
    expect(await ask('t.l.push(2, 3); t.l.splice(0, 1);')).toEqual([{ splice: { l: [1, 0, 2, 2, 3] } }, { splice: { l: [0, 1, 0] } }]);
    expect(await ask("t.rename('n', 'm'); t.del('m');")).toEqual([{ rename: { n: 'm' } }, { del: 'm' }]);
    expect(await ask("t.set('k', [1]); t.unset('k');")).toEqual([{ set: { k: [1] } }, { unset: 'k' }]);
    const [{ assign }] = (await ask('t.c = {x: {y: 1}}; t.d = t.c;')) as [{ assign: { c: { '#': number; x: unknown } } }];
    expect(assign.c).toEqual({ '#': expect.any(Number), x: { '#': expect.any(Number), y: 1 } });
    // A change of a thing in it is none of its own, and what is only read is none at all.
    await writer.query('t.c.x.y = 2; t;', 'stuff');
    expect(await ask('t.e = t.c')).toEqual([{ assign: { e: { '#': assign.c['#'] } } }]);
    await writer.query("del('t')", 'stuff');
    expect(await watcher.next()).toEqual({ type: GONE, value: { '#': id } });
    writer.close();
    watcher.close();
  });

  it('tells its own connection too, once however often it was asked for, and ends', async () => {
    const client = await Client2019.login(server.port, codec);
    await client.query('t = {};', 'stuff');
    const id = await idOf(client, 't');
    for (let i = 0; i < 2; i++) {
      expect((await client.watch(Type2019.WATCH, 'stuff', [id])).type).toBe(Type2019.WATCHED);
      expect((await client.next()).type).toBe(INIT);
    }
    const told = [await client.query('t.a = 1', 'stuff'), await client.next()];
    expect(told.map(({ type }) => type).sort()).toEqual([UPDATE, Type2019.RESULTS]);
    expect((await client.watch(Type2019.UNWATCH, 'stuff', [id])).type).toBe(Type2019.UNWATCHED);
    expect((await client.query('t.a = 2', 'stuff')).type).toBe(Type2019.RESULTS);
    expect((await client.query('1', 'stuff')).type).toBe(Type2019.RESULTS);
    client.close();
  });

  it('ends with the collection', async () => {
    const client = await Client2019.login(server.port, codec);
    await client.query('t = {};', 'stuff');
    const id = await idOf(client, 't');
    await client.watch(Type2019.WATCH, 'stuff', [id]);
    expect((await client.next()).type).toBe(INIT);
    const told = [await client.query("del_collection('stuff')", 0), await client.next()];
    expect(told.map(({ type }) => type).sort()).toEqual([GONE, Type2019.RESULTS]);
    client.close();
  });

  it('ends for a thing that leaves with a user, whose task alone held it', async () => {
    const client = await Client2019.login(server.port, codec);
    await client.query("new_user('ann', 'x'); grant('stuff', 'ann', FULL);", 0);
    const ann = await RawClient.login(server.port, 'ann', 'x');
    const id = payloadValue(await ann.query('x = {}; .x = x; task(datetime(4000000000), |t, a| a, [x]); .del("x"); x.id();')) as number;
    await client.watch(Type2019.WATCH, 'stuff', [id]);
    expect(await client.next()).toMatchObject({ type: INIT, value: { thing: { '#': id } } });
    const told = [await client.query("del_user('ann')", 0), await client.next()];
    expect(told).toContainEqual({ type: GONE, value: { '#': id } });
    client.close();
    ann.close();
  });

  it('needs the right to watch, and only that', async () => {
    const admin = await Client2019.login(server.port, codec);
    await admin.query("new_user('ann', 'x');", 0);
    await admin.query('t = {};', 'stuff');
    const id = await idOf(admin, 't');
    const ann = await Client2019.login(server.port, codec, 'ann', 'x');
    expect((await ann.watch(Type2019.WATCH, 'stuff', [id])).type).toBe(100);
    await admin.query("grant('stuff', 'ann', WATCH)", 0);
    expect((await ann.watch(Type2019.WATCH, 'stuff', [id])).type).toBe(Type2019.WATCHED);
    expect((await ann.next()).type).toBe(INIT);
    expect((await ann.query('1', 'stuff')).type).toBe(100);
    for (const [collection, things, code] of [
      [0, [id], 101],
      ['none', [id], 101],
      [[], [id], 102],
      ['stuff', 5, 102],
      [null, [id], 102],
      [new Float(1.5), [id], 102],
      [2n ** 60n, [id], 101],
      [999, [id], 101],
      ['stuff', ['x'], 102],
    ] as const) {
      expect([collection, things, (await ann.watch(Type2019.WATCH, collection as never, things as never)).type]).toEqual([
        collection,
        things,
        code,
      ]);
    }
    ann.close();
    admin.close();
  });
});

describe("watching in today's protocol", () => {
  it('answers as ever, and tells those who name things of their changes', async () => {
    const client = await RawClient.login(server.port);
    const other = await RawClient.login(server.port);
    const id = payloadValue(await client.query('.t = {n: 1, s: set()}; .t.id();')) as number;
    expect((await client.request(PackageType.WATCH, null)).type).toBe(PackageType.OK);
    expect((await client.request(PackageType.WATCH, ['//stuff', id])).type).toBe(PackageType.OK);
    const begun = await client.next();
    expect([begun.type, begun.id, payloadValue(begun)]).toEqual([
      PackageType.WATCH_INIT,
      0xffff,
      { change: expect.any(Number), thing: { '#': id, n: 1, s: [] } },
    ]);
    await other.query('.t.n += 1; .t.s.add({a: 1});');
    const updated = await client.next();
    expect(updated.type).toBe(PackageType.WATCH_UPDATE);
    expect(payloadValue(updated)).toEqual({
      '#': id,
      change: expect.any(Number),
      operations: [{ assign: { n: 2 } }, { assign: { s: [{ '#': expect.any(Number), a: 1 }] } }],
    });
    expect((await client.request(PackageType.UNWATCH, ['//stuff', id])).type).toBe(PackageType.OK);
    await other.query('.t.n = 9;');
    expect(payloadValue(await client.query('1'))).toBe(1);
    client.close();
    other.close();
  });

  it('begins again when the type of a thing changes, and ends with its connection', async () => {
    const client = await RawClient.login(server.port);
    const other = await RawClient.login(server.port);
    const id = payloadValue(await other.query("set_type('T', {n: 'int'}); .t = T{n: 3}; .t.id();")) as number;
    await client.request(PackageType.WATCH, ['//stuff', id]);
    expect((await client.next()).type).toBe(PackageType.WATCH_INIT);
    await other.query("mod_type('T', 'add', 'm', 'int', 5);");
    const again = await client.next();
    expect([again.type, (payloadValue(again) as { thing: unknown }).thing]).toEqual([PackageType.WATCH_INIT, { '#': id, n: 3, m: 5 }]);
    const { watched } = [...engine.database.collections.values()][0] as { watched: number };
    expect(watched).toBe(1);
    client.close();
    await expect.poll(() => [...engine.database.collections.values()][0]?.watched).toBe(0);
    other.close();
  });
});
