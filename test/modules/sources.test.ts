/** Modules from a repository, which a server in this process plays, and modules in Python. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseSource } from '../../src/model/modules.ts';
import { type Bench, EXAMPLE, openBench, PUPPET } from './helpers.ts';

let bench: Bench | null = null;
let server: Server | null = null;

afterEach(async () => {
  await bench?.close();
  server?.close();
  bench = null;
  server = null;
});

/** Serves files by path, and notes what was asked with which key. */
async function repository(files: Record<string, string>): Promise<{ api: string; asked: string[] }> {
  const asked: string[] = [];
  const web = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? '-'}`);
    const path = /^\/repos\/ann\/tool\/contents\/([^?]+)/.exec(request.url ?? '')?.[1];
    const content = path === undefined ? undefined : files[decodeURIComponent(path)];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  server = web;
  await new Promise<void>((resolve) => {
    web.listen(0, '127.0.0.1', resolve);
  });
  return { api: `http://127.0.0.1:${(web.address() as AddressInfo).port}`, asked };
}

const library = (file: string): string => readFileSync(join(EXAMPLE, file), 'utf8');

test('a module from a repository is fetched once for each version, with token and ref', async () => {
  const files: Record<string, string> = {
    'module.json': JSON.stringify({ version: 1, main: 'bin/puppet.ts', includes: ['bin/timodule.ts', 'bin/msgpack.ts'] }),
    'bin/puppet.ts': PUPPET,
    'bin/timodule.ts': library('timodule.ts'),
    'bin/msgpack.ts': library('msgpack.ts'),
  };
  const { api, asked } = await repository(files);
  bench = await openBench({ githubApi: api });
  await bench.ask("new_module('tool', 'github.com/ann/tool:secret@v1');", '@t');
  await bench.until('tool', 'running');
  expect(asked).toEqual(
    ['module.json', 'bin/puppet.ts', 'bin/timodule.ts', 'bin/msgpack.ts'].map(
      (path) => `/repos/ann/tool/contents/${path}?ref=v1 Bearer secret`,
    ),
  );
  expect(await bench.ask('tool({x: 1});')).toEqual([{ x: 1 }]);
  const info = "i = module_info('tool').load(); [i.version, i.github_owner, i.github_repo, i.github_with_token, i.github_ref];";
  expect(await bench.ask(info)).toEqual(['1', 'ann', 'tool', true, 'v1']);
  asked.length = 0;
  await bench.ask("refresh_module('tool');", '@t');
  await bench.until('tool', 'stopping module...');
  await bench.until('tool', 'running');
  expect(asked).toEqual(['/repos/ann/tool/contents/module.json?ref=v1 Bearer secret']);
  files['module.json'] = JSON.stringify({ version: 2, main: 'bin/puppet.ts' });
  await bench.ask("deploy_module('tool', 'github.com/ann/tool');", '@t');
  await bench.until('tool', 'stopping module...');
  await bench.until('tool', 'running');
  expect(await bench.ask(info)).toEqual(['2', 'ann', 'tool', false, 'default']);
  expect(asked.slice(1)).toEqual(['/repos/ann/tool/contents/module.json -', '/repos/ann/tool/contents/bin/puppet.ts -']);
});

test('what cannot be fetched is the status', async () => {
  const { api } = await repository({});
  bench = await openBench({ githubApi: api });
  await bench.ask("new_module('tool', 'github.com/ann/tool');", '@t');
  await bench.until('tool', 'failed to download module.json (HTTP response code 404)');
});

test.each([
  ['github.com/ann', -60],
  ['github.com/ann/tool@', -60],
  ['github.com/ann/tool:', -60],
  ['github.com/ann/tool/more', -60],
  ['file:///a/../b', -60],
  ['/abs', -60],
  ['a/../b', -60],
])('the source %s is refused', (source, code) => {
  expect(() => parseSource(source)).toThrow(expect.objectContaining({ code }));
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import struct']);
    return true;
  } catch {
    return false;
  }
}

const PYTHON = `
import struct, sys
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = stdin.read(8)
    if len(head) < 8:
        break
    size, ident, kind, _ = struct.unpack('<IHBB', head)
    payload = stdin.read(size)
    answer = 65 if kind == 64 else 81
    data = b'' if kind == 64 else b'\\x92\\xa6python' + payload
    stdout.write(struct.pack('<IHBB', len(data), ident, answer, answer ^ 255) + data)
    stdout.flush()
`;

test.runIf(hasPython())('a module in Python is run by the interpreter, and deployed as text', async () => {
  bench = await openBench();
  await bench.ask("new_module('snake', 'snake.py', {a: 1});", '@t');
  await bench.until('snake', 'module not installed');
  await bench.ask(`deploy_module('snake', base64_decode('${Buffer.from(PYTHON).toString('base64')}'));`, '@t');
  await bench.until('snake', 'running');
  expect(await bench.ready('snake({x: 1});')).toEqual([['python', { x: 1 }]]);
});

test('without the interpreter a Python module says so', async () => {
  bench = await openBench({ python: 'no-such-python' });
  bench.put('snake', 'snake.py', PYTHON);
  await bench.ask("new_module('snake', 'snake.py');", '@t');
  expect(String(await bench.ask("module_info('snake').load().status;"))).toMatch(/^the Python interpreter is not found/);
});
