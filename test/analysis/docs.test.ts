import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { FINDINGS } from '../../src/analysis/findings.ts';
import { readProject, settingsFor } from '../../src/analysis/project.ts';
import { schemaFromJson } from '../../src/analysis/schema-json.ts';
import { allRows } from '../../src/builtins/registry.ts';
import { Folder } from '../cli/harness.ts';

const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');

interface Example {
  readonly words: readonly string[];
  readonly text: string;
}

const examplesIn = (text: string): Example[] =>
  [...text.matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm)].map(([, words = '', code = '']) => ({ words: words.split(' '), text: code }));

/** The text of each section on a code. */
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(1, section.indexOf('`', 1)), section] as const),
);

const schema = schemaFromJson(examplesIn(page).find(({ words }) => words.includes('schema'))?.text ?? '');

const codesIn = ({ words, text }: Example): string[] => {
  const source = Buffer.from(text, 'utf8').latin1Slice();
  return analyze(source, words.includes('schema') ? { schema, scope: 'collection' } : {}).findings.map(({ code }) => code);
};

describe('the documentation of the checker', () => {
  test('has a section for each code, in order', () => {
    expect([...sections.keys()]).toEqual(Object.keys(FINDINGS));
  });

  test.each([...sections])('shows %s, and how it is right', (code, section) => {
    const examples = examplesIn(section);
    expect(examples.map(({ words }) => words[1])).toEqual(expect.arrayContaining(['wrong', 'right']));
    for (const example of examples) expect(codesIn(example), example.text).toEqual(example.words[1] === 'wrong' ? [code] : []);
  });

  test('has nothing to tell of the examples of the function reference, and of the example that comes along', () => {
    for (const { name, example, scopes } of allRows) {
      const scope = scopes === undefined || scopes.includes('collection') ? 'collection' : (scopes[0] ?? null);
      expect(analyze(Buffer.from(example, 'utf8').latin1Slice(), { scope }).findings, `${name}: ${example}`).toEqual([]);
    }
    const library = readFileSync(new URL('../../examples/library.ti', import.meta.url), 'latin1');
    expect(analyze(library, { scope: 'collection' }).findings).toEqual([]);
  });

  test('shows a project file that is one', () => {
    const folder = new Folder();
    const text = examplesIn(page).find(({ words }) => words.includes('project'))?.text ?? '';
    const project = readProject(folder.file('thingsc.json', text));
    expect(settingsFor(project, folder.file('admin/users.ti')).scope).toBe('thingsdb');
    expect(settingsFor(project, folder.file('shop.ti'))).toMatchObject({ scope: 'collection', rules: { 'unused-variable': 'off' } });
    folder.remove();
  });
});
