/** The prompt without a terminal, as programs use it. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Folder, type Outcome, runBinary, thingsc } from '../harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const lines = (...input: readonly string[]): Promise<Outcome> => thingsc(['repl'], { input: `${input.join('\n')}\n` });
const json = (...input: readonly string[]): Promise<Outcome> => thingsc(['repl', '--json'], { input: `${input.join('\n')}\n` });

describe('thingsc repl without a terminal', () => {
  it('answers line by line, on one store, without decorations', async () => {
    expect(await json('.count = 1;', '.count + 1;', "'π'")).toEqual({ code: 0, out: '1\n2\n"π"\n', err: '' });
    expect(await lines('[1];')).toEqual({ code: 0, out: '[\n  1\n]\n', err: '' });
  });

  it('reads a text until it is whole', async () => {
    expect(await json('[1,', '', '2].map(|x| {', '  x + 1', '});', '"a', 'b"')).toEqual({ code: 0, out: '[2,3]\n"a\\nb"\n', err: '' });
  });

  it('ends at the first text that fails, with the exit code of an error in a script', async () => {
    const { code, out, err } = await lines('1;', 'a / 0;', '2;');
    expect({ code, out }).toEqual({ code: 1, out: '1\n' });
    expect(err).toContain('1 | a / 0;');
    expect(JSON.parse((await json('1 / 0')).out)).toMatchObject({ error: { name: 'zero_div_err' } });
  });

  it('tells all errors of a text, and of one that ends too early', async () => {
    expect((await lines('f(]; g(};')).err.match(/-->/g)).toHaveLength(2);
    const { code, err } = await lines('f(1,');
    expect(code).toBe(1);
    expect(err).toContain('found the end of the text');
  });

  it('runs a script and code beforehand', async () => {
    const script = folder.file('before.ti', "set_type('P', {name: 'str'}); 'ready';");
    expect((await thingsc(['repl', script, '--json'], { input: "P{name: 'x'}.name;\n" })).out).toBe('"ready"\n"x"\n');
    expect((await thingsc(['repl', '-e', 'oops', '--json'], { input: '1;\n' })).code).toBe(1);
  });

  it('knows the 2019 dialect', async () => {
    const { out, code } = await thingsc(['repl', '--dialect', '2019', '--json'], {
      input: 'a = [1, 2];\na.map(x => (x + 1))\n.dialect v1\n2.0;\n',
    });
    expect({ out, code }).toEqual({ out: 'null\n[2,3]\n2.0\n', code: 0 });
  });

  it('keeps what is stored, and refuses a store that is not there to be had', async () => {
    const data = folder.file('data');
    expect((await thingsc(['repl', '--data', data], { input: '.x = 5;\n' })).code).toBe(0);
    expect((await thingsc(['repl', '--data', data, '--json'], { input: '.x;\n' })).out).toBe('5\n');
    const { code, err } = await thingsc(['repl', '--data', folder.file('file', 'no folder')], { input: '1;\n' });
    expect(code).toBe(4);
    expect(err).toMatch(/^thingsc: /);
  });

  it('refuses two places, and a user that is not there', async () => {
    expect((await thingsc(['repl', '--data', 'x', '--connect', ':9'])).code).toBe(2);
    expect((await thingsc(['repl', '--user', 'nobody'])).code).toBe(2);
    // Users of the environment are those of servers.
    vi.stubEnv('THINGSC_USER', 'nobody');
    expect((await thingsc(['repl'], { input: '1;' })).code).toBe(0);
    vi.unstubAllEnvs();
  });

  it('sends the lines of `log` to standard error', async () => {
    expect((await json("log('hello'); 1;")).err).toBe('hello\n');
  });

  it('works as a process that is fed through a pipe', async () => {
    expect(await runBinary(['repl', '--json'], { input: '1 + 1;\n.exit\n3;\n' })).toEqual({ code: 0, out: '2\n', err: '' });
  });
});

describe('commands', () => {
  it('.ast, .bytecode and .effects tell of a query, which may have several lines, or of the last', async () => {
    expect((await lines('.ast f(1,', '2)')).out).toContain('CallExpr');
    expect((await lines('.bytecode 1 + x')).out).toContain('ADD');
    expect((await lines('.x = 1;', '.effects')).out).toContain('needs a change, because of assignment to the property `x`');
    expect((await lines('.bytecode')).code).toBe(1);
    expect((await lines('.ast f(]')).code).toBe(1);
  });

  it('.help tells of built-ins, of what is defined, and of commands', async () => {
    const map = (await lines('.help map')).out;
    expect(map).toContain('array.map(callback: closure) -> list');
    expect(map).toContain('// => [2, 3]');
    expect((await lines('.help')).out).toMatch(/^\.bytecode \[QUERY\] /m);
    expect((await lines('.help .mode')).out).toContain('.mode [tree|table|json|raw]');
    expect((await lines("set_type('Pen', {colour: 'str'});", '.help Pen')).out).toContain('type Pen\n  colour: str');
    expect((await lines('.help maap')).err).toContain('did you mean `map`?');
    expect((await lines('.dialect 2019', '.help blob')).out).toContain('blob(');
  });

  it('.use goes to another scope, if it is there', async () => {
    expect((await json('.use @thingsdb', "new_collection('shop');", '.use shop', '.x = 1;', '.use stuff', '.has("x");')).out).toBe(
      '"shop"\n1\nfalse\n',
    );
    const { code, err } = await lines('.use nowhere');
    expect(code).toBe(1);
    expect(err).toBe('error: collection `nowhere` not found\n');
    expect((await lines('.scope')).out).toBe('stuff, a store in memory\n');
    expect((await lines('.collections')).out).toMatch(/^name +things +time_zone\n/);
  });

  it('.schema prints what is defined', async () => {
    const define = "set_type('Pen', {colour: 'str'}); set_enum('Size', {S: 1}); new_procedure('sell', |pen| 'sells a pen');";
    const { out } = await json(define, '.schema');
    expect(out).toBe('null\ntype Pen\n  colour: str\n\nenum Size\n  S = 1\n\nprocedure sell(pen)\n'.replace('null', '"sell"'));
    expect((await lines('.schema Pen')).code).toBe(1);
  });

  it('.mode changes how answers are shown', async () => {
    expect((await lines('.mode table', '[{a: 1}];', '.mode raw', "'x\"y'", '.mode json', '[1];')).out).toBe('a\n-\n1\nx"y\n[1]\n');
    expect((await lines('.mode nice')).err).toBe('error: `nice` is none of tree, table, json, raw\n');
  });

  it('.set keeps values for the queries that follow', async () => {
    const set = await json('.set n 2.0', '.set list [1, {"a": null}]', '[n, list];', '.unset n', '.vars', 'n');
    expect(set.out).toMatch(/^\[2\.0,\[1,\{"a":null\}\]\]\nlist = \[1,\{"a":null\}\]\n\{"error"/);
    const thing = await json('.x = {n: 1}; [.x, 2.0];', '.set kept', '.vars', 'kept[0].n;');
    expect(thing.out.split('\n').slice(1)).toEqual(['kept = [{"#":3},2.0]', '1', '']);
    expect((await lines('.set 1x 2')).err).toContain('no name of a variable');
    expect((await lines('.set x {')).err).toContain('no JSON');
    expect((await lines('.set x')).code).toBe(1);
    expect((await lines('.unset x')).code).toBe(1);
  });

  it('.set without a value keeps the last answer: stored things by their ids, all else as data', async () => {
    const { out } = await json(
      '.pen = {ink: 1}; [.pen, {n: 2}];',
      '.set both',
      'both[0].ink = 7; both[0] == .pen;',
      '[.pen.ink, both[1].n, both[1].id()];',
    );
    expect(out.split('\n').slice(1, 3)).toEqual(['true', '[7,2,null]']);
  });

  it('.load runs a script as one query, and .save writes one', async () => {
    const script = folder.file('script.ti', 'x = 20;\nx + 1;\n');
    const saved = folder.file('saved.ti');
    expect((await json(`.load ${script}`, '.y = 1', 'z / 0')).out).toMatch(/^21\n1\n/);
    expect((await json('.y = 1', '.y + 1;', `.save ${saved}`)).code).toBe(0);
    expect(readFileSync(saved, 'utf8')).toBe('.y = 1;\n.y + 1;\n');
    expect((await json('1', `.save ${saved}`)).err).toContain('is there already');
    const faulty = folder.file('faulty.ti', 'x = 1;\nx / 0;\n');
    expect((await lines(`.load ${faulty}`)).err).toContain('faulty.ti:2:1');
    expect((await lines('.load nowhere.ti')).code).toBe(1);
    const old = folder.file('old.t19', 'a = [3]; a.map(x => (x))');
    expect((await json(`.load ${old}`)).out).toBe('[null,[3]]\n');
  });

  it('.exit leaves', async () => {
    expect(await json('1', '.exit', '2')).toEqual({ code: 0, out: '1\n', err: '' });
    expect((await lines('.exit now')).code).toBe(1);
  });

  it('properties with the name of a command are still to be had', async () => {
    expect((await json('.mode = "m";', '.mode;', ' .mode', '.mode.len();', '.mode + "!"')).out).toBe('"m"\n"m"\n"m"\n1\n"m!"\n');
  });
});
