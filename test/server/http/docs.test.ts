/** Runs the examples of the documentation as they stand there, in order, against a new store. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../../clients/server-process.ts';
import { freePort } from './http-client.ts';

interface Example {
  readonly command: string;
  readonly output: string;
}

function examplesOf(markdown: string): Example[] {
  const blocks = [...markdown.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const at = part.indexOf('\n');
        return { command: part.slice(0, at), output: part.slice(at + 1).trimEnd() };
      }),
  );
}

const page = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8');
const examples = examplesOf(page);
let server: ServerProcess;
let outputs: string[];

beforeAll(async () => {
  const [api, status] = [await freePort(), await freePort()];
  server = new ServerProcess(['--init'], undefined, [`http_api_port = ${api}`, `http_status_port = ${status}`]);
  await server.wait(/start listening for HTTP API/);
  // One shell runs them all, since a later one may use what an earlier one has set.
  const script = examples.map(({ command }) => `${command}\necho "--- end"\n`).join('');
  const ported = script.replaceAll(':9210/', `:${api}/`).replaceAll(':8080/', `:${status}/`);
  const { stdout } = spawnSync('bash', ['-c', ported], { encoding: 'utf8', timeout: 20_000 });
  outputs = stdout.split('--- end\n');
});
afterAll(() => server.remove());

describe('the examples of docs/http.md', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(12);
  });

  it.each(examples.map((example, i) => [i, example.command.slice(0, 100), example] as const))('%i: %s', (i, _name, { output }) => {
    expect(outputs[i]?.trimEnd()).toBe(output);
  });
});
