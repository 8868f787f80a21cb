import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, PROGRAM, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

describe('thingsc check', () => {
  it('is silent about a script that is right', async () => {
    expect(await thingsc(['check', '-e', '.x = [1, 2].map(|n| n + 1);'])).toEqual({ code: 0, out: '', err: '' });
  });

  it('draws all errors of a script, each with its line', async () => {
    const path = folder.file('wrong.ti', 'a = 1;\nb = (2;\nc = [3, ;\n');
    const { code, out, err } = await thingsc(['check', path]);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(`${path}:2:7`);
    expect(err).toContain('2 | b = (2;\n  |       ^');
    expect(err).toContain(`${path}:3:9`);
  });

  it('counts columns in characters, and prints the line as UTF-8', async () => {
    const { err } = await thingsc(['check', '-e', "a = 'héé' ) ;"]);
    expect(err).toContain(':1:11');
    expect(err).toContain("1 | a = 'héé' ) ;\n  |           ^");
  });

  it('tells what needs a change, and why', async () => {
    const { code, out } = await thingsc(['check', '--effects', '-e', "x = 1;\n.list.push(x);\nnew_collection('c');"]);
    expect(code).toBe(0);
    expect(out).toMatch(/in a collection: needs a change, because of .*push.* at line 2, column 6/);
    expect(out).toMatch(/in @thingsdb: needs a change, because of .*new_collection.* at line 3, column 1/);
    expect(out).toContain('in @node: changes nothing');
  });

  it('tells that nothing is changed', async () => {
    const { out } = await thingsc(['check', '--effects', '-e', 'a = [1]; a.push(2);']);
    expect(out).toContain('in a collection: changes nothing');
  });

  it('gives JSON for tools', async () => {
    const right = folder.file('right.ti', '.a = 1;');
    const wrong = folder.file('open.ti', '.a = \n [1');
    const { code, out, err } = await thingsc(['check', '--json', right, wrong]);
    expect(code).toBe(1);
    expect(err).toBe('');
    const [first, second] = JSON.parse(out) as [Record<string, unknown>, { findings: object[] }];
    expect(first).toMatchObject({
      file: right,
      ok: true,
      findings: [],
      effects: { collection: { line: 1, column: 1, start: 0 }, thingsdb: null },
    });
    expect(second).toMatchObject({ file: wrong, ok: false, effects: null });
    expect(second.findings).toHaveLength(1);
    expect(second.findings[0]).toMatchObject({ code: 'syntax', severity: 'error', line: 2, column: 4 });
  });

  it('uses colours on a terminal only', async () => {
    const colour = '\x1b[';
    expect((await thingsc(['check', '-e', '('])).err).not.toContain(colour);
    expect((await thingsc(['check', '-e', '('], { colored: true })).err).toContain(colour);
  });

  it('does not pass control characters of a script on to the terminal', async () => {
    const { err } = await thingsc(['check', '-e', "'\x1b]0;title\x07' ("]);
    expect(err).not.toContain('\x1b');
    expect(err).not.toContain('\x07');
  });

  it('refuses a file that is not there', async () => {
    const path = folder.file('missing.ti');
    expect(await thingsc(['check', path])).toEqual({
      code: 4,
      out: '',
      err: `thingsc: cannot read ${path}: there is no such file or folder\n`,
    });
  });

  it('refuses a file beside -e', async () => {
    expect((await thingsc(['check', 'a.ti', '-e', '1'])).code).toBe(2);
  });
});

