/** The debugger as an editor sees it: over a port, and over standard input and output. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AdapterServer, serveAdapters } from '../../src/debug/dap/serve.ts';
import { Folder, runBinary } from '../cli/harness.ts';
import { Adapted, Connected } from './client.ts';

const folder = new Folder();
let server: AdapterServer;
let client: Connected;
let count = 0;

beforeAll(async () => {
  server = await serveAdapters(0);
});

afterAll(async () => {
  await server.close();
  folder.remove();
});

/** Begins a session, and writes a script for it. */
function adapt(script: string): string {
  client = new Connected(server.port);
  return folder.file(`script-${++count}.ti`, script);
}

afterEach(() => client.hangUp());

const CALLS = `double = |x| {
  y = x * 2;
  y;
};
total = 0;
[1, 2, 3].each(|n| {
  total += double(n);
});
total;
`;

const ENDLESS = `n = 0;
range(100000).each(|i| {
  range(100000).each(|j| {
    n += 1;
    if (n % 20000 == 0) log("more");
  });
});
`;

describe('breakpoints', () => {
  test('are moved to the next statement, and stop', async () => {
    const program = adapt(`// first line\na = 1;\n\nb = 2; c = 3;\n[\n  a,\n  b\n];\n`);
    await client.launch({ program }, async () => {
      const set = await client.breakpoints(program, { line: 1 }, { line: 3 }, { line: 4, column: 8 }, { line: 6 }, { line: 99 });
      expect(set.map(({ verified, line, column }) => [verified, line, column])).toEqual([
        [true, 2, 1],
        [true, 4, 1],
        [true, 4, 8],
        [false, undefined, undefined],
        [false, undefined, undefined],
      ]);
      expect(set[4]?.message).toMatch(/no statement/);
    });
    expect(await client.stands()).toMatchObject({ reason: 'breakpoint', frames: ['script:2:1'] });
    expect(await client.goOn('continue')).toMatchObject({ frames: ['script:4:1'] });
    expect(await client.goOn('continue')).toMatchObject({ frames: ['script:4:8'] });
    await client.ask('continue', { threadId: 1 });
    expect(await client.ended()).toBe(0);
    expect(client.printed('stdout')).toBe('[\n  1,\n  2\n]\n');
    await client.disconnect();
  });

  test('have conditions, counts of hits and texts to log', async () => {
    const program = adapt('t = 0;\nrange(10).each(|i| {\n  t += i;\n  t;\n});\nt;\n');
    await client.launch({ program }, async () => {
      const set = await client.breakpoints(
        program,
        { line: 3, condition: 'i == 4' },
        { line: 4, hitCondition: '% 4', logMessage: 'i is {i}, {{twice}} {i * 2}' },
        { line: 6, condition: 'i +' },
        { line: 6, hitCondition: 'often' },
      );
      expect(set.map(({ verified }) => verified)).toEqual([true, true, false, false]);
      expect(set[3]?.message).toMatch(/`often` is no count of hits/);
    });
    const { event } = await client.stands();
    expect(await client.scopes()).toMatchObject({ Locals: { i: '4' }, Callers: { t: '6' } });
    expect(event.hitBreakpointIds).toHaveLength(1);
    await client.ask('continue', { threadId: 1 });
    expect(await client.ended()).toBe(0);
    expect(client.printed('console')).toBe('i is 3, {twice} 6\ni is 7, {twice} 14\n');
  });

  test('tell of a condition that fails, and stop there', async () => {
    const program = adapt('a = 1;\nb = 2;\n');
    await client.launch({ program }, () => client.breakpoints(program, { line: 2, condition: 'nothing > 1' }));
    expect(await client.stands()).toMatchObject({ frames: ['script:2:1'] });
    expect(client.printed('stderr')).toMatch(/condition `nothing > 1` of breakpoint \d+ failed: variable `nothing` is undefined/);
  });

  test('change while the script runs and keep their counts', async () => {
    const program = adapt('range(6).each(|i| {\n  a = i;\n  b = i;\n});\n');
    await client.launch({ program }, () => client.breakpoints(program, { line: 2, hitCondition: '>= 3' }));
    await client.stands();
    expect(await client.evaluate('i')).toBe('2');
    await client.breakpoints(program, { line: 2, hitCondition: '>= 3' }, { line: 3, condition: 'i == 3' });
    expect(await client.goOn('continue')).toMatchObject({ frames: ['each |i|:2:3', 'script:1:9'] });
    expect(await client.evaluate('i')).toBe('3');
    expect((await client.goOn('continue')).frames[0]).toBe('each |i|:3:3');
    await client.breakpoints(program);
    await client.ask('continue', { threadId: 1 });
    expect(await client.ended()).toBe(0);
  });

  test('can be where the statements of a line are', async () => {
    const program = adapt('a = [1].map(|x| x + 1); b = 2;\n');
    await client.launch({ program, stopOnEntry: true });
    expect(await client.stands()).toMatchObject({ reason: 'entry', frames: ['script:1:1'] });
    const { breakpoints } = await client.ask<DebugProtocol.BreakpointLocationsResponse>('breakpointLocations', {
      source: { path: program },
      line: 1,
    });
    expect(breakpoints.map(({ column, endColumn }) => [column, endColumn])).toEqual([
      [1, 23],
      [17, 22],
      [25, 30],
    ]);
    await client.breakpoints(program, { line: 1, column: 17 });
    expect((await client.goOn('continue')).frames).toEqual(['map |x|:1:17', 'script:1:8']);
  });

  test('of functions', async () => {
    const program = adapt(`${CALLS}`);
    await client.launch({ program }, () => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'double', condition: 'x > 2' }] }));
    expect(await client.stands()).toMatchObject({
      reason: 'function breakpoint',
      frames: ['double |x|:2:3', 'each |n|:7:12', 'script:6:10'],
    });
  });

  test('columns count as editors count', async () => {
    const program = adapt("a = 'é😀'; b = 1;\n");
    await client.launch({ program }, async () => {
      expect(await client.breakpoints(program, { line: 1, column: 12 })).toMatchObject([{ line: 1, column: 12, endColumn: 17 }]);
    });
    expect((await client.stands()).frames).toEqual(['script:1:12']);
    expect(await client.evaluate('a')).toBe('"é😀"');
  });
});

