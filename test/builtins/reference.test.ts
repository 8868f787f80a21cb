/** The pages of `docs/reference` are those that `npm run docs` writes, and each of their examples gives the answer behind `// =>`. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { referencePages } from '../../scripts/docs-reference.ts';
import type { Typed } from '../conformance/typed.ts';
import { ask, memoryEngine } from '../support.ts';

const FOLDER = new URL('../../docs/reference/', import.meta.url);
const names = readdirSync(FOLDER).sort();
const page = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

it('there are no other pages', () => {
  expect(names, 'run: npm run docs').toEqual([...referencePages().keys()].sort());
});

it.each([...referencePages()])('docs/reference/%s is up to date', (name, text) => {
  expect(page(name), 'run: npm run docs').toBe(text);
});

interface Example {
  readonly title: string;
  readonly scope: string;
  readonly code: string;
  readonly answer: string;
}

/** The sections of a page that have an example. */
function examples(text: string): Example[] {
  return text
    .split('\n## ')
    .slice(1)
    .map((section) => {
      const [, code = '', answer = ''] = /```ti\n(.*)\/\/ => (.*)\n```/s.exec(section) ?? [];
      const only = /Exists in (\S+)/.exec(section)?.[1] ?? 'collections';
      const scope = only.startsWith('collections') ? '//stuff' : only.startsWith('`@thingsdb`') ? '@thingsdb' : '@node';
      return { title: section.slice(0, section.indexOf('\n')), scope, code, answer };
    });
}

/** A JSON text as a typed answer: a number with a point or an exponent is a float. */
function typed(json: string): Typed {
  return JSON.parse(
    json.replace(/"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g, (token) => (/^[^"]*[.eE]/.test(token) ? `{"$f": "${Number(token)}"}` : token)),
  );
}

/** Floats in the same spelling as `typed` has them. */
function plain(answer: Typed): Typed {
  if (Array.isArray(answer)) return answer.map(plain);
  if (answer === null || typeof answer !== 'object') return answer;
  if (typeof answer.$f === 'string') return { $f: `${Number(answer.$f)}` };
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, plain(value)]));
}

const all = names.filter((name) => name !== 'README.md').flatMap((name) => examples(page(name)));

test.each(all.map((example) => [example.title, example] as const))('the example of %s', async (_title, { scope, code, answer }) => {
  expect(answer).not.toBe('');
  expect(plain(ask(await memoryEngine(), code, scope))).toEqual(typed(answer));
});
