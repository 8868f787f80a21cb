import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ServerProcess } from './server-process.ts';

/** The interpreter that has the official client; another than the first in the path can be named. */
const PYTHON = process.env.PYTHON ?? 'python3';
const probe = spawnSync(PYTHON, ['-c', 'import thingsdb.client'], { encoding: 'utf8' });
const lacks = probe.status === 0 ? null : (probe.error?.message ?? probe.stderr.trim().split('\n').at(-1) ?? 'it failed');

describe('the official Python client', () => {
  it.skipIf(lacks !== null)(
    `logs in, asks with arguments and has many requests in flight${lacks === null ? '' : ` (skipped: ${PYTHON}: ${lacks})`}`,
    async () => {
      const server = new ServerProcess(['--init']);
      try {
        const port = await server.port();
        const script = fileURLToPath(new URL('python-client.py', import.meta.url));
        const { stdout } = await promisify(execFile)(PYTHON, [script, String(port)], { timeout: 20_000 });
        const told = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
        expect(told).toEqual([
          ['sum', 2],
          ['arguments', 42],
          ['values', { list: [1, [2, 3.5]], none: null, true: true, text: 'caf\u00e9' }],
          ['bytes', '00ff'],
          ['store', 'hello'],
          ['in flight', true],
          ['scope', { a: { b: 1 } }],
          ['lookup', -54],
          ['syntax', -52],
          ['division', -58],
          ['other', 'hello'],
        ]);
      } finally {
        await server.remove();
      }
    },
    30_000,
  );
});