describe('steps', () => {
  test('go into closures, over them, and out', async () => {
    const program = adapt(CALLS);
    await client.launch({ program, stopOnEntry: true });
    await client.stands();
    expect((await client.goOn('next')).frames).toEqual(['script:5:1']);
    expect((await client.goOn('next')).frames).toEqual(['script:6:1']);
    expect((await client.goOn('stepIn')).frames).toEqual(['each |n|:7:3', 'script:6:10']);
    expect((await client.goOn('stepIn')).frames[0]).toBe('double |x|:2:3');
    expect((await client.goOn('next')).frames[0]).toBe('double |x|:3:3');
    // Back in the call, with its result.
    expect((await client.goOn('next')).frames).toEqual(['each |n|:7:12', 'script:6:10']);
    expect((await client.scopes())['Locals']).toEqual({ '(result)': '2', n: '1' });
    // The next item of the list is the next statement at this depth.
    expect((await client.goOn('next')).frames).toEqual(['each |n|:7:3', 'script:6:10']);
    expect(await client.evaluate('[n, total]')).toBe('[2, 2]');
    expect((await client.goOn('next')).frames).toEqual(['each |n|:7:3', 'script:6:10']);
    expect((await client.goOn('stepOut')).frames).toEqual(['script:6:10']);
    expect((await client.goOn('next')).frames).toEqual(['script:9:1']);
    expect(await client.evaluate('total')).toBe('12');
  });

  test('go through what built-ins call: a comparison of a sort', async () => {
    const program = adapt('l = [3, 1, 2];\nsorted = l.sort(|a, b| {\n  c = a - b;\n  c;\n});\nl;\n');
    await client.launch({ program }, () => client.breakpoints(program, { line: 3 }));
    const first = await client.stands();
    expect(first.frames).toEqual(['sort |a, b|:3:3', 'script:2:11']);
    expect(await client.evaluate('l.len()')).toBe('3');
    expect((await client.goOn('next')).frames[0]).toBe('sort |a, b|:4:3');
    await client.breakpoints(program);
    expect((await client.goOn('stepOut')).frames).toEqual(['script:2:11']);
    expect((await client.goOn('next')).frames).toEqual(['script:6:1']);
    expect(await client.evaluate('sorted')).toBe('[1, 2, 3]');
  });

  test('follow an error to where it is taken', async () => {
    const program = adapt('f = |x| {\n  x / 0;\n  2;\n};\na = try(f(1));\nb = 2;\n');
    await client.launch({ program }, () => client.breakpoints(program, { line: 2 }));
    await client.stands();
    expect((await client.goOn('next')).frames).toEqual(['script:6:1']);
    expect(await client.evaluate('a')).toBe('error -58: division or modulo by zero');
  });
});

