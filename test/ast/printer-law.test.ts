import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../../grammar/v1/parser.ts';
import { dumpJson } from '../../src/ast/dump.ts';
import type { Script } from '../../src/ast/nodes.ts';
import { print } from '../../src/ast/printer.ts';
import { caseSources } from '../cases.ts';
import { sourceText } from './arbitrary.ts';

const tree = (script: Script): string => dumpJson({ ...script, comments: [] }, { spans: false, indent: 0 });
const commentsOf = (script: Script): string[] => script.comments.map((comment) => comment.text.trimEnd());

/** What a printed tree must keep, at a width. */
function checkLaw(source: string, width: number): void {
  const script = parse(source);
  const text = print(script, { source, width });
  const again = parse(text);
  expect(tree(again)).toBe(tree(script));
  expect(commentsOf(again)).toEqual(commentsOf(script));
  expect(print(again, { source: text, width })).toBe(text);
}

function parses(source: string): boolean {
  try {
    parse(source);
    return true;
  } catch {
    return false;
  }
}

describe('parse(print(parse(x))) is parse(x), comments are kept, and printing again changes nothing', () => {
  test('for all cases', () => {
    const sources = caseSources().filter(parses);
    expect(sources.length).toBeGreaterThan(8000);
    for (const [i, source] of sources.entries()) {
      try {
        checkLaw(source, i % 2 === 0 ? 100 : 30);
      } catch (error) {
        throw new Error(source.slice(0, 300), { cause: error });
      }
    }
  });

  test('for random texts', () => {
    fc.assert(fc.property(sourceText, fc.constantFrom(100, 40, 1), checkLaw), { numRuns: 400 });
  });

  test('for random texts without their source', () => {
    fc.assert(
      fc.property(sourceText, (source) => {
        const script = parse(source);
        const text = print(script);
        expect(tree(parse(text))).toBe(tree(script));
        expect(commentsOf(parse(text))).toEqual(commentsOf(script));
      }),
      { numRuns: 200 },
    );
  });
});