describe('thingsc check, with more', () => {
  const SCHEMA = JSON.stringify({
    types: [{ name: 'Product', wrap_only: false, fields: [['name', 'str']], methods: {} }],
    enums: [],
    procedures: [],
  });

  it('knows the fields of a schema', async () => {
    const schema = folder.file('schema.json', SCHEMA);
    const { code, err } = await thingsc(['check', '--schema', schema, '-e', "Product{name: 'tea'}.nam;"]);
    expect(code).toBe(1);
    expect(err).toContain('error[unknown-property]: the type `Product` has no property `nam`; did you mean `name`?');
    const script = folder.file('schema.ti', "set_type('Product', {name: 'str'});");
    expect((await thingsc(['check', '--schema', script, '-e', "Product{name: 'tea'}.nam;"])).code).toBe(1);
    expect((await thingsc(['check', '--schema', folder.file('bad.json', '[1'), '-e', '1'])).code).toBe(4);
    expect((await thingsc(['check', '--schema', folder.file('bad.ti', '(('), '-e', '1'])).code).toBe(4);
  });

  it('corrects what has one safe correction', async () => {
    const path = folder.file('fix.ti', "x = 1;\n'text'.startswith('t');\n");
    const { code } = await thingsc(['check', '--fix', path]);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe("1;\n'text'.starts_with('t');\n");
    expect(await thingsc(['check', '--fix'], { input: "'a'.endswith('a');" })).toEqual({ code: 0, out: "'a'.ends_with('a');", err: '' });
  });

  it('tells for GitHub', async () => {
    const path = folder.file('github.ti', "'é' - 1;\n");
    const { code, out } = await thingsc(['check', '--format', 'github', path]);
    expect(code).toBe(1);
    expect(out).toBe(
      `::error file=${path},line=1,col=1,endLine=1,endColumn=8,title=operand-type::\`-\` does not go with \`str\` and \`int\`\n`,
    );
  });

  it('tells SARIF', async () => {
    const path = folder.file('sarif.ti', '1;\nabs();\n');
    const { out } = await thingsc(['check', '--format', 'sarif', path]);
    const { version, runs } = JSON.parse(out) as { version: string; runs: { results: object[] }[] };
    expect(version).toBe('2.1.0');
    expect(runs[0]?.results).toMatchObject([
      {
        ruleId: 'argument-count',
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 1, endColumn: 4 } } }],
      },
    ]);
  });

  it('tells syntax errors of the 2019 dialect', async () => {
    expect(await thingsc(['check', '--dialect', '2019', '-e', '$x = 1; $x'])).toEqual({ code: 0, out: '', err: '' });
    const { code, err } = await thingsc(['check', folder.file('old.t19', '$x = (1; ')]);
    expect(code).toBe(1);
    expect(err).toContain('error[syntax]');
  });

  it('counts warnings as failures unless it is told otherwise', async () => {
    const words = ['check', '-e', 'x = 1; 2;'];
    expect((await thingsc(words)).code).toBe(1);
    expect((await thingsc([...words, '--fail-on', 'error'])).code).toBe(0);
  });

  it('takes files and settings of a project', async () => {
    const home = process.cwd();
    folder.file('thingsc.json', JSON.stringify({ files: ['project-*.ti'], rules: { 'unused-variable': 'off' }, vars: { name: 'str' } }));
    folder.file('project-a.ti', 'x = 1; name.upper();');
    folder.file('project-b.ti', 'nam;');
    process.chdir(folder.path);
    try {
      const { code, err } = await thingsc(['check'], { terminal: true });
      expect(code).toBe(1);
      expect(err).toContain('project-b.ti:1:1');
      expect(err).toContain('did you mean `name`?');
      expect(err).not.toContain('project-a.ti');
      expect((await thingsc(['check', '--no-project', 'project-a.ti'])).code).toBe(1);
      folder.file('thingsc.json', '{"rules": {"nonsense": "off"}}');
      expect((await thingsc(['check', 'project-a.ti'])).err).toContain('there are no findings of the code `nonsense`');
    } finally {
      process.chdir(home);
      rmSync(folder.file('thingsc.json'));
    }
  });

  it('checks again when a file changes, until it is told to end', async () => {
    const path = folder.file('watched.ti', '(');
    const child = spawn(process.execPath, [PROGRAM, 'check', '--watch', path], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    const waitFor = async (what: string): Promise<void> => {
      while (!text.includes(what)) await once(child.stderr, 'data');
    };
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await waitFor('waiting for changes');
    expect(text).toContain('error[syntax]');
    folder.file('watched.ti', '1;');
    await waitFor('nothing to tell');
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
  });
});

describe('thingsc schema', () => {
  it('writes what check takes', async () => {
    const data = folder.file('store');
    const seed = folder.file(
      'seed.ti',
      "set_enum('Colour', {RED: 1}); set_type('Product', {name: 'str', colour: 'Colour'}); new_procedure('sell', |n| .n = n);",
    );
    const server = spawn(process.execPath, [PROGRAM, 'serve', '--data', data, '--port', '0', '--seed', `shop=${seed}`]);
    let text = '';
    const seen = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    server.stdout.on('data', seen);
    server.stderr.on('data', seen);
    while (!/port \d+|:\d{4,5}/.test(text)) await once(server.stdout, 'data');
    const port = /(?:port |127\.0\.0\.1:)(\d+)/.exec(text)?.[1];
    try {
      const path = folder.file('fetched.json');
      const from = ['--connect', `127.0.0.1:${port}`, '-c', 'shop'];
      expect(await thingsc(['schema', ...from, '-o', path])).toEqual({ code: 0, out: '', err: '' });
      for (const known of [['--schema', path], from]) {
        const { err } = await thingsc(['check', ...known, '-e', "run('sel', 1); Product{colour: Colour{REDD}};", '--fail-on', 'error']);
        expect(err).toContain('did you mean `sell`?');
        expect(err).toContain('did you mean `RED`?');
      }
    } finally {
      server.kill('SIGTERM');
      await once(server, 'close');
    }
  });
});
