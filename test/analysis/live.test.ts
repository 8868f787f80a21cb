import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longScript } from '../../bench/script.ts';
import { type Analysis, analyze, LiveScript } from '../../src/analysis/analyze.ts';
import { STR, describe as words } from '../../src/analysis/types.ts';
import type { Node } from '../../src/ast/nodes.ts';
import { walk } from '../../src/ast/visitor.ts';
import { textEdit } from './edits.ts';

/** All that an analysis tells, in a form that can be compared. */
function told({ script, findings, diagnostics, names, types, schema, effects }: Analysis): unknown {
  const nodes: string[] = [];
  const add = (node: Node): undefined => {
    const type = types.get(node);
    nodes.push(`${node.kind} ${node.start}-${node.end} ${type === undefined ? '' : words(type)} ${type?.value ?? ''}`);
  };
  walk(script, { enter: add });
  const uses = names.uses.map(({ name, kind, start, end, owner }) => `${name} ${kind} ${start}-${end} ${owner.start}`);
  const sets = [names.set, names.read, names.shared, names.changedFromWithin, names.locals].map((set) => [...set].sort());
  return {
    nodes,
    comments: script.comments,
    findings,
    diagnostics,
    uses,
    sets,
    callsOthers: names.callsOthers,
    types: [...schema.types.values()].map(({ name, fields, methods, closed }) => [name, [...fields.keys()], [...methods.keys()], closed]),
    procedures: [...schema.procedures.values()].map(({ name, params, doc, effects }) => [name, params, doc, effects]),
    effects,
  };
}

/** What people, and programs that spoil texts, put into a script. */
const INSERTED = [
  ...'abx0 .,;:(){}[]|&\'"`/\\\n*#!=<>+-%?',
  '\n',
  ';\n',
  'x = 1;\n',
  'total = ',
  '.name',
  '.nam()',
  '(',
  '{',
  '}',
  '`{',
  '//',
  '/*',
  '*/',
  '// thingsc: vars a, b: int\n',
  '// thingsc: ignore unused-variable\n',
  'return 1;\n',
  'nse();\n',
  "set_type('Extra', {size: 'int', owner: 'Product0'});\n",
  "set_enum('State0', {LOST: 4});\n",
  'product = Product0{};\n',
  'product.stok;\n',
  'count0 += "a";\n',
  'count0 = nil;\n',
  'raise("x");\n',
  'late = Late{};\n',
  "set_type('Late', {size: 'int'});\n",
  "del_type('Late');\n",
  'limits0.each(|x| limits0.push(x));\n',
  'é',
  '\r\n',
  '\0',
];

const START = Buffer.from(
  `${longScript(60)}last = |x| x.uper();\n'a'.uper();\nmade = State0{OPEN};\n[made, count0, last];\n`,
).latin1Slice();

describe('a script that is checked while it changes', () => {
  test('tells after each edit what a check of the whole text tells', () => {
    fc.assert(
      fc.property(fc.array(textEdit(INSERTED), { minLength: 1, maxLength: 12 }), (edits) => {
        const live = new LiveScript();
        let text = START;
        live.check(text);
        for (const { undo, apply } of edits) {
          const before = text;
          text = apply(text);
          expect(told(live.check(text))).toEqual(told(analyze(text)));
          if (!undo) continue;
          text = before;
          expect(told(live.check(text))).toEqual(told(analyze(text)));
        }
      }),
      { numRuns: Number(process.env['FUZZ_EDITS'] ?? 60) },
    );
  });

  test('goes along with other things that are given', () => {
    const live = new LiveScript();
    const text = 'name.upper();\nnew_user("iris");\n';
    const codes = (options: Parameters<typeof analyze>[1]): string[] => live.check(text, options).findings.map(({ code }) => code);
    expect(codes({})).toEqual(['unknown-variable']);
    expect(codes({ scope: 'collection' })).toEqual(['unknown-variable', 'other-scope']);
    expect(codes({ vars: new Map([['name', STR]]), varsKnown: true })).toEqual([]);
  });
});
