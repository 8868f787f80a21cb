import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate/migrate.ts';
import { thingsc } from '../cli/harness.ts';

const text = (source: string): string => migrate(source).text;
const messages = (source: string): readonly string[] => migrate(source).notes.map((n) => n.message);

describe('migrating a script of the 2019 dialect', () => {
  it('keeps comments and empty lines', () => {
    expect(text('/* stock */\nstock = [1];\n\n/* more */\nstock.push(2).ret();\n[1, /* two */ 2]; /* end */')).toBe(
      [
        '/* 2019: the answer was that of each of 3 statements. */',
        '/* stock */',
        '.stock = [1];',
        '',
        '/* more */',
        '.stock.push(2);',
        '[1, /* two */ 2];',
        '/* end */',
        '',
      ].join('\n'),
    );
  });

  it('gives variables names that do not clash', () => {
    expect(text('$if = 1; [1].map(if => (if + $if))')).toContain('.map(|if_| (if_ + if__))');
    expect(text('$x = 1; [2].map(x => (x + $x))')).toBe(
      '/* 2019: the answer was that of each of 2 statements. */\nx_ = 1;\n[2].map(|x| (x + x_));\n',
    );
  });

  it('keeps temporaries that arrow functions assign where all can see them', () => {
    expect(text('$sum = 0; [1, 2].map(x => $sum += x); $sum')).toContain('temps.sum += x');
  });

  it('takes empty things for true', () => {
    expect(text('!lamp')).toBe('!(is_thing(.lamp) || .lamp);\n');
    expect(text('(lamp && 5)')).toBe('(((is_thing(.lamp) || .lamp) ? 5 : .lamp));\n');
    expect(messages('!lamps.find(x => true)')).toEqual(['an empty thing counted as true here']);
  });

  it('tells what has no exact counterpart, with its place', () => {
    const { notes } = migrate("a = 1;\nset('k', blob(0));");
    expect(notes.map(({ start, message }) => [start, message])).toEqual([
      [0, 'the answer is that of the last of 2 statements, not of each'],
      [7, 'there are no attributes, this is a property'],
      [16, 'blobs come as the variable `blobs`, a list'],
    ]);
    expect(messages('islist(a)')).toHaveLength(1);
    expect(messages("new_user('iris', 'secret')")).toEqual(['the answer is the name, where it was the id']);
    expect(messages("grant('stuff', 'iris', 3)")).toEqual(['masks have other numbers']);
    expect(text("grant(0, 'iris', (READ | WATCH))")).toBe("grant('@thingsdb', 'iris', (QUERY | JOIN));\n");
  });

  it('is a command', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-'));
    const from = join(folder, 'a.t19');
    const to = join(folder, 'a.ti');
    writeFileSync(from, 'islist(a);');
    const { code, out, err } = await thingsc(['migrate', from, '-o', to]);
    expect([code, out, readFileSync(to, 'utf8')]).toEqual([0, '', '/* 2019: an array of things is a list, too. */ is_list(.a);\n']);
    expect(err).toMatch(/warning: an array of things is a list, too[\s\S]*1:1/);
    expect((await thingsc(['migrate', '-e', '1 + 1'])).code).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
