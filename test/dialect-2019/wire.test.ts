import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { type Codec2019, msgpackCodec, qpackCodec } from '../../src/server/codec-2019.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { Type2019 } from '../../src/server/requests-2019.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { Float } from '../../src/values/scalars.ts';
import { ERRORS_2019 } from '../../src/wire/errors-2019.ts';
import { type QpackValue, QpackWriter, readQpack } from '../../src/wire/qpack.ts';
import { RawClient, type TestServer, testServer } from '../server/client.ts';
import { type Case2019, cases2019 } from './cases.ts';
import { Client2019, write } from './client.ts';

/** One server for all: what a case leaves is taken away before the next. */
let engine: LocalEngine;
let server: TestServer;

const admin = { id: 1, name: 'admin' };

beforeAll(async () => {
  engine = new LocalEngine(memoryStore());
  await engine.initialize();
  server = await testServer(engine);
});
afterAll(async () => {
  await server.stop();
});

function clean(): void {
  const ask = (target: string | number, code: string): void => {
    engine.query2019({ user: admin, client: null, target, code, blobs: [] });
  };
  for (const name of [...engine.database.collectionsByName.keys()]) ask(0, `del_collection('${name}')`);
  for (const { name } of [...engine.database.users.values()]) if (name !== 'admin') ask(0, `del_user('${name}')`);
  ask(0, "new_collection('stuff'); set_zone(0);");
}

const connect = (codec: Codec2019): Promise<Client2019> => Client2019.login(server.port, codec);

async function run(client: Client2019, { name, steps, target }: Case2019): Promise<void> {
  for (const step of steps) {
    const { type, value } = await client.query(step.code, step.target ?? target, step.blobs);
    if (step.err !== undefined) expect([name, step.code, type]).toEqual([name, step.code, ERRORS_2019.get(step.err)]);
    else expect([name, step.code, type]).toEqual([name, step.code, Type2019.RESULTS]);
    if (!('ok' in step)) continue;
    const results = value as unknown[];
    expect([name, step.code, results.length === 1 ? results[0] : results]).toEqual([name, step.code, step.ok]);
  }
}

describe.each([
  ['QPack', qpackCodec],
  ['MessagePack', msgpackCodec],
])('over the wire in %s', (_name, codec) => {
  it('all acceptance cases pass', async () => {
    const client = await connect(codec);
    for (const each of cases2019) {
      clean();
      await run(client, each);
    }
    client.close();
  });

  it('errors tell a message and a code of their own', async () => {
    clean();
    const client = await connect(codec);
    expect(await client.query('nope', 'stuff')).toMatchObject({
      type: 101,
      value: { error_code: -103, error_msg: expect.stringContaining('nope') },
    });
    expect(await client.query('1 +', 'stuff')).toMatchObject({ type: 103, value: { error_code: -101 } });
    expect(await client.request(PackageType.QUERY, new Map([['query', 5]]))).toMatchObject({ type: 102 });
    for (const [more, wanted] of [
      [[['target', []]], 102],
      [[['target', null]], 102],
      [[['target', new Float(2)]], 102],
      [[['target', 99]], 101],
      [[['target', -1]], 101],
      [[['target', 2n ** 60n]], 101],
      [[['target', 'none']], 101],
      [[['blobs', null]], 102],
      [[['blobs', [1]]], 102],
      [[['blobs', 'x']], 102],
      [[['more', 1]], 66],
    ] as const) {
      const request = new Map<QpackValue, QpackValue>([['query', '1'], ...(more as unknown as [QpackValue, QpackValue][])]);
      expect([more, (await client.request(PackageType.QUERY, request)).type]).toEqual([more, wanted]);
    }
    expect((await client.request(PackageType.QUERY, ['1'])).type).toBe(codec === qpackCodec ? 102 : PackageType.ERROR);
    client.close();
  });
});

describe('a connection in QPack', () => {
  it('is refused as one of 2019', async () => {
    const client = new Client2019(await RawClient.connect(server.port), qpackCodec);
    expect((await client.request(PackageType.AUTH, ['admin', 'wrong'])).type).toBe(99);
    expect(await client.query('1', 0)).toMatchObject({ type: 99, value: { error_code: -105 } });
    expect((await client.request(PackageType.AUTH, ['admin'])).type).toBe(102);
    expect((await client.request(PackageType.AUTH, ['admin', 'pass'])).type).toBe(Type2019.LOGGED_IN);
    expect((await client.request(PackageType.PING, null)).type).toBe(Type2019.PONG);
    client.close();
  });

  it('needs rights', async () => {
    clean();
    const client = await connect(qpackCodec);
    await client.query("new_user('ann', 'x'); grant('stuff', 'ann', READ);", 0);
    const ann = new Client2019(await RawClient.connect(server.port), qpackCodec);
    expect((await ann.request(PackageType.AUTH, ['ann', 'x'])).type).toBe(Type2019.LOGGED_IN);
    expect(await ann.query('1', 'stuff')).toEqual({ type: Type2019.RESULTS, value: [1] });
    for (const code of ['x = 2', '(false && x = 1)', 'x => x = 1']) expect((await ann.query(code, 'stuff')).type).toBe(100);
    expect((await ann.query('1', 0)).type).toBe(100);
    await client.query("grant(0, 'ann', READ)", 0);
    expect((await ann.query('users()', 0)).type).toBe(Type2019.RESULTS);
    for (const code of ['set_loglevel(1)', 'set_zone(1)', 'reset_counters()', 'shutdown()'])
      expect((await ann.query(code, 0)).type).toBe(100);
    await client.query("grant(0, 'ann', MODIFY)", 0);
    expect((await ann.query("grant('stuff', 'admin', READ)", 0)).type).toBe(100);
    ann.close();
    client.close();
  });

  it('survives bytes that are no requests', async () => {
    const client = await connect(qpackCodec);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(PackageType.QUERY, PackageType.AUTH, PackageType.PING),
        fc.uint8Array({ maxLength: 40 }),
        async (type, bytes) => {
          client.raw.send(makePackage(type, 3, Buffer.from([243, ...bytes])));
          const { type: answer } = await client.raw.next();
          expect([64, 99, 102]).toContain(answer);
        },
      ),
      { numRuns: 200 },
    );
    expect(await client.query('1', 0)).toEqual({ type: Type2019.RESULTS, value: [1] });
    client.close();
  });

  it('is spoken in these bytes', async () => {
    clean();
    const client = await RawClient.connect(server.port);
    const ask = async (hex: string): Promise<string> => {
      client.send(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
      const { type, id, payload } = await client.next();
      return `${type} ${id} ${Buffer.from(payload).toString('hex')}`;
    };
    // Length, id, type and its complement; then `["admin", "pass"]`.
    expect(await ask('0c000000 0100 21 de ef 85 61646d696e 84 70617373')).toBe('65 1 ');
    expect(await ask('00000000 0200 20 df')).toBe('64 2 ');
    // `{query: "(5/2)", target: "stuff"}`
    expect(await ask('1a000000 0300 22 dd f5 85 7175657279 85 28352f3229 86 746172676574 85 7374756666')).toBe('66 3 eeec0000000000000440');
    // `{query: "x=[1,2,3,4,5,6];x", target: "stuff"}`
    expect(await ask('27000000 0400 22 dd f5 85 7175657279 92 783d5b312c322c332c342c352c365d3b783b 86 746172676574 85 7374756666')).toBe(
      '66 4 effbfc010203040506fe',
    );
    expect((await ask('09000000 0500 22 dd f4 85 7175657279 81 21')).slice(0, 6)).toBe('103 5 ');
    client.close();
  });
});

