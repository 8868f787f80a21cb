/** Processes of modules: configuration, crashes, restarts, deployment, names, ends. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/storage/open.ts';
import { addPuppet, type Bench, EXAMPLE, openBench, PUPPET } from './helpers.ts';

const CONF_ERROR = 'configuration error; use `set_module_conf(..)` to update the module configuration';
const TOO_MANY = 'too many restarts detected; most likely the module is broken';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

test('a module without files is not installed', async () => {
  await bench.ask("new_module('m', 'm.bin');", '@t');
  await bench.until('m', 'module not installed');
  expect(await bench.ask('m({});')).toMatchObject({ error: -63 });
  bench.put('m', 'other', '');
  await bench.ask("restart_module('m');", '@n');
  await bench.until('m', 'no such file or directory');
});

test('a configuration is sent at the start and when it is set; an error of it lasts till the next that is right', async () => {
  await addPuppet(bench, 'm', '{a: 1}');
  await bench.ready('m({});');
  await bench.ask("set_module_conf('m', {bad: true});", '@t');
  await bench.until('m', CONF_ERROR);
  expect(await bench.ask('m({});')).toMatchObject({ error: -63 });
  await bench.ask("set_module_conf('m', {bad: false});", '@t');
  await bench.until('m', 'running');
  expect(await bench.ask('m({x: 1});')).toEqual([{ x: 1 }]);
});

test('what a module writes to its standard error is logged', async () => {
  await addPuppet(bench, 'm');
  await bench.ask("m({say: 'good morning'});");
  expect(bench.lines).toContain('[m] good morning');
});

test('a crash cancels what is open and starts the module anew, three times', async () => {
  await addPuppet(bench, 'm');
  const open = bench.ask('m({hang: true}).else(|e| [e.code(), e.msg()]);');
  expect(await bench.ask('m({exit: 3});')).toMatchObject({ error: -64 });
  expect(await open).toEqual([-64, 'future cancelled before completion']);
  for (let i = 0; i < 3; i++) {
    await bench.until('m', 'running');
    expect(await bench.ask('m({exit: 3});')).toMatchObject({ error: -64 });
  }
  await bench.until('m', TOO_MANY);
  await bench.ask("restart_module('m');", '@n');
  await bench.until('m', 'running');
  expect(await bench.ask("module_info('m').load().restarts;", '@n')).toBe(0);
  expect(await bench.ask('m({x: 1});')).toEqual([{ x: 1 }]);
});

test('a module that writes garbage is ended and started anew', async () => {
  await addPuppet(bench, 'm');
  expect(await bench.ask('m({garbage: true, hang: true});')).toMatchObject({ error: -64 });
  await bench.until('m', 'running');
  expect(await bench.ask("module_info('m').load().restarts;", '@n')).toBe(1);
});

test('an answer of a wrong type or shape fails its request; one that nobody waits for is logged', async () => {
  await addPuppet(bench, 'm');
  expect(await bench.ask('m({raw: [193], type: 81, id: 0});')).toMatchObject({ error: -53 });
  expect(await bench.ask('m({raw: [1], type: 99, id: 1});')).toMatchObject({ error: -53 });
  expect(await bench.ask('m({raw: [146, 1], type: 82, id: 2});')).toMatchObject({ error: -53 });
  const open = bench.ask('m({raw: [1], type: 81, id: 77});');
  while (!bench.lines.some((line) => line.includes('future id 77'))) await new Promise((resolve) => setTimeout(resolve, 10));
  await bench.ask("del_module('m');", '@t');
  expect(await open).toMatchObject({ error: -64 });
});

test('a module that leaves is gone with what was open', async () => {
  await addPuppet(bench, 'm');
  const open = bench.ask('m({hang: true});');
  await bench.ask("del_module('m');", '@t');
  expect(await open).toMatchObject({ error: -64 });
  expect(await bench.ask('m({});')).toMatchObject({ error: -54 });
  expect(existsSync(join(bench.path, 'm', 'puppet.ts'))).toBe(true);
});

test('a name is changed while the module runs', async () => {
  await addPuppet(bench, 'm');
  await bench.ask("rename_module('m', 'n');", '@t');
  expect(await bench.ask('n({x: 1});')).toEqual([{ x: 1 }]);
  expect(await bench.ask('m({x: 1});')).toMatchObject({ error: -54 });
  await bench.ask("restart_module('n');", '@n');
  await bench.until('n', 'running');
  expect(await bench.ask('n({x: 2});')).toEqual([{ x: 2 }]);
});

test('new code is deployed into the file and runs', async () => {
  await addPuppet(bench, 'm');
  const code = `${PUPPET}\nconsole.error('second edition');`;
  await bench.ask(`deploy_module('m', bytes(base64_decode('${Buffer.from(code).toString('base64')}')));`, '@t');
  await bench.until('m', 'running');
  expect(await bench.ask('m({x: 1});')).toEqual([{ x: 1 }]);
  expect(bench.lines).toContain('[m] second edition');
  expect(readFileSync(join(bench.path, 'm', 'puppet.ts'), 'utf8')).toBe(code);
  expect(await bench.ask("deploy_module('m', 'text');", '@t')).toMatchObject({ error: -61 });
});

test('a request that takes too long fails, with a time-out', async () => {
  await bench.close();
  bench = await openBench({ timeout: 1000 });
  await addPuppet(bench, 'm');
  await bench.ready('m({});');
  expect(await bench.ask('m({hang: true});')).toMatchObject({ error: -64 });
  expect(await bench.ask('m({x: 1});')).toEqual([{ x: 1 }]);
});

test('a module from a folder is installed with all its files, and updated when the version there is another', async () => {
  await bench.ask(`new_module('echo', 'file://${EXAMPLE}', {loud: true});`, '@t');
  await bench.until('echo', 'running');
  await bench.ready("echo({message: 'x'});");
  expect(await bench.ask("echo.say('hi').then(|r| r.message);")).toBe('HI');
  expect(await bench.ask("echo.say('hi', {times: 3}).then(|r| r.message);")).toBe('HI HI HI');
  expect(await bench.ask("echo.twice('hi').then(|r| r.message);")).toBe('HI HI');
  expect(await bench.ask("echo.text('hi');")).toBe('HI');
  expect(await bench.ask("module_info('echo').load().exposes.keys();")).toEqual(['say', 'text', 'twice']);
  expect(await bench.ask('echo({});')).toMatchObject({ error: -61 });
  const first = await bench.ask("echo.say('hi').then(|r| r.pid);");
  await bench.ask("refresh_module('echo');", '@t');
  await bench.until('echo', 'running');
  await bench.ready("echo({message: 'x'});");
  expect(await bench.ask("echo.say('hi').then(|r| r.pid);")).not.toBe(first);
  await bench.ask("del_module('echo');", '@t');
  while (existsSync(join(bench.path, 'echo'))) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a source that is not right is told, and modules that are there go on without it', async () => {
  bench.put('src', 'module.json', '{"main": "puppet.ts"}');
  await bench.ask(`new_module('m', 'file://${join(bench.path, 'src')}');`, '@t');
  await bench.until('m', '`version` in module.json must be a number, or a string of digits with points between');
  bench.put('src', 'module.json', '{"version": 1, "main": "puppet.ts"}');
  await bench.ask("refresh_module('m');", '@t');
  await bench.until('m', 'failed to read puppet.ts (ENOENT)');
  bench.put('src', 'puppet.ts', "process.stdin.on('end', () => process.exit(0)).resume();");
  await bench.ask("refresh_module('m');", '@t');
  await bench.until('m', 'running');
  writeFileSync(join(bench.path, 'src', 'module.json'), 'no json');
  await bench.ask("refresh_module('m');", '@t');
  await bench.until('m', 'stopping module...');
  await bench.until('m', 'running');
  expect(bench.lines.some((line) => line.includes('the files that are there are used'))).toBe(true);
});

test('modules are there after a restart, with code that had not reached its file', async () => {
  const { path } = bench;
  const dir = join(path, 'store');
  const other = await openBench({ path }, await openStore({ dir }));
  await addPuppet(other, 'm', '{a: 1}');
  await other.ask(
    "set_module_scope('m', '//stuff'); new_module('gone', 'x.py'); rename_module('gone', 'later'); new_module('x', 'y'); del_module('x');",
    '@t',
  );
  await other.ask("deploy_module('later', 'import sys; sys.exit(0)');", '@t');
  await other.engine.modules.close();
  await other.engine.store.close();
  writeFileSync(join(path, 'gone', 'x.py'), 'torn');
  const again = await openBench({ path }, await openStore({ dir }));
  await again.until('m', 'running');
  expect(await again.ask("[modules_info().map(|m| m.load().name), module_info('m').load().conf, module_info('m').load().scope];")).toEqual([
    ['later', 'm'],
    { a: 1 },
    '@collection:stuff',
  ]);
  expect(readFileSync(join(path, 'gone', 'x.py'), 'utf8')).toBe('import sys; sys.exit(0)');
  // Now from a checkpoint.
  await again.close();
  const third = await openBench({ path }, await openStore({ dir }));
  await third.until('m', 'running');
  expect(await third.ask("module_info('m').load().scope;")).toBe('@collection:stuff');
  await third.close();
});
