/** A query that wants all memory ends in an error; the process and other queries go on. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { ErrorCode } from '../../src/errors.ts';

const ADMIN = { user: { id: 1, name: 'admin' }, client: null, vars: null, scope: '//stuff' };
const MB = 1 << 20;

test('a query that holds too much ends in an error, and what it held is free again', async () => {
  const { engine } = await openEngine({ dir: null, queryMemoryLimit: 48 * MB });
  for (let i = 0; i < 3; i++) {
    expect(() =>
      engine.query({ ...ADMIN, code: 'a = []; for (i in range(9999)) { for (j in range(9999)) { a.push(range(1000)); }; };' }),
    ).toThrow(expect.objectContaining({ code: ErrorCode.MEMORY, message: expect.stringContaining('query_memory_limit') }));
  }
  expect(engine.query({ ...ADMIN, code: 'range(100000).len();' }).value).toBe(100_000);
  await engine.close();
});

test('a query that takes much and drops it goes on', async () => {
  const { engine } = await openEngine({ dir: null, queryMemoryLimit: 96 * MB });
  const code = 'n = 0; for (i in range(60)) { n += range(20000).map(|x| [x, `{x}`]).len(); }; n;';
  expect(engine.query({ ...ADMIN, code }).value).toBe(1_200_000);
  await engine.close();
});

test('a script cannot catch the error and go on', async () => {
  const { engine } = await openEngine({ dir: null, queryMemoryLimit: 48 * MB });
  const code = 'a = []; try({ for (i in range(9999)) { for (j in range(9999)) { a.push(range(1000)); }; }; }); .reached = true;';
  expect(() => engine.query({ ...ADMIN, code })).toThrow(expect.objectContaining({ code: ErrorCode.MEMORY }));
  expect(engine.query({ ...ADMIN, code: '.has("reached");' }).value).toBe(false);
  await engine.close();
});

/** Each would end a process that may take 200 MB. */
const forEver = (body: string): string => `for (i in range(9999)) { for (j in range(9999)) { ${body} }; };`;

const GREEDY = [
  `a = []; ${forEver('a.push(range(100000));')}`,
  `s = 'abcdefgh'; l = []; ${forEver('s = `{s}{s}`; l.push(s.upper());')}`,
  `.all = []; ${forEver('.all.push({n: 1});')}`,
];

test('no query ends a process with little memory', () => {
  const script = `
    import { openEngine } from './src/engine/open.ts';
    const { engine } = await openEngine({ dir: null });
    const admin = { user: { id: 1, name: 'admin' }, client: null, vars: null, scope: '//stuff' };
    for (const code of ${JSON.stringify(GREEDY)}) {
      try { engine.query({ ...admin, code }); console.log('done'); } catch (error) { console.log(error.code); }
      engine.query({ ...admin, code: '.clear();' });
    }
    console.log(engine.query({ ...admin, code: '1 + 1' }).value);`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--max-old-space-size=200', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: new URL('../..', import.meta.url),
  });
  expect([status, stderr.slice(0, 500)]).toEqual([0, '']);
  const outcomes = stdout.trim().split('\n');
  expect(outcomes.length).toBe(GREEDY.length + 1);
  expect(outcomes.at(-1)).toBe('2');
  expect(outcomes.slice(0, -1)).not.toContain('done');
});
