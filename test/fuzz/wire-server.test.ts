/** A server that gets spoilt requests: each is answered or the connection is closed, and other clients notice nothing. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { opensQpack } from '../../src/wire/qpack.ts';
import { pack, payloadValue, query, RawClient, type TestServer, testServer } from '../server/client.ts';
import { FakeEngine } from '../server/fake-engine.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 300);

let server: TestServer;
let witness: RawClient;
beforeAll(async () => {
  server = await testServer(new FakeEngine({ '1': 1 }));
  witness = await RawClient.login(server.port);
});
afterAll(async () => {
  witness.close();
  await server.stop();
});

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    pack(['//stuff', '1']),
    pack(['//stuff', 'var a', { a: [1, { b: 2 }] }]),
    pack(['admin', 'pass']),
    pack('token'),
    pack({}),
    Buffer.alloc(0),
  ),
  fc
    .tuple(fc.constantFrom(pack(['//stuff', 'var a', { a: [1, { b: 2 }] }]), pack(['admin', 'pass'])), fc.nat(), fc.nat(255))
    .map(([bytes, at, byte]) => {
      const spoilt = Buffer.from(bytes);
      spoilt[at % spoilt.length] = byte;
      return spoilt;
    }),
);
/** Whole packages of all types, but for log-ins in QPack: what follows those is the protocol of 2019, which has tests of its own. */
const packages = fc.array(
  fc
    .record({ type: fc.oneof(fc.integer({ min: 30, max: 42 }), fc.nat(255)), id: fc.nat(65535), payload })
    .filter((each) => each.type !== PackageType.AUTH || !opensQpack(each.payload[0] ?? 0)),
  { maxLength: 10 },
);

/** How many packages each of these is answered with. */
const isAnswered = (type: number): boolean => type >= PackageType.PING && type <= PackageType.EMIT_PEER;

describe('spoilt requests', () => {
  it('in whole packages are each answered once, in order, and the connection goes on', async () => {
    await fc.assert(
      fc.asyncProperty(packages, fc.boolean(), async (all, login) => {
        const client = login ? await RawClient.login(server.port) : await RawClient.connect(server.port);
        client.send(
          Buffer.concat([
            ...all.map((each) => makePackage(each.type, each.id, each.payload)),
            makePackage(PackageType.PING, 77, Buffer.alloc(0)),
          ]),
        );
        const expected = all.filter(({ type }) => isAnswered(type)).map(({ id }) => id);
        const answers = await client.take(expected.length + 1);
        expect(answers.map(({ id }) => id)).toEqual([...expected, 77]);
        expect(answers.at(-1)?.type).toBe(PackageType.PONG);
        for (const { type } of answers) expect([PackageType.PONG, PackageType.OK, PackageType.DATA, PackageType.ERROR]).toContain(type);
        client.close();
      }),
      { numRuns: RUNS },
    );
    expect(payloadValue(await witness.query('1'))).toBe(1);
  }, 60_000);

  it('of any bytes end with answers, silence or a closed connection', async () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      packages.map((all) => Buffer.concat(all.map((each) => makePackage(each.type, each.id, each.payload)))),
      fc.constant(query('1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), async (chunks) => {
        const client = await RawClient.login(server.port);
        for (const bytes of chunks) {
          client.send(bytes);
          await new Promise((resolve) => setImmediate(resolve));
        }
        client.socket.end();
        await client.closed;
        for (const { type } of client.packages)
          expect([PackageType.PONG, PackageType.OK, PackageType.DATA, PackageType.ERROR]).toContain(type);
        client.close();
      }),
      { numRuns: RUNS },
    );
    expect(payloadValue(await witness.query('1'))).toBe(1);
    expect(server.lines.filter((line) => line.includes('internal error'))).toEqual([]);
  }, 60_000);
});
