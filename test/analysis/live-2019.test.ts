import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longScript2019 } from '../../bench/script-2019.ts';
import { type Analysis2019, analyze2019, LiveScript2019 } from '../../src/analysis/dialect-2019/analyze.ts';
import { describe2019 } from '../../src/analysis/dialect-2019/calls.ts';
import { walk } from '../../src/ast/visitor.ts';
import { textEdit } from './edits.ts';

/** All that an analysis tells, in a form that can be compared. */
function told({ script, findings, diagnostics, names, types, target, effects }: Analysis2019): unknown {
  const nodes: string[] = [];
  walk(script, {
    enter(node) {
      const type = types.get(node);
      nodes.push(`${node.kind} ${node.start}-${node.end} ${type === undefined ? '' : describe2019(type)} ${type?.value ?? ''}`);
      return undefined;
    },
  });
  const sets = [names.set, names.read, names.globals, names.properties].map((set) => [...set].sort());
  const firsts = [...names.firstSets].map(([name, { start, end }]) => `${name} ${start}-${end}`);
  return { nodes, comments: script.comments, findings, diagnostics, sets, firsts, target, effects };
}

/** What people, and programs that spoil texts, put into a script. */
const INSERTED = [
  ...'abx0 .,;:(){}[]$&\'"/\\\n*!=<>+-%?',
  '\n',
  ';\n',
  '$x = 1;\n',
  '$count0 = ',
  '.name',
  '.nam()',
  'x => ',
  '(',
  '{',
  '}',
  '//',
  '/*',
  '*/',
  '/* thingsc: scope thingsdb */\n',
  '/* thingsc: ignore unused-variable */\n',
  '/* thingsc: read-only-file */\n',
  "new_user('a', 'b');\n",
  'house0 = 5;\n',
  "del('house0');\n",
  'house0.push(1);\n',
  '$first0 = nil;\n',
  '$names0 += 1;\n',
  '$nosuch.len();\n',
  '9223372036854775808',
  'é',
  '\r\n',
  '\0',
];

const START = `${longScript2019(50)}house0 = 5;\nhouse0.push(1);\n[$names0, words1, $first1.name];\n`;

describe('a script in the 2019 dialect that is checked while it changes', () => {
  test('tells after each edit what a check of the whole text tells', () => {
    fc.assert(
      fc.property(fc.array(textEdit(INSERTED), { minLength: 1, maxLength: 12 }), (edits) => {
        const live = new LiveScript2019();
        let text = START;
        live.check(text);
        for (const { undo, apply } of edits) {
          const before = text;
          text = apply(text);
          expect(told(live.check(text))).toEqual(told(analyze2019(text)));
          if (!undo) continue;
          text = before;
          expect(told(live.check(text))).toEqual(told(analyze2019(text)));
        }
      }),
      { numRuns: Number(process.env['FUZZ_EDITS'] ?? 60) },
    );
  });

  test('is one for the root, or one for a collection, as it is told and as its functions tell', () => {
    const live = new LiveScript2019();
    const codes = (text: string, options = {}): string[] => live.check(text, options).findings.map(({ code }) => code);
    expect(codes("new_user('a', 'b');\nusers();\n")).toEqual([]);
    expect(codes("new_user('a', 'b');\nusers();\n", { scope: 'collection' })).toEqual(['other-scope', 'other-scope']);
    expect(codes("new_user('a', 'b');\nx = 1;\n")).toEqual(['other-scope', 'mixed-scopes']);
    expect(codes("new_user('a', 'b');\n1;\n")).toEqual([]);
  });
});

describe('a place in a script that is being written', () => {
  test('is known as in the whole text', () => {
    const words = (text: string, inserted: string): string => {
      const live = new LiveScript2019();
      live.check(text);
      const at = text.indexOf('¦') < 0 ? text.length : text.indexOf('¦');
      const { script, types } = live.probe(text.slice(0, at) + inserted + text.slice(at), at);
      const last = script.body.at(-1);
      const base = last?.kind === 'ChainExpr' ? last.base : null;
      const type = base === null ? undefined : types.get(base);
      return type === undefined ? '' : describe2019(type);
    };
    expect(words("$a = 'x';\n[1].map(i => $a = 5);\nb = 7;\nb", '.zz')).toBe('int');
    expect(words("$a = 'x';\n$a", '.zz')).toBe('raw');
    expect(words("b = 7;\ndel('b');\nb", '.zz')).toBe('any');
  });
});
