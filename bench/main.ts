/**
 * Benchmarks, as a table with ratios.
 *
 *     npm run bench -- [--reference PORT] [--rows toolchain,vm,values,things,load,writer,million,storage] [--rounds N] [--seconds N] [--save] [--json]
 *
 * Compares with the reference node that listens at a port of this machine (its collection `bench` is removed and made anew), else with the numbers of
 * an earlier run in `bench/results.json`, which `--save` writes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Client } from '../src/cli/client.ts';
import { measureLoad } from './load.ts';
import { measureMillion } from './million.ts';
import { measureOneWriter } from './one-writer.ts';
import { OwnServer } from './own-server.ts';
import { measureQuery, median, prepared, SCOPE } from './queries.ts';
import { LOAD_ROWS, type LoadRow, type QueryRow, THING_ROWS, VALUE_ROWS, VM_ROWS } from './rows.ts';
import { type Measured, printGroup, printSummary, type Saved } from './table.ts';

const GROUPS = ['toolchain', 'vm', 'values', 'things', 'load', 'writer', 'million', 'storage'] as const;
const RESULTS = new URL('./results.json', import.meta.url);

const { values: options } = parseArgs({
  options: {
    reference: { type: 'string' },
    rows: { type: 'string', default: GROUPS.join(',') },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
    save: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const referencePort = options.reference === undefined ? null : Number(options.reference);
const wanted = new Set(options.rows.split(','));
const saved: Saved = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Saved) : { machine: '', values: {} };
const all: Measured[] = [];
/** Rows whose second number is neither the reference's nor an earlier one. */
const apart = new Set<Measured>();

/** Prints a group of rows; without a reference, beside what was saved. */
function show(title: string, rows: readonly Measured[], beside?: string): void {
  const known = rows.map((row) => (row.other === null ? { ...row, other: saved.values[row.name] ?? null, isReference: false } : row));
  all.push(...known);
  if (beside !== undefined) for (const row of known) apart.add(row);
  if (!options.json) printGroup(title, known, beside);
}

async function toolchainRows(): Promise<Measured[]> {
  const { TOOLCHAIN_ROWS } = await import('./toolchain.ts');
  const { measureEditing } = await import('./editing.ts');
  const rows = TOOLCHAIN_ROWS.map(({ name, turn, limit }) => {
    turn();
    return { name, value: median(Array.from({ length: Math.min(rounds, 5) }, turn)), limit };
  });
  for (const [dialect, where] of [
    ['v1', 'a script of 5,000 lines'],
    ['2019', 'one in the 2019 dialect'],
  ] as const) {
    const { findings, completion, hover, tokens } = await measureEditing(dialect);
    rows.push({ name: `a key typed in ${where}, until the findings come`, value: findings, limit: 25 });
    rows.push({ name: `completion right behind it, in ${where}`, value: completion, limit: 25 });
    rows.push({ name: `hover right behind it, in ${where}`, value: hover, limit: 25 });
    rows.push({ name: `colours of the whole right behind it, in ${where}`, value: tokens, limit: 50 });
  }
  return rows.map(({ limit, ...row }) => ({
    ...row,
    unit: 'ms',
    other: null,
    isReference: false,
    ...(limit === undefined ? {} : { limit }),
  }));
}

async function queryRows(clients: readonly Client[], rows: readonly QueryRow[]): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const row of rows) {
    const [value = Number.NaN, other = null] = await measureQuery(clients, row, rounds);
    results.push({
      name: row.name,
      value,
      unit: 'ms',
      other,
      isReference: other !== null,
      ...(row.aim === undefined ? {} : { aim: row.aim }),
    });
  }
  return results;
}

async function loadRow(client: Client, port: number, row: LoadRow): Promise<number> {
  if (row.setup !== undefined) await client.query(SCOPE, row.setup);
  return measureLoad({ port, scope: SCOPE, codes: row.codes, connections: row.connections, depth: row.depth, seconds });
}

async function loadRows(clients: readonly Client[], ports: readonly number[]): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const row of LOAD_ROWS) {
    const rates: number[] = [];
    for (const [i, client] of clients.entries()) rates.push(await loadRow(client, ports[i] as number, row));
    const [value = Number.NaN, other = null] = rates;
    results.push({
      name: row.name,
      value,
      unit: '/s',
      other,
      isReference: other !== null,
      ...(row.aim === undefined ? {} : { aim: row.aim }),
    });
  }
  return results;
}

async function storageRows(): Promise<Measured[]> {
  const { run } = await import('./storage.ts');
  return (await run()).map(({ name, value, unit }) => ({ name, value, unit, other: null, isReference: false }));
}

async function overTheWire(): Promise<void> {
  const server = new OwnServer();
  try {
    await server.start();
    const ports = [server.port, ...(referencePort === null ? [] : [referencePort])];
    const clients = await Promise.all(ports.map(prepared));
    if (wanted.has('vm')) show('virtual machine, over one connection', await queryRows(clients, VM_ROWS));
    if (wanted.has('values')) show('function library, over one connection', await queryRows(clients, VALUE_ROWS));
    if (wanted.has('things')) show('stored things, over one connection', await queryRows(clients, THING_ROWS));
    if (wanted.has('load')) show('server under load', await loadRows(clients, ports));
    for (const client of clients) client.close();
  } finally {
    await server.remove();
  }
}

if (wanted.has('toolchain')) show('toolchain', await toolchainRows());
if (['vm', 'values', 'things', 'load'].some((group) => wanted.has(group))) await overTheWire();
if (wanted.has('writer')) show('one client that waits for each write', await measureOneWriter(), 'without us');
if (wanted.has('million')) show('a million small typed things', await measureMillion());
if (wanted.has('storage')) show('storage alone', await storageRows());
if (options.json) console.log(JSON.stringify(all));
else
  printSummary(
    all.filter((row) => !apart.has(row)),
    referencePort === null ? `numbers of ${saved.machine || 'no earlier run'}` : 'the reference node',
  );
if (options.save) {
  const values = {
    ...saved.values,
    ...Object.fromEntries(all.filter(({ value }) => Number.isFinite(value)).map(({ name, value }) => [name, Number(value.toPrecision(4))])),
  };
  const machine = `${process.platform}/${process.arch}, ${availableParallelism()} cores, Node.js ${process.version}`;
  writeFileSync(RESULTS, `${JSON.stringify({ machine, values }, null, 2)}\n`);
}
