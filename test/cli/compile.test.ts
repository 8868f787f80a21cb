import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const SCRIPT = 'square = |x| x * x;\n[1, 2, 3].map(|x| square(x + 1));\n';

describe('thingsc compile', () => {
  it('writes a file beside the script, which runs', async () => {
    const script = folder.file('script.ti', SCRIPT);
    const compiled = folder.file('script.tic');
    const { code, err } = await thingsc(['compile', script]);
    expect(code).toBe(0);
    expect(err).toBe(`${compiled}: ${readFileSync(compiled).length} bytes\n`);
    expect((await thingsc(['run', '--json', compiled])).out).toBe('[4,9,16]\n');
  });

  it('writes where it is told', async () => {
    const compiled = folder.file('elsewhere');
    await thingsc(['compile', '-e', 'n * 2;', '-o', compiled]);
    expect((await thingsc(['run', compiled, '--var', 'n=4'])).out).toBe('8\n');
  });

  it('writes nothing for a script with errors', async () => {
    const compiled = folder.file('none.tic');
    const { code, err } = await thingsc(['compile', '-e', '1 +;', '-o', compiled]);
    expect(code).toBe(1);
    expect(err).toContain(':1:4');
    expect(() => readFileSync(compiled)).toThrow();
  });

  it('must be told where to write what is no file', async () => {
    expect((await thingsc(['compile', '-e', '1;'])).code).toBe(2);
  });

  it('tells when it cannot write', async () => {
    expect((await thingsc(['compile', '-e', '1;', '-o', folder.file('no/such/folder')])).code).toBe(4);
  });
});

describe('a compiled file', () => {
  it('draws errors in the script that it was made from', async () => {
    const compiled = folder.file('error.tic');
    await thingsc(['compile', '-e', "a = 1;\nraise('no');", '-o', compiled]);
    const { code, err } = await thingsc(['run', compiled]);
    expect(code).toBe(1);
    expect(err).toContain("2 | raise('no');");
  });

  it('is refused when it is damaged, at whatever byte', async () => {
    const compiled = folder.file('damaged.tic');
    await thingsc(['compile', '-e', SCRIPT, '-o', compiled]);
    const bytes = readFileSync(compiled);
    for (let at = 8; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x55;
      writeFileSync(compiled, damaged);
      const { code, err } = await thingsc(['run', compiled]);
      expect(code, `byte ${at}`).toBe(4);
      expect(err).toContain(compiled);
    }
    writeFileSync(compiled, bytes.subarray(0, 30));
    expect((await thingsc(['run', compiled])).code).toBe(4);
  });
});

describe('thingsc disasm', () => {
  it('prints instructions beside the lines of a script', async () => {
    const { code, out } = await thingsc(['disasm', '-e', SCRIPT]);
    expect(code).toBe(0);
    expect(out).toContain('square = |x| x * x;');
    expect(out).toContain('RETURN');
  });

  it('prints the same of the compiled file', async () => {
    const compiled = folder.file('disasm.tic');
    await thingsc(['compile', '-e', SCRIPT, '-o', compiled]);
    expect((await thingsc(['disasm', compiled])).out).toBe((await thingsc(['disasm', '-e', SCRIPT])).out);
  });

  it('prints JSON for tools', async () => {
    const { out } = await thingsc(['disasm', '--json', '-e', ".a = 'é';"]);
    expect(JSON.parse(out)).toMatchObject({
      effects: { collection: { line: 1, column: 1 } },
      constants: ["'é'"],
      functions: [{ title: 'main' }],
    });
  });

  it('tells the errors of a script', async () => {
    const { code, out, err } = await thingsc(['disasm', '-e', '(']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('error: ');
  });
});
