import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Grammar } from '../../grammar/v1/grammar.ts';
import { LeanParser } from '../../grammar/v1/lean.ts';
import { DIALECT_2019, grammarEbnf, grammarHtml } from '../../scripts/grammar-docs.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the reference grammar', () => {
  test('is that of the parser (else run scripts/grammar-docs.ts)', () => {
    expect(read('docs/grammar/v1.ebnf')).toBe(grammarEbnf());
    expect(read('docs/grammar/v1.html')).toBe(grammarHtml());
    expect(read('docs/grammar/2019.ebnf')).toBe(grammarEbnf(DIALECT_2019));
    expect(read('docs/grammar/2019.html')).toBe(grammarHtml(DIALECT_2019));
  });

  test('of the 2019 dialect has every rule that it refers to', () => {
    const ebnf = grammarEbnf(DIALECT_2019);
    const defined = new Set([...ebnf.matchAll(/^(\w+) =/gm)].map((match) => match[1]));
    const bodies = ebnf.replace(/\(\*[\s\S]*?\*\)/g, '').replace(/"[^"]*"|'[^']*'|\?.*\?/g, '');
    for (const [word] of bodies.matchAll(/\b[A-Za-z]\w+\b/g))
      expect(['end', 'of', 'text'].includes(word) || defined.has(word), word).toBe(true);
  });

  test('has every rule, and every rule that it refers to', () => {
    const ebnf = grammarEbnf();
    const defined = new Set([...ebnf.matchAll(/^(\w+) =/gm)].map((match) => match[1]));
    for (const rule of new LeanParser().getSerializedGastProductions())
      expect(defined.has((rule as { readonly name?: string }).name ?? '')).toBe(true);
    const bodies = ebnf.replace(/\(\*[\s\S]*?\*\)/g, '').replace(/"[^"]*"|'[^']*'|\?.*\?/g, '');
    for (const [word] of bodies.matchAll(/\b[A-Za-z]\w+\b/g))
      expect(['end', 'of', 'text'].includes(word) || defined.has(word), word).toBe(true);
  });

  test('is drawn on a page that loads nothing', () => {
    const html = grammarHtml();
    expect(html).not.toMatch(/<script|<link|src=|url\(/);
    for (const [, target] of html.matchAll(/href="#(\w+)"/g)) expect(html).toContain(`id="${target}"`);
    expect(html).not.toContain('NaN');
  });
});

describe('the rules', () => {
  test('pass the checks that are left out when the parser is made', () => {
    class Checked extends LeanParser {
      check(): string[] {
        const parser = this as unknown as { skipValidations: boolean; performSelfAnalysis(): void; selfAnalysisDone: boolean };
        parser.skipValidations = false;
        parser.performSelfAnalysis();
        return (this as unknown as { definitionErrors: { message: string }[] }).definitionErrors.map((error) => error.message);
      }
    }
    // The checks need a function that older runtimes lack.
    if (!('groupBy' in Object)) return;
    expect(new Checked().check()).toEqual([]);
  });

  test('are one class for both engines', () => {
    expect(new LeanParser()).toBeInstanceOf(Grammar);
  });
});

interface TextMateRule {
  readonly include?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly name?: string;
  readonly patterns?: readonly TextMateRule[];
  readonly captures?: Readonly<Record<string, TextMateRule>>;
}

describe('the TextMate grammar', () => {
  const grammar = JSON.parse(read('grammar/v1/thingsdb.tmLanguage.json')) as TextMateRule & {
    readonly scopeName: string;
    readonly repository: Readonly<Record<string, TextMateRule>>;
  };

  const all: TextMateRule[] = [];
  const collect = (rule: TextMateRule): void => {
    all.push(rule);
    for (const child of [...(rule.patterns ?? []), ...Object.values(rule.captures ?? {})]) collect(child);
  };
  for (const rule of [grammar, ...Object.values(grammar.repository)]) collect(rule);

  test('includes only what it has, and all of it', () => {
    const included = new Set(all.flatMap(({ include }) => (include === undefined ? [] : [include.slice(1)])));
    expect([...included].sort()).toEqual(Object.keys(grammar.repository).sort());
  });

  test('has patterns that compile and scopes of its own', () => {
    for (const { match, begin, end, name } of all) {
      for (const pattern of [match, begin, end]) if (pattern !== undefined) expect(() => new RegExp(pattern)).not.toThrow();
      if (name !== undefined && name !== 'ThingsDB') expect(name.endsWith('.thingsdb')).toBe(true);
    }
  });

  /** The name of the first rule that matches at the start of a text. */
  const scopeOf = (text: string): string | undefined => {
    const rules = (grammar.repository.code?.patterns ?? []).map(({ include = '' }) => grammar.repository[include.slice(1)] as TextMateRule);
    const flat = rules.flatMap((rule) => rule.patterns?.filter((each) => each.match !== undefined || each.begin !== undefined) ?? [rule]);
    const withOwn = [...rules.filter((rule) => rule.match !== undefined || rule.begin !== undefined), ...flat];
    const ordered = rules.flatMap((rule) => withOwn.filter((each) => each === rule || rule.patterns?.includes(each)));
    const hit = ordered.find(({ match, begin }) => new RegExp(`^(?:${match ?? begin})`).test(text));
    return hit?.name ?? Object.values(hit?.captures ?? {}).at(-1)?.name;
  };

  test.each([
    ['// c', 'comment.line.double-slash.thingsdb'],
    ["'a'", 'string.quoted.single.thingsdb'],
    ['`a`', 'string.template.thingsdb'],
    ['/a/i', 'string.regexp.thingsdb'],
    ['1.5e+3', 'constant.numeric.float.thingsdb'],
    ['0x1f', 'constant.numeric.integer.thingsdb'],
    ['if (a)', 'keyword.control.conditional.thingsdb'],
    ['nil', 'constant.language.thingsdb'],
    ['abc(', 'entity.name.function.thingsdb'],
    ['Type{', 'entity.name.type.thingsdb'],
    ['.abc', 'variable.other.property.thingsdb'],
    ['abc', 'variable.other.thingsdb'],
    ['+=', 'keyword.operator.assignment.thingsdb'],
    ['==', 'keyword.operator.comparison.thingsdb'],
  ])('colours %s as %s', (text, scope) => {
    expect(scopeOf(text)).toBe(scope);
  });
});