describe('QPack', () => {
  const leaf: fc.Arbitrary<QpackValue> = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((n) => !Number.isSafeInteger(Number(n))),
    fc.double({ noNaN: true }).map((value) => new Float(value)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const value = fc.letrec<{ value: QpackValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 8 }) as fc.Arbitrary<QpackValue>,
      fc
        .array(fc.tuple(leaf, tie('value')), { maxLength: 8 })
        .map((entries) => new Map(entries.filter(([key]) => typeof key === 'string'))) as fc.Arbitrary<QpackValue>,
    ),
  })).value;

  it('reads what it writes', () => {
    fc.assert(
      fc.property(value, (each) => {
        const w = new QpackWriter();
        write(w, each);
        expect(readQpack(w.take())).toEqual(each);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[QpackValue, number[]]>([
    [0, [0]],
    [63, [63]],
    [-1, [64]],
    [-60, [123]],
    [-61, [232, 195]],
    [new Float(0), [126]],
    [new Float(-1), [125]],
    ['hi', [130, 104, 105]],
    [
      [1, []],
      [239, 1, 237],
    ],
    [
      [1, 2, 3, 4, 5, 6],
      [252, 1, 2, 3, 4, 5, 6, 254],
    ],
    [new Map([['a', true]]), [244, 129, 97, 249]],
    [null, [251]],
    [64, [232, 64]],
    [127, [232, 127]],
    [128, [233, 128, 0]],
    [-128, [232, 128]],
    [-129, [233, 127, 255]],
    [32_767, [233, 255, 127]],
    [32_768, [234, 0, 128, 0, 0]],
    [-(2 ** 31), [234, 0, 0, 0, 128]],
    [2 ** 31, [235, 0, 0, 0, 128, 0, 0, 0, 0]],
    [2n ** 63n - 1n, [235, 255, 255, 255, 255, 255, 255, 255, 127]],
    [-(2n ** 63n), [235, 0, 0, 0, 0, 0, 0, 0, 128]],
    [new Float(1), [127]],
    [new Float(0.5), [236, 0, 0, 0, 0, 0, 0, 224, 63]],
    [new Float(-0), [236, 0, 0, 0, 0, 0, 0, 0, 128]],
    [new Float(Number.POSITIVE_INFINITY), [236, 0, 0, 0, 0, 0, 0, 240, 127]],
    [false, [250]],
    ['', [128]],
    ['x'.repeat(99), [227, ...new Array<number>(99).fill(120)]],
    ['x'.repeat(100), [228, 100, ...new Array<number>(100).fill(120)]],
    ['x'.repeat(256), [229, 0, 1, ...new Array<number>(256).fill(120)]],
    ['x'.repeat(65_536), [230, 0, 0, 1, 0, ...new Array<number>(65_536).fill(120)]],
    [new Map(), [243]],
    [
      new Map([...'abcdef'].map((key, i) => [key, i])),
      [253, 129, 97, 0, 129, 98, 1, 129, 99, 2, 129, 100, 3, 129, 101, 4, 129, 102, 5, 255],
    ],
    [[[1, 2, 3, 4, 5, [6, 6, 6, 6, 6, 6]]], [238, 252, 1, 2, 3, 4, 5, 252, 6, 6, 6, 6, 6, 6, 254, 254]],
  ])('has a form for %s', (each, bytes) => {
    const w = new QpackWriter();
    write(w, each);
    expect([...w.take()]).toEqual(bytes);
    expect(readQpack(Buffer.from(bytes))).toEqual(each);
  });

  it('refuses what is cut off, nested too deep or no value', () => {
    for (const bytes of [[], [130, 1], [239, 1], [236, 0], [124], [254], [255], new Array(1000).fill(238)]) {
      expect(() => readQpack(Buffer.from(bytes))).toThrow();
      try {
        readQpack(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(TiError);
      }
    }
  });
});
