/**
 * A session byte for byte, as the official clients hold it: connect, log in, ask with arguments, have several requests in flight. What is sent and
 * what must come back is written out, so that neither our codec nor our parser has a say.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../server/client.ts';
import { ServerProcess } from './server-process.ts';

let server: ServerProcess;
let port = 0;

beforeAll(async () => {
  server = new ServerProcess(['--init']);
  port = await server.port();
}, 20_000);

afterAll(() => server.remove());

const text = (value: string): string => Buffer.from(value, 'latin1').toString('hex');
/** A package: the length is counted, the rest is as given. */
const packageOf = (id: string, type: string, payload: string): string => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(payload.length / 2);
  return length.toString('hex') + id + type + payload;
};
const PING = '20df';
const AUTH = '21de';
const QUERY = '22dd';
const PONG = '10ef';
const OK = '11ee';
const DATA = '12ed';
const ERROR = '13ec';

/** Sends hex and gives what comes back, as hex, once it is as long as what is expected. */
async function exchange(client: RawClient, sent: string, expected: string): Promise<string> {
  let got = '';
  const done = new Promise<void>((resolve) => {
    client.socket.on('data', (chunk: Buffer) => {
      got += chunk.toString('hex');
      if (got.length >= expected.length) resolve();
    });
  });
  client.send(Buffer.from(sent, 'hex'));
  await done;
  client.socket.removeAllListeners('data');
  return got;
}

const STUFF = `a7${text('//stuff')}`;

describe('a session on the wire', () => {
  it('goes as written', async () => {
    const client = await RawClient.connect(port);
    const steps: [string, string][] = [
      // [user, password]
      [packageOf('0000', AUTH, `92a5${text('admin')}a4${text('pass')}`), packageOf('0000', OK, '')],
      // [scope, code]
      [packageOf('0100', QUERY, `92${STUFF}a5${text('1 + 1')}`), packageOf('0100', DATA, '02')],
      // [scope, code, {a: 40, b: 2}]
      [packageOf('0200', QUERY, `93${STUFF}a5${text('a + b')}82a16128a16202`), packageOf('0200', DATA, '2a')],
      // nil for no variables
      [packageOf('0300', QUERY, `93${STUFF}a3${text('"x"')}c0`), packageOf('0300', DATA, 'a178')],
      // a map with a list, a float, nil, true and bytes, and back
      [
        packageOf('0400', QUERY, `93${STUFF}a1${text('x')}81a17883a1619201cb3ff8000000000000a162c0a16392c3c402ff00`),
        packageOf('0400', DATA, '83a1619201cb3ff8000000000000a162c0a16392c3c402ff00'),
      ],
      [packageOf('ffff', PING, ''), packageOf('ffff', PONG, '')],
    ];
    for (const [sent, expected] of steps) expect(await exchange(client, sent, expected)).toBe(expected);
    client.close();
  });

  it('has several requests in flight, glued and split', async () => {
    const client = await RawClient.connect(port);
    const ids = ['0000', '0100', '0200', '0300', '0400', '0500'];
    const sent =
      packageOf('0000', AUTH, `92a5${text('admin')}a4${text('pass')}`) +
      ids
        .slice(1)
        .map((id, i) => packageOf(id, QUERY, `93${STUFF}a5${text('n * n')}81a16e0${i + 1}`))
        .join('');
    const expected =
      packageOf('0000', OK, '') +
      ids
        .slice(1)
        .map((id, i) => packageOf(id, DATA, ((i + 1) * (i + 1)).toString(16).padStart(2, '0')))
        .join('');
    client.send(Buffer.from(sent.slice(0, 30), 'hex'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await exchange(client, sent.slice(30), expected)).toBe(expected);
    client.close();
  });

  it('tells errors by code and message', async () => {
    const client = await RawClient.login(port);
    client.send(Buffer.from(packageOf('0900', QUERY, `92${STUFF}a3${text('1/0')}`), 'hex'));
    const answer = await client.next();
    expect([answer.id, answer.type]).toEqual([9, Number.parseInt(ERROR.slice(0, 2), 16)]);
    expect(answer.payload.toString('hex')).toMatch(new RegExp(`^82aa${text('error_code')}d0c6a9${text('error_msg')}`));
    client.close();
  });

  it('keeps what one connection stored for the next', async () => {
    const first = await RawClient.login(port);
    await first.query('.kept = [1, {a: "b"}]');
    first.close();
    const second = await RawClient.login(port);
    const answer = await second.query('.kept[1].a');
    expect(answer.payload.toString('hex')).toBe('a162');
    second.close();
  });
});
