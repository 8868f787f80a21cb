import { describe, expect, it } from 'vitest';
import { thingsc } from './harness.ts';

describe('thingsc ast', () => {
  it('prints a tree of lines', async () => {
    const { code, out } = await thingsc(['ast', '-e', 'a = 1 + 2;']);
    expect(code).toBe(0);
    expect(out).toBe(
      'Script @0-10\n  AssignExpr = @0-9\n    Ident a @0-1\n    BinaryExpr + @4-9\n      IntLiteral 1 @4-5\n      IntLiteral 2 @8-9\n',
    );
  });

  it('leaves spans out', async () => {
    const { out } = await thingsc(['ast', '--no-spans', '-e', 'nil;']);
    expect(out).toBe('Script\n  NilLiteral\n');
  });

  it('prints JSON', async () => {
    const { out } = await thingsc(['ast', '--json', '-e', 'x;']);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Script', body: [{ kind: 'Name', name: 'x', start: 0, end: 1 }] });
  });

  it('prints a graph for Graphviz', async () => {
    const { out } = await thingsc(['ast', '--format', 'dot', '-e', 'x;']);
    expect(out).toMatch(/^digraph ast \{\n/);
    expect(out).toContain('n0 -> n1;');
  });

  it('prints what it understood of a script with errors, and tells the errors', async () => {
    const { code, out, err } = await thingsc(['ast', '-e', 'a = 1;\nb = (;\nc = 3;']);
    expect(code).toBe(1);
    expect(out).toContain('Ident a');
    expect(out).toContain('Ident c');
    expect(err).toContain(':2:6');
  });

  it('refuses a format that there is not', async () => {
    const { code, err } = await thingsc(['ast', '--format', 'xml', '-e', 'x;']);
    expect(code).toBe(2);
    expect(err).toContain('tree, json, dot');
  });
});