describe('errors', () => {
  const ERRORS = 'a = try(1 / 0);\nf = |x| x.upper();\nb = 5;\nf(b);\n';

  test('are stopped at when nothing takes them', async () => {
    const program = adapt(ERRORS);
    await client.launch({ program }, () => client.ask('setExceptionBreakpoints', { filters: ['uncaught'] }));
    const { reason, frames, event } = await client.stands();
    expect([reason, frames]).toEqual(['exception', ['f |x|:2:10', 'script:4:1']]);
    expect(event.text).toMatch(/type `int` has no function `upper` \(-54\)/);
    expect(await client.ask('exceptionInfo', { threadId: 1 })).toMatchObject({ exceptionId: '-54', breakMode: 'unhandled' });
    expect((await client.scopes())['Locals']).toMatchObject({ x: '5', '(error)': expect.stringMatching(/^error -54/) });
    expect(await client.evaluate('x + b', 0)).toBe('10');
    await client.ask('continue', { threadId: 1 });
    expect(await client.ended()).toBe(1);
    const told = client.events.find(({ event: name, body }) => name === 'output' && body.category === 'stderr');
    expect(told?.body).toMatchObject({ line: 2, source: { path: program } });
  });

  test('are stopped at all, also those that a try takes', async () => {
    const program = adapt(ERRORS);
    await client.launch({ program }, () => client.ask('setExceptionBreakpoints', { filters: ['all', 'uncaught'] }));
    expect((await client.stands()).frames).toEqual(['script:1:9']);
    expect(await client.ask('exceptionInfo', { threadId: 1 })).toMatchObject({ exceptionId: '-58', breakMode: 'always' });
    // An error in an evaluation is not the one that the `try` waits for.
    await expect(client.evaluate('[].first()')).rejects.toThrow(/no function|not found|empty/);
    expect((await client.goOn('continue')).frames[0]).toBe('f |x|:2:10');
    expect(await client.evaluate('a')).toBe('error -58: division or modulo by zero');
  });

  test('are passed over when nobody asked', async () => {
    const program = adapt(ERRORS);
    await client.launch({ program }, () => client.ask('setExceptionBreakpoints', { filters: [] }));
    expect(await client.ended()).toBe(1);
  });

  test('in a script keep it from being launched', async () => {
    const program = adapt('a = [1, 2;\n');
    await client.ask('initialize', { adapterID: 'thingsdb' });
    await expect(client.ask('launch', { program })).rejects.toThrow(/error: .*\n.*script-\d+\.ti:1:10/);
    await expect(client.ask('launch', { program: `${program}.not` })).rejects.toThrow(/cannot read/);
    await expect(client.ask('launch', {})).rejects.toThrow(/needs `program`/);
    await client.disconnect();
  });
});

