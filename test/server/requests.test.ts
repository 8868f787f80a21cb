import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePackage, PackageType, writeHeader } from '../../src/server/framing.ts';
import { List } from '../../src/values/list.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import { type Package, pack, payloadValue, query, RawClient, type TestServer, testServer, until } from './client.ts';
import { FakeEngine, TOKEN } from './fake-engine.ts';

let engine: FakeEngine;
let server: TestServer;
const clients: RawClient[] = [];

const connected = async (): Promise<RawClient> => {
  const client = await RawClient.connect(server.port);
  clients.push(client);
  return client;
};
const loggedIn = async (user = 'admin', password = 'pass'): Promise<RawClient> => {
  const client = await RawClient.login(server.port, user, password);
  clients.push(client);
  return client;
};
const errorCode = (answer: Package): number => {
  expect(answer.type).toBe(PackageType.ERROR);
  return (payloadValue(answer) as { error_code: number }).error_code;
};
const header = (type: number, id: number, payload: number): Buffer => {
  const bytes = Buffer.alloc(8);
  writeHeader(bytes, 0, type, id, payload);
  return bytes;
};
const EMPTY = Buffer.alloc(0);

beforeEach(async () => {
  engine = new FakeEngine({ '1': 1, two: 2, list: new List([1, 'a']) });
  server = await testServer(engine);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

describe('PING and packages that no one answers', () => {
  it('answers PING with PONG, whatever it carries, before and after the log-in', async () => {
    const client = await connected();
    client.send(makePackage(PackageType.PING, 0, EMPTY));
    client.send(makePackage(PackageType.PING, 65535, Buffer.from('c1c1', 'hex')));
    expect((await client.take(2)).map(({ type, id, payload }) => [type, id, payload.length])).toEqual([
      [PackageType.PONG, 0, 0],
      [PackageType.PONG, 65535, 0],
    ]);
  });

  it('answers the old watch requests with OK, even before the log-in', async () => {
    const client = await connected();
    for (const type of [PackageType.WATCH, PackageType.UNWATCH]) {
      const answer = await client.request(type, null);
      expect([answer.type, answer.payload.length]).toEqual([PackageType.OK, 0]);
    }
  });

  it.each([0, 5, 18, 64, 99, 128, 255])('ignores type %i and goes on, with a line in the log', async (type) => {
    const client = await connected();
    client.send(Buffer.concat([makePackage(type, 1, EMPTY), makePackage(PackageType.PING, 2, EMPTY)]));
    expect((await client.next()).id).toBe(2);
    expect(server.lines.some((line) => line.startsWith(`unexpected package type ${type} `))).toBe(true);
  });
});

describe('framing', () => {
  it('closes the connection after a bad header, and answers what was before it', async () => {
    const client = await loggedIn();
    const good = query('1', 5);
    const bad = Buffer.from('0000000001002200', 'hex');
    client.send(Buffer.concat([good, bad, query('two', 6)]));
    expect((await client.next()).id).toBe(5);
    await client.closed;
    expect(client.packages.length).toBe(2);
  });

  it.each([
    ['a payload over 1 GiB', header(34, 1, 1073741825)],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('closes the connection after %s, without an answer', async (_name, bytes) => {
    const client = await connected();
    client.send(bytes);
    await client.closed;
    expect(client.packages).toEqual([]);
  });

  it('waits for the rest of a package of exactly 1 GiB, and of less than a header', async () => {
    const client = await connected();
    const other = await connected();
    client.send(header(34, 1, 1073741824));
    other.send(Buffer.from([0, 0, 0]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.connections).toBe(2);
  });

  it('takes packages byte by byte', async () => {
    const client = await loggedIn();
    for (const byte of Buffer.concat([query('1', 3), query('two', 4)])) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.take(2)).map((answer) => [answer.id, payloadValue(answer)])).toEqual([
      [3, 1],
      [4, 2],
    ]);
  });

  it('answers packages that came in one piece in order, with the same id each', async () => {
    const client = await loggedIn();
    const ids = Array.from({ length: 500 }, (_, i) => (i * 131) % 65536);
    client.send(Buffer.concat(ids.map((id) => query('1', id))));
    expect((await client.take(500)).map(({ id }) => id)).toEqual(ids);
    client.send(Buffer.concat([query('1', 7), query('two', 7)]));
    expect((await client.take(2)).map(payloadValue)).toEqual([1, 2]);
  });

  it('answers a request whose sender ends right behind it, then closes', async () => {
    const client = await loggedIn();
    client.socket.end(Buffer.concat([query('1', 9), Buffer.from('0000', 'hex')]));
    expect((await client.next()).id).toBe(9);
    await client.closed;
    expect(client.packages.length).toBe(2);
  });

  it('answers a log-in and a query whose sender ends right behind them', async () => {
    const client = await connected();
    client.socket.end(Buffer.concat([makePackage(PackageType.AUTH, 1, pack(['admin', 'pass'])), query('1', 2)]));
    expect((await client.take(2)).map(({ type }) => type)).toEqual([PackageType.OK, PackageType.DATA]);
    await client.closed;
  });

  it('counts connections', async () => {
    const client = await connected();
    await loggedIn();
    expect(server.connections).toBe(2);
    client.close();
    await until(() => server.connections === 1);
    expect(server.lines.some((line) => /^closing stream `<client:\d+> 127\.0\.0\.1:\d+`$/.test(line))).toBe(true);
  });
});

describe('AUTH', () => {
  it('takes name and password, or a token, and ignores what follows', async () => {
    const client = await connected();
    for (const payload of [pack(['admin', 'pass']), Buffer.concat([pack(['admin', 'pass']), pack(7)]), pack(TOKEN)]) {
      client.send(makePackage(PackageType.AUTH, 1, payload));
      const answer = await client.next();
      expect([answer.type, answer.payload.length]).toEqual([PackageType.OK, 0]);
    }
  });

  it.each([
    ['nothing', EMPTY],
    ['one member', pack(['admin'])],
    ['three members', pack(['admin', 'pass', 'x'])],
    ['bytes for a str', pack([Buffer.from('admin'), 'pass'])],
    ['an int', pack(7)],
    ['a map', pack({ user: 'admin' })],
    ['nil', pack(null)],
    ['a token in an array', pack([TOKEN])],
    ['a cut array', Buffer.from('92a161', 'hex')],
    ['a cut str', Buffer.from('92a1', 'hex')],
    ['what is no MessagePack', Buffer.from('c1', 'hex')],
  ])('refuses %s as invalid', async (_name, payload) => {
    const client = await connected();
    client.send(makePackage(PackageType.AUTH, 1, payload));
    expect(errorCode(await client.next())).toBe(-53);
    expect((await client.request(PackageType.AUTH, ['admin', 'pass'])).type).toBe(PackageType.OK);
  });

  it.each([
    [['admin', 'wrong']],
    [['nobody', 'pass']],
    [['', 'pass']],
    [['admin', '']],
    [['admin', 'x'.repeat(128)]],
    ['short'],
    ['x'.repeat(22)],
  ])('refuses the credentials %j', async (credentials) => {
    const client = await connected();
    expect(errorCode(await client.request(PackageType.AUTH, credentials))).toBe(-56);
  });

  it.each([34, 37, 38, 39, 40, 41])('is needed before requests of type %i, whatever they carry', async (type) => {
    const client = await connected();
    client.send(makePackage(type, 1, Buffer.from('c1', 'hex')));
    expect(errorCode(await client.next())).toBe(-56);
    expect(engine.queries).toEqual([]);
  });

  it('replaces the user when it is done again, and keeps the earlier one when it fails', async () => {
    const client = await loggedIn();
    expect(payloadValue(await client.query('user'))).toBe('admin');
    expect(errorCode(await client.request(PackageType.AUTH, ['iris', 'wrong']))).toBe(-56);
    expect(payloadValue(await client.query('user'))).toBe('admin');
    await client.request(PackageType.AUTH, ['iris', 'siri']);
    expect(payloadValue(await client.query('user'))).toBe('iris');
  });

  it('keeps requests behind it waiting until it is decided, and those of no other connection', async () => {
    let open = (): void => {};
    engine.gate = new Promise((resolve) => {
      open = resolve;
    });
    const client = await connected();
    client.send(Buffer.concat([makePackage(PackageType.AUTH, 1, pack(['admin', 'pass'])), query('1', 2)]));
    client.send(query('two', 3));
    const other = await connected();
    other.send(makePackage(PackageType.PING, 1, EMPTY));
    await other.next();
    expect(client.packages).toEqual([]);
    open();
    expect((await client.take(3)).map(({ id, type }) => [id, type])).toEqual([
      [1, PackageType.OK],
      [2, PackageType.DATA],
      [3, PackageType.DATA],
    ]);
  });

  it('that is decided after its sender has gone does no harm', async () => {
    let open = (): void => {};
    engine.gate = new Promise((resolve) => {
      open = resolve;
    });
    const client = await connected();
    client.send(makePackage(PackageType.AUTH, 1, pack(['admin', 'pass'])));
    await new Promise((resolve) => setTimeout(resolve, 30));
    client.close();
    open();
    await until(() => server.connections === 0);
    expect(await (await loggedIn()).query('1').then(payloadValue)).toBe(1);
  });
});

describe('one who has not logged in', () => {
  it('is answered as ever, but large payloads are not kept', async () => {
    const client = await connected();
    const large = Buffer.alloc(32 * 1024 * 1024, 0x61);
    client.send(makePackage(PackageType.QUERY, 1, large));
    client.send(makePackage(PackageType.PING, 2, large));
    client.send(makePackage(PackageType.AUTH, 3, pack(['admin', 'pass'])));
    const answers = await client.take(3);
    expect(answers.map(({ id, type }) => [id, type])).toEqual([
      [1, PackageType.ERROR],
      [2, PackageType.PONG],
      [3, PackageType.OK],
    ]);
    const text = 'x'.repeat(1024 * 1024);
    expect(payloadValue(await client.query('var a', { a: text }))).toBe(text);
  });
});

describe('QUERY', () => {
  it('answers with the value', async () => {
    const client = await loggedIn();
    const answer = await client.query('list');
    expect([answer.type, answer.payload.toString('hex')]).toEqual([PackageType.DATA, '9201a161']);
  });

  it('hands scope and code on as byte strings', async () => {
    const client = await loggedIn();
    expect(payloadValue(await client.request(PackageType.QUERY, ['@:caf\u00e9', 'scope']))).toBe('@:caf\u00e9');
    await client.query('\u00e9');
    expect(engine.queries.at(-1)).toBe('\xc3\xa9');
  });

  it('packs with the levels and flags of the answer', async () => {
    const inner = new Thing(Shape.of(['b']), [1]);
    inner.id = 4;
    const outer = new Thing(Shape.of(['a']), [inner]);
    outer.id = 3;
    engine = new FakeEngine({ thing: outer });
    await server.stop();
    server = await testServer(engine);
    const client = await loggedIn();
    expect(payloadValue(await client.query('thing'))).toEqual({ '#': 3, a: { '#': 4 } });
    engine.deep = 2;
    engine.flags = 32;
    expect(payloadValue(await client.query('thing'))).toEqual({ a: { b: 1 } });
  });

  it('hands on variables', async () => {
    const client = await loggedIn();
    expect(payloadValue(await client.query('var a', { a: [1, { b: 'x' }] }))).toEqual([1, { b: 'x' }]);
    expect(errorCode(await client.query('var a', { 'a b': 1 }))).toBe(-60);
  });

  it.each([null, [], [1], 'x', 5, true])('takes a third member %j for no variables', async (third) => {
    const client = await loggedIn();
    expect(payloadValue(await client.query('1', third))).toBe(1);
  });

  it('ignores further members, and bytes behind the request', async () => {
    const client = await loggedIn();
    expect(payloadValue(await client.request(PackageType.QUERY, ['//stuff', '1', {}, 'x']))).toBe(1);
    client.send(makePackage(PackageType.QUERY, 1, Buffer.concat([pack(['//stuff', '1']), Buffer.from('c1', 'hex')])));
    expect(payloadValue(await client.next())).toBe(1);
  });

  it('takes members that are not there for the end', async () => {
    const client = await loggedIn();
    client.send(makePackage(PackageType.QUERY, 1, Buffer.concat([Buffer.from('93', 'hex'), pack('//stuff'), pack('1')])));
    expect(payloadValue(await client.next())).toBe(1);
  });

  it.each([
    ['nothing', EMPTY, -53],
    ['no array', pack('1'), -53],
    ['an empty array', pack([]), -53],
    ['a scope that is bytes', pack([Buffer.from('//stuff'), '1']), -53],
    ['a scope that is nil', pack([null, '1']), -53],
    ['an array that ends at once', Buffer.from('92', 'hex'), -53],
    ['a scope that is cut', Buffer.from('92a2', 'hex'), -53],
    ['no code', pack(['//stuff']), -61],
    ['a code that is bytes', pack(['//stuff', Buffer.from('1')]), -61],
    ['a code that is an int', pack(['//stuff', 1]), -61],
    ['no code and a bad scope', pack(['stuff']), -60],
    ['a code that is cut', Buffer.from('92a24074a3', 'hex'), -61],
  ])('refuses %s', async (_name, payload, code) => {
    const client = await loggedIn();
    client.send(makePackage(PackageType.QUERY, 1, payload));
    expect(errorCode(await client.next())).toBe(code);
    expect(payloadValue(await client.query('1'))).toBe(1);
  });

  it('tells an error as a map of code and message, to the byte', async () => {
    const client = await loggedIn();
    engine = new FakeEngine();
    const answer = await client.query('x');
    expect(answer.payload.toString('hex')).toBe(
      `82aa${Buffer.from('error_code').toString('hex')}d0caa9${Buffer.from('error_msg').toString('hex')}af${Buffer.from('no reply to `x`').toString('hex')}`,
    );
  });

  it('tells faults of the server without their text, and logs them', async () => {
    const client = await loggedIn();
    const answer = await client.query('boom');
    expect(errorCode(answer)).toBe(-1);
    expect(answer.payload.toString()).not.toContain('boom');
    expect(server.lines.some((line) => line.includes('boom'))).toBe(true);
  });

  it('refuses an answer that is too large, and sends nothing of it', async () => {
    const inner = new Thing(Shape.of(['a']), [1]);
    engine = new FakeEngine({
      fits: new List(['x'.repeat(1000 - 8 - 1 - 3), inner]),
      over: new List(['x'.repeat(1000 - 8 - 1 - 2), inner]),
    });
    await server.stop();
    server = await testServer(engine, { config: { result_size_limit: 1000 } });
    const client = await loggedIn();
    expect((await client.query('fits')).type).toBe(PackageType.DATA);
    expect(errorCode(await client.query('over'))).toBe(-6);
    expect(payloadValue(await client.query('fits'))).toHaveLength(2);
  });

  it('sends warnings before the answer', async () => {
    const client = await loggedIn();
    client.send(query('log hello', 4));
    const [warning, answer] = await client.take(2);
    expect([warning?.type, warning?.id, payloadValue(warning as Package)]).toEqual([
      PackageType.WARN,
      65535,
      { warn_code: 2, warn_msg: 'hello' },
    ]);
    expect([answer?.type, answer?.id]).toEqual([PackageType.DATA, 4]);
  });

  it('counts successes and errors', async () => {
    const client = await loggedIn();
    await client.query('1');
    await client.query('unknown');
    await client.request(PackageType.QUERY, ['bad scope']);
    expect(engine.counters).toMatchObject({ queriesSuccess: 1, queriesWithError: 2 });
    expect(engine.counters.largestResultSize).toBeGreaterThan(8);
  });

  it('answers with megabytes', async () => {
    const text = 'x'.repeat(8 * 1024 * 1024);
    engine = new FakeEngine({ large: text, '1': 1 });
    await server.stop();
    server = await testServer(engine);
    const client = await loggedIn();
    client.send(Buffer.concat([query('1', 1), query('large', 2), query('1', 3), query('large', 4)]));
    const answers = await client.take(4);
    expect(answers.map(({ id, payload }) => [id, payload.length])).toEqual([
      [1, 1],
      [2, text.length + 5],
      [3, 1],
      [4, text.length + 5],
    ]);
    expect(answers[3]?.payload.equals(answers[1]?.payload as Buffer)).toBe(true);
  });
});

describe('run', () => {
  const run = async (...members: unknown[]): Promise<Package> => (await loggedIn()).request(PackageType.RUN, members);

  it('answers with what the procedure gives, whatever follows the arguments', async () => {
    expect(payloadValue(await run('//stuff', 'two'))).toBe(2);
    expect(payloadValue(await run('//stuff', 'var x', { x: 5 }, 'more'))).toBe(5);
  });

  it('needs a scope and a name', async () => {
    expect(errorCode(await run())).toBe(-53);
    expect(errorCode(await run(1, 'two'))).toBe(-53);
    expect(errorCode(await run('//stuff'))).toBe(-61);
    expect(errorCode(await run('//stuff', 2))).toBe(-61);
    expect(errorCode(await run('nowhere', 2))).toBe(-60);
    expect(errorCode(await run('//stuff', 'nope'))).toBe(-54);
  });
});

describe('requests that are not served', () => {
  it.each([38, 39, 40, 41])('answers type %i with an error', async (type) => {
    const client = await loggedIn();
    expect(errorCode(await client.request(type, ['//stuff', 'x']))).toBe(-53);
    expect(payloadValue(await client.query('1'))).toBe(1);
  });
});
