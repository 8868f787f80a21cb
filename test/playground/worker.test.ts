/** What the page's worker knows of a text, in places of the editor. */
import { describe, expect, it } from 'vitest';
import { schemaFromJson } from '../../src/analysis/schema-json.ts';
import { ANY } from '../../src/analysis/types.ts';
import type { Dialect, Proposal, TreeNode } from '../../src/playground/client/messages.ts';
import { check } from '../../src/playground/client/worker/check.ts';
import { functionsOf, treeOf } from '../../src/playground/client/worker/insides.ts';
import { Places } from '../../src/playground/client/worker/places.ts';
import { hint, proposals, signature } from '../../src/playground/client/worker/proposals.ts';
import { reference } from '../../src/playground/client/worker/reference.ts';
import { type Source, sourceOf } from '../../src/playground/client/worker/source.ts';

const schema = schemaFromJson(JSON.stringify({ types: [{ name: 'Tea', fields: [['kind', 'str']] }], enums: [], procedures: [] }));

const source = (text: string, dialect: Dialect = 'v1', scope: 'collection' | 'thingsdb' = 'collection'): Source =>
  sourceOf({ text, dialect, scope }, dialect === 'v1' ? schema : null);

const labels = (found: readonly Proposal[]): string[] => found.map(({ label }) => label);

describe('places', () => {
  it('are the same in bytes and code units of every character', () => {
    const text = 'aé😀\n🍵z';
    const places = new Places(text, Buffer.byteLength(text));
    for (let unit = 0; unit <= text.length; unit++) {
      // Between the halves of a pair there is no place.
      if (/[\udc00-\udfff]/.test(text.charAt(unit))) continue;
      const byte = Buffer.byteLength(text.slice(0, unit));
      expect([places.byteAt(unit), places.unitAt(byte)]).toEqual([byte, unit]);
    }
    expect(places.unitAt(2)).toBe(1);
  });

  it('of remarks, colours, nodes and instructions stand behind such characters', () => {
    const text = "'😀'; wrong.x;";
    const made = source(text);
    const { remarks, colours } = check(made);
    expect(remarks.map(({ from, to }) => text.slice(from, to))).toEqual(['wrong']);
    expect(colours.map(({ from, to, colour }) => [text.slice(from, to), colour])).toEqual([
      ["'😀'", 'string'],
      ['wrong', 'variable'],
      ['x', 'property'],
    ]);
    const texts: string[] = [];
    const visit = ({ kind, from, to, children }: TreeNode): void => {
      if (kind === 'Name' || kind === 'StringLiteral') texts.push(text.slice(from, to));
      for (const child of children) visit(child);
    };
    visit(treeOf(made));
    expect(texts).toEqual(["'😀'", 'wrong']);
    const program = made.program();
    const [main] = program === null ? [] : functionsOf(made, program);
    expect(main?.instructions.find(({ op }) => op === 'GET_PROP')).toMatchObject({
      from: text.indexOf('.x'),
      to: text.indexOf(';', 6),
      operands: 'x',
    });
  });
});

describe('the verdict', () => {
  it('is on the kind of scope that is asked about', () => {
    const effect = (text: string, scope: 'collection' | 'thingsdb'): string | undefined => check(source(text, 'v1', scope)).effect?.what;
    expect(effect(".a = 1; new_user('x');", 'collection')).toContain('`a`');
    expect(effect("new_user('x');", 'thingsdb')).toBe('`new_user`');
    expect(effect('1 + 1;', 'collection')).toBeUndefined();
    expect(check(source('push(x, 1)', '2019')).remarks).not.toEqual([]);
  });
});

describe('proposals', () => {
  it('come from rows, types and the schema', () => {
    expect(labels(proposals(source('Tea{kind: "x"}.'), 15))).toContain('kind');
    expect(labels(proposals(source('[].'), 3))).toContain('push');
    expect(proposals(source('[].'), 3).find(({ label }) => label === 'push')?.snippet).toBe('push($\u007b})');
    expect(signature(source('range('), 6)).toMatchObject({ active: [6, 16] });
    expect(hint(source('range(3);'), 2)?.doc).toContain('range(');
  });

  it('are the variables that come with the query too', () => {
    const variables = new Map([['born', ANY]]);
    const given = sourceOf({ text: 'bor', dialect: 'v1', scope: 'collection' }, null, variables);
    expect(labels(proposals(given, 3))).toContain('born');
    expect(labels(proposals(source('bor'), 3))).not.toContain('born');
    expect(check(given).remarks.map(({ code }) => code)).toEqual(['unknown-variable']);
  });

  it('fit the receiver in the 2019 dialect too', () => {
    const at = (text: string): string[] => labels(proposals(source(text, '2019'), text.length));
    expect(at('[1, 2].')).toContain('push');
    expect(at('[1, 2].')).not.toContain('upper');
    expect(at("'ab'.")).toContain('upper');
    expect(at('(is')).toContain('isarray');
    expect(at('$wanted = 1; $')).toEqual(['$wanted']);
    expect(labels(proposals(source('new', '2019', 'thingsdb'), 3))).toContain('new_user');
    expect(hint(source("isarray('a')", '2019'), 3)?.doc).toContain('isarray(value: any) -> bool');
  });
});

it('the reference has every function of a dialect by the name that its texts call it', () => {
  expect(reference('v1').some(({ name, receiver }) => name === 'map' && receiver === 'array')).toBe(true);
  const names = reference('2019').map(({ name }) => name);
  expect(names).toContain('isarray');
  expect(names.filter((name) => !/^[a-z_]+$/.test(name))).toEqual([]);
});
