/**
 * Changes that the reference server made after its last full store. `fixtures/archive.tar.gz` is a store with nothing but such changes, and
 * `fixtures/archive-stored.tar.gz` is what that server made of the same changes itself, as a full store: both imports must answer alike.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { Folder, thingsc } from '../cli/harness.ts';
import { ask } from '../support.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** What the store of `import.test.ts` is asked, but for what shows the order of sets, or things that only hold one another, which leave some time later. */
const known = (JSON.parse(readFileSync(fixture('answers.json'), 'utf8')) as { scope: string; code: string }[]).filter(
  ({ code }) => !code.startsWith('return .filter') && !code.includes('c.things'),
);

const OPS = [
  '.keys().sort();',
  "return .filter(|k| !['s', 'r', 'rr', 'rr2', 'tk4'].has(k)), 5;",
  'types_info();',
  'enums_info();',
  'procedures_info();',
  'tasks().map(|t| t.id());',
  '[.tk.at(), .tk.args(), .tk.closure(), .tk.owner()];',
  '[.s.len(), .s.one().b, .s2.len(), .t.len(), .t2];',
  '[.l, .l2, .n, .cnt, .txt, .th];',
  '[type(.i), type(.i2), type(.pl), .i, .i2, .pl];',
  '[.r.x.id() == .rr.id(), .rr.y.len(), .r.y.len(), .rr2.x.id() == .rr.id()];',
  "[.rm.name(), room('y').id() == .rm.id()];",
  '[EE().name(), EE{AA}.value(), .dd];',
  'try(.th.a.x = true);',
  '.c1;',
];
const ROOT = [
  'collections_info().map(|c| {c = c.load(); [c.name, c.time_zone, c.default_deep, c.created_at, c.commit_history]});',
  "u = user_info('u2').load(); [u.user_id, u.access, u.tokens, u.whitelists];",
  "history({scope: '//ops2', first: 10});",
  'modules_info().map(|m| {m = m.load(); [m.name, m.scope, m.conf]});',
];
const asked = [...known, ...OPS.map((code) => ({ scope: '//ops2', code })), ...ROOT.map((code) => ({ scope: '@t', code }))];

describe('changes of an archive', () => {
  const folder = new Folder();
  const engines: LocalEngine[] = [];

  beforeAll(async () => {
    for (const name of ['archive', 'archive-stored']) {
      const dir = join(folder.path, name);
      expect(await thingsc(['import', fixture(`${name}.tar.gz`), '--store', dir, '--password', 'x'])).toMatchObject({ code: 0, err: '' });
      expect((await thingsc(['verify', dir])).code).toBe(0);
      engines.push((await openEngine({ dir })).engine);
    }
  });

  afterAll(async () => {
    for (const engine of engines) await engine.close();
    folder.remove();
  });

  test.each(asked)('$scope $code', ({ scope, code }) => {
    const [replayed, stored] = engines.map((engine) => ask(engine, code, scope));
    expect(replayed).toEqual(stored);
  });

  test('most questions have an answer', () => {
    const failed = asked.filter(({ scope, code }) => {
      const answer = ask(engines[0] as LocalEngine, code, scope);
      return answer !== null && typeof answer === 'object' && 'error' in answer;
    });
    expect(failed).toEqual([]);
  });
});