describe('looking', () => {
  const LOOK = `set_type('User', {name: 'str', age: 'int'});
.user = User{name: 'iris', age: 6};
list = range(250);
deep = {a: {b: {c: [1, 2.5, "x"]}}, e: nil};
t = [[1, 2], true];
v = set({x: 1});
u = .user;
stop = 1;
last = 2;
`;

  async function look(more: object = {}): Promise<string> {
    const program = adapt(LOOK);
    await client.launch({ program, ...more }, () => client.breakpoints(program, { line: 8 }));
    await client.stands();
    return program;
  }

  async function refOf(expression: string): Promise<DebugProtocol.EvaluateResponse['body']> {
    const frameId = (await client.frames())[0]?.id;
    return client.ask<DebugProtocol.EvaluateResponse>('evaluate', { expression, frameId, context: 'watch' });
  }

  test('values are trees', async () => {
    await look({ variables: { sent: [1, { k: 2 }] } });
    const scopes = await client.scopes();
    expect(Object.keys(scopes)).toEqual(['Locals', 'Sent with the query', 'Collection stuff']);
    expect(scopes['Locals']).toEqual({
      list: '[0, 1, 2, 3, 4, 5, 6, 7, … 242 more]',
      deep: '{a: {b: {…}}, e: nil}',
      t: '[[1, 2], true]',
      v: 'set({x: 1})',
      u: expect.stringMatching(/^User#\d+ \{name: "iris", age: 6\}$/),
    });
    expect(scopes['Sent with the query']).toEqual({ sent: '[1, {k: 2}]' });
    expect(Object.keys(scopes['Collection stuff'] ?? {})).toEqual(['user']);
    const list = await refOf('list');
    expect(list).toMatchObject({ type: 'list', indexedVariables: 250, namedVariables: 0 });
    expect(
      (await client.variables(list.variablesReference, { filter: 'indexed', start: 248, count: 10 })).map(({ name, value }) => [
        name,
        value,
      ]),
    ).toEqual([
      ['[248]', '248'],
      ['[249]', '249'],
    ]);
    const [a] = await client.variables((await refOf('deep')).variablesReference);
    const [b] = await client.variables(a?.variablesReference ?? 0);
    const [c] = await client.variables(b?.variablesReference ?? 0);
    const items = await client.variables(c?.variablesReference ?? 0);
    expect(items.map(({ value, type }) => [value, type])).toEqual([
      ['1', 'int'],
      ['2.5', 'float'],
      ['"x"', 'str'],
    ]);
    expect(items[1]?.evaluateName).toBe('deep.a.b.c[1]');
    expect(await client.evaluate(items[1]?.evaluateName ?? '')).toBe('2.5');
  });

  test('variables, items and properties are set', async () => {
    await look();
    const frameId = (await client.frames())[0]?.id;
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse>('scopes', { frameId });
    const [locals, data] = scopes as [DebugProtocol.Scope, DebugProtocol.Scope];
    const set = (ref: number, name: string, value: string) =>
      client.ask<DebugProtocol.SetVariableResponse>('setVariable', { variablesReference: ref, name, value });
    expect(await set(locals.variablesReference, 'deep', '[list.len(), 1]')).toMatchObject({ value: '[250, 1]', type: 'list' });
    expect(await client.evaluate('deep')).toBe('[250, 1]');
    const deep = await refOf('deep');
    expect(await set(deep.variablesReference, '[1]', '"two"')).toMatchObject({ value: '"two"' });
    expect(await client.evaluate('deep[1]')).toBe('"two"');
    const user = (await client.variables(data.variablesReference))[0];
    expect(await set(user?.variablesReference ?? 0, 'age', '7')).toMatchObject({ value: '7' });
    expect(await client.evaluate('.user.age')).toBe('7');
    // Types hold here as in a script.
    await expect(set(user?.variablesReference ?? 0, 'age', '"old"')).rejects.toThrow(/type/);
    await expect(set(locals.variablesReference, 'nowhere', '1')).rejects.toThrow(/no `nowhere`/);
    const t = await refOf('t');
    const [tuple] = await client.variables(t.variablesReference);
    await expect(set(tuple?.variablesReference ?? 0, '[0]', '1')).rejects.toThrow(/cannot be set/);
    expect(await client.ask('setExpression', { expression: 'u.name', value: '"lily"', frameId })).toMatchObject({ value: '"lily"' });
    expect(await client.evaluate('.user.name')).toBe('"lily"');
  });

  test('references are no more when the script has gone on', async () => {
    const program = await look();
    const { variablesReference } = await refOf('list');
    await client.breakpoints(program, { line: 9 });
    await client.goOn('continue');
    await expect(client.variables(variablesReference)).rejects.toThrow(/has gone on/);
    expect(await client.evaluate('list.len()')).toBe('250');
  });

  test('evaluations see the variables of each frame, change them, and answer with errors of their own', async () => {
    const program = adapt('n = 1;\nf = |x| {\n  y = x + n;\n  g(y);\n};\ng = |z| {\n  z;\n};\nr = f(10);\n[n, r];\n');
    await client.launch({ program }, () =>
      Promise.all([client.breakpoints(program, { line: 7 }), client.ask('setExceptionBreakpoints', { filters: ['all'] })]),
    );
    expect((await client.stands()).frames).toEqual(['g |z|:7:3', 'f |x|:4:3', 'script:9:5']);
    expect(await client.scopes()).toMatchObject({ Locals: { z: '11' }, Callers: { y: '11', x: '10', n: '1' } });
    expect(await client.evaluate('[x, y, z, n]')).toBe('[10, 11, 11, 1]');
    await expect(client.evaluate('z', 1)).rejects.toThrow('variable `z` is undefined');
    await expect(client.evaluate('1 / 0')).rejects.toThrow('division or modulo by zero');
    await expect(client.evaluate('1 +')).rejects.toThrow(/found/);
    expect(await client.evaluate('try(1 / 0)')).toMatch(/^error -58/);
    // A function with a breakpoint in it does not stop in an evaluation.
    expect(await client.evaluate('g(5)')).toBe('5');
    expect(await client.evaluate('s = 0; for (i in range(4)) s += i; s')).toBe('6');
    expect(await client.evaluate('z = 100')).toBe('100');
    expect(await client.evaluate('n += 1; x = n', 1)).toBe('2');
    expect(await client.scopes()).toMatchObject({ Locals: { z: '100' }, Callers: { y: '11', x: '2', n: '2' } });
    await expect(client.evaluate('z = 3', 0, 'hover')).rejects.toThrow(/change/);
    expect(await client.evaluate('z', 0, 'hover')).toBe('100');
    await client.ask('continue', { threadId: 1 });
    await client.ended();
    expect(client.printed('stdout')).toBe('[\n  2,\n  100\n]\n');
    expect(client.events.some(({ event }) => event === 'invalidated')).toBe(true);
  });

  test('evaluations change stored data only in a query that does', async () => {
    const program = adapt('a = .has("x");\nb = 2;\n');
    await client.launch({ program, stopOnEntry: true });
    await client.stands();
    await expect(client.evaluate('.x = 1')).rejects.toThrow(/changes nothing stored/);
    expect(await client.evaluate('t = {}; t.x = 1; t')).toBe('{x: 1}');
  });

  test('names are completed', async () => {
    await look();
    const frameId = (await client.frames())[0]?.id;
    const at = (text: string) => client.ask<DebugProtocol.CompletionsResponse>('completions', { frameId, text, column: text.length + 1 });
    expect((await at('1 + de')).targets.map(({ label }) => label)).toEqual(['deep']);
    expect((await at('deep.a')).targets).toEqual([]);
  });

  test('in a recursion of many calls, frames come in parts', async () => {
    const program = adapt('f = |n| {\n  n == 0 ? 0 : f(n - 1);\n};\nf(500);\n');
    await client.launch({ program }, () => client.breakpoints(program, { line: 2, condition: 'n == 0' }));
    await client.event('stopped');
    const { stackFrames, totalFrames } = await client.ask<DebugProtocol.StackTraceResponse>('stackTrace', {
      threadId: 1,
      startFrame: 499,
      levels: 20,
    });
    expect(totalFrames).toBe(502);
    expect(stackFrames.map(({ name }) => name)).toEqual(['f |n|', 'f |n|', 'script']);
    expect(await client.evaluate('n', 499)).toBe('499');
  });
});

describe('the end', () => {
  test('a script that does not end is paused, and gone on with', async () => {
    const program = adapt(ENDLESS);
    await client.launch({ program });
    await client.event('output');
    await client.ask('pause', { threadId: 1 });
    const { reason, frames } = await client.stands();
    expect(reason).toBe('pause');
    expect(frames.at(-1)).toMatch(/^script:/);
    const before = Number(await client.evaluate('n'));
    await client.ask('continue', { threadId: 1 });
    await expect(client.frames()).rejects.toThrow(/does not stand/);
    await client.event('output');
    await client.ask('pause', { threadId: 1 });
    await client.stands();
    expect(Number(await client.evaluate('n'))).toBeGreaterThan(before);
    await client.disconnect();
  });

  test('disconnecting ends a script that runs', async () => {
    const program = adapt(ENDLESS);
    await client.launch({ program });
    await client.disconnect();
  });

  test('so does the end of the connection', async () => {
    const program = adapt(ENDLESS);
    await client.launch({ program });
    client.hangUp();
    // The server ends only when all is over.
    await server.close();
    server = await serveAdapters(0);
  });

  test('terminating tells so', async () => {
    const program = adapt(ENDLESS);
    await client.launch({ program });
    await client.ask('terminate');
    await client.event('terminated');
    await client.disconnect();
  });

  test('what a script logs is told while it runs, and its answer at the end', async () => {
    const program = adapt('log("one");\nlog("two");\n42;\n');
    await client.launch({ program, noDebug: true }, () => client.breakpoints(program, { line: 1 }));
    expect(await client.ended()).toBe(0);
    expect(client.printed('stdout')).toBe('one\ntwo\n42\n');
  });
});

describe('closures of a store', () => {
  const data = folder.file('store');

  beforeAll(async () => {
    const setup = "new_procedure('twice', |x| { y = x * 2; y; }); new_procedure('four', |x| { a = run('twice', x); run('twice', a); });";
    expect((await runBinary(['run', '-e', setup, '-d', data])).code).toBe(0);
  });

  test('are texts of their own, with breakpoints', async () => {
    client = new Connected(server.port);
    await client.launch({ procedure: 'four', args: [3], data, stopOnEntry: true });
    expect((await client.stands()).frames).toEqual(['four |x|:2:2']);
    expect((await client.goOn('stepIn')).frames).toEqual(['twice |x|:2:2', 'four |x|:2:6']);
    const [twice, four] = (await client.frames()).map(({ source }) => source as DebugProtocol.Source);
    expect(twice).toMatchObject({ name: 'twice.ti', sourceReference: expect.any(Number) });
    expect(twice?.path).toBeUndefined();
    const text = await client.ask<DebugProtocol.SourceResponse>('source', { source: twice, sourceReference: twice?.sourceReference });
    expect(text.content).toBe('|x| {\n\ty = x * 2;\n\ty;\n}');
    const { sources } = await client.ask<DebugProtocol.LoadedSourcesResponse>('loadedSources');
    expect(sources.map(({ name }) => name)).toEqual([four?.name, twice?.name]);
    await client.breakpoints(twice as DebugProtocol.Source, { line: 3, condition: 'x == 6' });
    expect((await client.goOn('continue')).frames).toEqual(['twice |x|:3:2', 'four |x|:3:2']);
    await client.ask('continue', { threadId: 1 });
    expect(await client.ended()).toBe(0);
    expect(client.printed('stdout')).toBe('12\n');
  });

  test('that are not there, or get wrong arguments, cannot be run', async () => {
    client = new Connected(server.port);
    await client.ask('initialize');
    await expect(client.ask('launch', { procedure: 'none', data })).rejects.toThrow('procedure `none` not found');
    await expect(client.ask('launch', { procedure: 'four' })).rejects.toThrow(/needs `data`/);
    await expect(client.ask('launch', { procedure: 'four', data, args: 3 })).rejects.toThrow(/must be a list/);
  });

  test('that the script makes keep their place in it', async () => {
    const program = adapt("new_procedure('thrice', |x| {\n  x * 3;\n});\n.f = |y| {\n  y + 1;\n};\n.f(run('thrice', 2));\n");
    await client.launch({ program }, () => client.breakpoints(program, { line: 2 }, { line: 5 }));
    const first = await client.stands();
    expect(first.frames).toEqual(['thrice |x|:2:3', 'script:7:4']);
    expect((await client.goOn('continue')).frames).toEqual(['f |y|:5:3', 'script:7:1']);
    expect((await client.frames())[0]?.source?.path).toBe(program);
  });
});

test('scripts in the dialect of 2019', async () => {
  client = new Connected(server.port);
  const program = folder.file(
    'people.t19',
    'people = [{age: 6}, {age: 5}];\n$found = people.filter(p => (p.age == $wanted));\n(1 // 0);\n',
  );
  await client.launch({ program: program, stopOnEntry: true }, async () => {
    const set = await client.breakpoints(program, { line: 2, column: 30, condition: '(p.age == 5)' }, { line: 3, condition: 'a; b' });
    expect(set.map(({ verified }) => verified)).toEqual([true, false]);
  });
  expect(await client.stands()).toMatchObject({ reason: 'entry', frames: ['script:1:1'] });
  expect(await client.evaluate('$wanted = 5')).toBe('nil');
  expect((await client.goOn('continue')).frames).toEqual(['filter p =>:2:29', 'script:2:16']);
  expect(await client.scopes()).toMatchObject({
    Locals: { p: '#4 {age: 5}' },
    'Variables of the query': { $wanted: '5' },
    'Collection stuff': { people: expect.stringContaining('{age: 5}') },
  });
  expect(await client.evaluate('(p.age == $wanted)')).toBe('true');
  await expect(client.evaluate('p.age = 3', 0, 'hover')).rejects.toThrow(/change/);
  await client.ask('continue', { threadId: 1 });
  expect(await client.ended()).toBe(1);
  expect(client.printed('stderr')).toMatch(/division/);
});

describe('over standard input and output', () => {
  test('a script is debugged to its end', async () => {
    const program = folder.file('stdio.ti', CALLS);
    const editor = new Adapted();
    await editor.launch({ program }, () => editor.breakpoints(program, { line: 2, condition: 'x == 3' }));
    expect((await editor.stands()).frames).toEqual(['double |x|:2:3', 'each |n|:7:12', 'script:6:10']);
    await editor.ask('continue', { threadId: 1 });
    expect(await editor.ended()).toBe(0);
    expect(editor.printed('stdout')).toBe('12\n');
    expect(await editor.disconnect()).toBe(0);
  });

  test('the end of the editor is that of the adapter and the script', async () => {
    const program = folder.file('endless.ti', ENDLESS);
    const editor = new Adapted();
    await editor.launch({ program });
    const exited = new Promise((resolve) => {
      editor.child.on('exit', resolve);
    });
    editor.child.stdin?.end();
    expect(await exited).toBe(0);
  });
});
