/** The example gives one answer, however it is run. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { createLog } from '../../src/server/log.ts';
import { type RunningServer, startServer } from '../../src/server/serve.ts';
import { Folder, runBinary, thingsc } from '../cli/harness.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/library.ti', import.meta.url));

const EXPECTED = {
  diary: [
    [1, "iris has 'Kindred' until day 22"],
    [2, "jonas waits for 'Kindred' at place 1"],
    [2, "mira waits for 'Kindred' at place 2"],
    [3, "jonas has 'The Dispossessed' until day 24"],
    [3, "nadia has 'The Dispossessed' until day 24"],
    [4, "refused, -54: there is no book 'Solaris'"],
    [4, "refused, -54: 'otto' is no member"],
    [5, "jonas has 'Roadside Picnic' until day 26"],
    [6, 'refused, -57: jonas has 2 books already'],
    [30, "back; mira has 'Kindred' until day 51"],
    [31, 'refused, -55: iris owes 2'],
    [31, 2],
    [32, 'back'],
    [33, "refused, -60: 'mira' is a member already"],
    [33, 'refused, -50: copies are counted from 1'],
  ],
  le_guin: ['The Left Hand of Darkness (Ursula K. Le Guin, 1969)', 'The Dispossessed (Ursula K. Le Guin, 1974)'],
  report: {
    lent: 3,
    copies: 5,
    late: ['jonas: The Dispossessed, 9 days', 'jonas: Roadside Picnic, 7 days', 'nadia: The Dispossessed, 9 days'],
    fines: 0,
    busiest: 'The Dispossessed',
    waiting: [],
  },
  notices: [['iris', 'Kindred', 8]],
  readers: ['jonas', 'nadia'],
  idle: ['iris', 'mira'],
};

describe('examples/library.ti', () => {
  const folder = new Folder();
  let engine: LocalEngine;
  let server: RunningServer;

  beforeAll(async () => {
    engine = (await openEngine({ dir: null })).engine;
    const config = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null };
    server = await startServer(engine, config, { log: createLog({ level: 'critical', colorized: false }), hooks: engine.hooks });
  });

  afterAll(async () => {
    await server.stop();
    await engine.close();
    folder.remove();
  });

  it('answers what it should', async () => {
    const { code, out, err } = await thingsc(['run', '--json', EXAMPLE]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(EXPECTED);
  });

  it('answers the same as a script, compiled, on a store, and over the wire', async () => {
    const compiled = folder.file('library.tic');
    expect((await runBinary(['compile', EXAMPLE, '-o', compiled])).code).toBe(0);
    const answers = await Promise.all([
      runBinary(['run', '--json', EXAMPLE]),
      runBinary(['run', '--json', compiled]),
      runBinary(['run', '--json', '--data', folder.file('data'), compiled]),
      runBinary(['query', '-n', `:${server.port}`, '--json', EXAMPLE]),
    ]);
    for (const answer of answers) expect(answer).toEqual({ code: 0, out: answers[0]?.out, err: '' });
    expect(JSON.parse(answers[0]?.out ?? '')).toEqual(EXPECTED);
  });

  it('is formatted', async () => {
    expect((await thingsc(['fmt', '--check', EXAMPLE])).code).toBe(0);
    expect(readFileSync(EXAMPLE, 'utf8').split('\n').length).toBeGreaterThan(140);
  });
});
