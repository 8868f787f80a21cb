import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, defaultConfig, loadConfig } from '../../src/server/config.ts';
import { ConfigError } from '../../src/server/config-error.ts';
import { parseIni } from '../../src/server/ini.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string | null, env: Record<string, string> = {}): { config: Config; warnings: string[] } {
  const warnings: string[] = [];
  const file = text === null ? null : join(folder, 't.conf');
  if (file !== null && text !== null) writeFileSync(file, text);
  return { config: loadConfig({ file, env, warn: (line) => warnings.push(line) }), warnings };
}

describe('defaults', () => {
  it('are those of the reference server', () => {
    expect(load(null)).toEqual({ config: defaultConfig(), warnings: [] });
    expect(defaultConfig()).toMatchObject({
      listen_client_port: 9200,
      bind_client_addr: '127.0.0.1',
      listen_node_port: 9220,
      bind_node_addr: '127.0.0.1',
      http_api_port: 0,
      http_status_port: 0,
      ws_port: 0,
      ip_support: 'ALL',
      python_interpreter: 'python',
      pipe_client_name: null,
      threshold_full_storage: 1000,
      result_size_limit: 20971520,
      threshold_query_cache: 160,
      cache_expiration_time: 900,
      zone: 0,
      shutdown_period: 6,
      query_duration_warn: 0,
      query_duration_error: 0,
      durability: 'sync',
      cache_size: 0,
    });
  });
});

describe('the file', () => {
  it('sets what its section says; comments, other sections and unknown keys are ignored', () => {
    const text = `
# a comment
[other]
zone = 7
[thingsdb]
  listen_client_port   =   9999
bind_client_addr = ::
query_duration_error = 1.5
unknown = x = y
   # another
[more]
[thingsdb]\r
node_name = a node # not a comment\r
`;
    const { config, warnings } = load(text);
    expect(warnings).toEqual([]);
    expect(config).toEqual({
      ...defaultConfig(),
      listen_client_port: 9999,
      bind_client_addr: '::',
      query_duration_error: 1.5,
      node_name: 'a node # not a comment',
    });
  });

  it.each([
    ['zone', '300'],
    ['zone', '-1'],
    ['zone', '0x1f'],
    ['zone', '1.5'],
    ['zone', ''],
    ['listen_client_port', '65536'],
    ['listen_client_port', 'abc'],
    ['result_size_limit', '-5'],
    ['ip_support', 'all'],
    ['bind_client_addr', '5'],
    ['node_name', '1.5'],
    ['query_duration_warn', 'x'],
    ['query_duration_warn', '-1'],
    ['durability', 'maybe'],
  ] as const)('has %s = %s refused with a warning, and the default used', (key, value) => {
    const { config, warnings } = load(`[thingsdb]\n${key} = ${value}\n`);
    expect(warnings).toEqual([expect.stringContaining(`\`${key}\` in \`${join(folder, 't.conf')}\``)]);
    expect(config).toEqual(defaultConfig());
  });

  it.each([
    ['a setting outside of a section', 'zone = 1\n', 'line 1: '],
    ['a line without an equal sign', '[thingsdb]\n\nfoo\n', 'line 3: '],
    ['a comment of another kind', '[thingsdb]\n;foo\n', 'line 2: '],
    ['a line without a key', '[thingsdb]\n= 5\n', 'line 2: '],
    ['a section that is not closed', '[thingsdb\nzone = 1\n', 'line 1: '],
    ['a key that is set twice', '[thingsdb]\nzone = 1\nzone = 2\n', 'line 3: `zone`'],
    ['a key that is set twice elsewhere', '[a]\nb = 1\n[thingsdb]\n[a]\nb = 1\n', 'line 5: `b`'],
    ['a line that is too long', `[thingsdb]\nnode_name = ${'x'.repeat(260)}\n`, 'line 2: '],
  ])('is refused for %s', (_name, text, place) => {
    expect(() => load(text)).toThrow(ConfigError);
    expect(() => load(text)).toThrow(place);
  });

  it('must be there', () => {
    expect(() => loadConfig({ file: join(folder, 'none'), env: {}, warn: () => {} })).toThrow(ConfigError);
  });

  it('gives the settings of one section', () => {
    expect([...parseIni('[a]\nx = 1\n[b]\nx=2\n[a]\ny =', 'a')]).toEqual([
      ['x', '1'],
      ['y', ''],
    ]);
    expect(parseIni('', 'a').size).toBe(0);
  });
});

describe('the environment', () => {
  it('wins over the file', () => {
    const { config, warnings } = load('[thingsdb]\nzone = 1\nws_port = 5\n', {
      THINGSDB_ZONE: '2',
      THINGSDB_NODE_NAME: '0',
      OTHER: '1',
      THINGSDB_WS_PORT: '',
    });
    expect(warnings).toEqual([]);
    expect(config).toEqual({ ...defaultConfig(), zone: 2, node_name: '0', ws_port: 5 });
  });

  it('is refused as the file is, and what the file says stays', () => {
    const { config, warnings } = load('[thingsdb]\nzone = 1\n', { THINGSDB_ZONE: 'x' });
    expect(warnings).toEqual([expect.stringContaining('`THINGSDB_ZONE`')]);
    expect(config.zone).toBe(1);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const rows = new Map([...page.matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)].map(([, key, value]) => [key as string, value as string]));
  const defaults = Object.entries(defaultConfig());

  it('tells of each setting, and of no other', () => {
    expect([...rows.keys()].sort()).toEqual(defaults.map(([key]) => key).sort());
  });

  it('tells the defaults that do not depend on the machine', () => {
    const local = new Set(['storage_path', 'modules_path', 'node_name']);
    for (const [key, value] of defaults) if (!local.has(key)) expect([key, rows.get(key)]).toEqual([key, String(value ?? 'none')]);
  });
});

describe('deploy/thingsdb.conf', () => {
  it('is understood', () => {
    const told: string[] = [];
    const file = fileURLToPath(new URL('../../deploy/thingsdb.conf', import.meta.url));
    const config = loadConfig({ file, env: {}, warn: (text) => told.push(text) });
    expect(told).toEqual([]);
    const known = new Set(Object.keys(defaultConfig()));
    for (const key of parseIni(readFileSync(file, 'utf8'), 'thingsdb').keys()) expect(known).toContain(key);
    expect(config.storage_path).toBe('/var/lib/thingsdb/');
  });
});
