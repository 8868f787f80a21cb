import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freePort } from '../server/http/http-client.ts';
import { ServerProcess } from './server-process.ts';

/** The interpreter that has the official client; another than the first in the path can be named. */
const PYTHON = process.env.PYTHON ?? 'python3';

/** Why a module is not there; null when it is. */
function lacking(module: string): string | null {
  const probe = spawnSync(PYTHON, ['-c', `import ${module}`], { encoding: 'utf8' });
  return probe.status === 0 ? null : (probe.error?.message ?? probe.stderr.trim().split('\n').at(-1) ?? 'it failed');
}

const client = lacking('thingsdb.client');
const websockets = client ?? lacking('websockets');

interface Way {
  readonly name: string;
  readonly isWebSocket: boolean;
  readonly isSecure: boolean;
  /** Why it cannot be tried. */
  readonly reason: string | null;
}

const WAYS: readonly Way[] = [
  { name: 'TCP', isWebSocket: false, isSecure: false, reason: client },
  { name: 'TCP with TLS', isWebSocket: false, isSecure: true, reason: client },
  { name: 'WebSocket', isWebSocket: true, isSecure: false, reason: websockets },
  { name: 'WebSocket with TLS', isWebSocket: true, isSecure: true, reason: websockets },
];
const fixture = (name: string): string => fileURLToPath(new URL(`../server/fixtures/${name}`, import.meta.url));

const told = (isWebSocket: boolean): [string, unknown][] => [
  ['websocket', isWebSocket],
  ['sum', 2],
  ['arguments', 42],
  ['values', { list: [1, [2, 3.5]], none: null, true: true, text: 'caf\u00e9', large: 2 ** 40, negative: -(2 ** 33) }],
  ['bytes', '00ff'],
  ['megabytes', 4_000_000],
  ['store', 'hello'],
  ['in flight', true],
  ['scope', { a: { b: 1 } }],
  ['lookup', -54],
  ['syntax', -52],
  ['division', -58],
  ['other', 'hello'],
  ['run', [42, 'xy']],
  ['no procedure', -54],
  ['warning', true],
  ['heard', true],
  ['mine', ['join', ['say', 'hi', [1, 2.5], { a: null }], ['shout'], ['say', { x: {} }]]],
  ['theirs', ['join', ['say', 'hi', [1, 2.5], { a: null }], ['say', { x: {} }]]],
  ['left', true],
  ['not authenticated', -56],
  ['wrong password', -56],
  ['by token', 'admin'],
  ['forbidden', -55],
  ['again', true],
  ['joined again', ['join']],
  ['heard again', true],
  ['deleted', true],
];

describe('the official Python client', () => {
  for (const { name, isWebSocket, isSecure, reason } of WAYS) {
    it.skipIf(reason !== null)(
      `does over ${name} all that it offers${reason === null ? '' : ` (skipped: ${PYTHON}: ${reason})`}`,
      async () => {
        const wsPort = await freePort();
        const identity = ['tls', 'ws'].flatMap((port) => ['cert', 'key'].map((part) => `${port}_${part}_file = ${fixture(`${part}.pem`)}`));
        const server = new ServerProcess(['--init'], undefined, [`ws_port = ${wsPort}`, ...(isSecure ? identity : [])]);
        try {
          const port = Number((await server.wait(/listening for client .*connections on TCP port (\d+)/))[1]);
          await server.wait(/start listening for WebSocket/);
          const script = fileURLToPath(new URL('python-client.py', import.meta.url));
          const host = isWebSocket ? `${isSecure ? 'wss' : 'ws'}://localhost:${wsPort}` : 'localhost';
          const words = [script, host, String(port), ...(isSecure ? [fixture('cert.pem')] : [])];
          const { stdout } = await promisify(execFile)(PYTHON, words, { timeout: 25_000 });
          const lines = stdout.trim().split('\n');
          expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(told(isWebSocket));
        } finally {
          await server.remove();
        }
      },
      30_000,
    );
  }
});
