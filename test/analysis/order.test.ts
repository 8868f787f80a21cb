/** Types and enumerators that are used before they are defined, against what happens when the script runs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnalyzeOptions, analyze } from '../../src/analysis/analyze.ts';
import { Schema } from '../../src/analysis/schema.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});
afterAll(() => engine.close());

const told = (source: string, options: AnalyzeOptions = {}): string[] =>
  analyze(source, options)
    .findings.filter(({ code }) => code === 'used-before-defined')
    .map(({ severity, start, end }) => `${severity} ${source.slice(start, end)}`);

describe('what fails in a new collection is told', () => {
  test.each([
    ["x = A1{}; x; set_type('A1', {a: 'int'});", 'A1'],
    ["x = A2{B}; x; set_enum('A2', {B: 1});", 'A2'],
    ["x = new('A3'); x; set_type('A3', {a: 'int'});", "'A3'"],
    ["x = [1, A4{}]; x; new_type('A4');", 'A4'],
    ["set_type('A5', {b: 'B5?'}); set_type('B5', {a: 'A5?'});", "'B5?'"],
    ["set_type('A6', {b: '[B6]'}); set_type('B6', {a: 'int'});", "'[B6]'"],
    ["set_type('A7', {b: 'B7{C}'}); set_enum('B7', {C: 1});", "'B7{C}'"],
    ["if (A8{}) 1; set_type('A8', {a: 'int'});", 'A8'],
    ["[1].each(|x| x); log(A9{}.a); set_type('A9', {a: 'int'});", 'A9'],
  ])('%s', (source, place) => {
    expect(told(source)).toEqual([`warning ${place}`]);
    expect(errorOf(engine, source)).not.toBe(null);
  });
});

describe('what runs in a new collection is not', () => {
  test.each([
    "set_type('C1', {a: 'int'}); x = C1{}; x;",
    "new_type('C2'); set_type('D2', {c: 'C2'}); set_type('C2', {d: 'D2?'});",
    "set_type('C3', {c: 'C3?', d: 'int', e: '[str]'});",
    "if (!has_type('C4')) set_type('C4', {a: 'int'}); C4{}; 1;",
    "new_procedure('p5', || C5{}); set_type('C5', {a: 'int'});",
    "set_type('D6', {make: |this| C6{}}); set_type('C6', {a: 'int'});",
    "false && C7{}; set_type('C7', {a: 'int'});",
    "try(C8{}); set_type('C8', {a: 'int'});",
    "[1].each(|x| set_type('C9', {a: 'int'})); C9{}; 1;",
    "define = || set_type('C10', {a: 'int'}); define(); C10{}; del_type('C10'); set_type('C10', {a: 'int'});",
    "new_type('D11'); del_type('D11'); new_type('D11'); D11{}; 1;",
  ])('%s', (source) => {
    expect(told(source)).toEqual([]);
    expect(errorOf(engine, source)).toBe(null);
  });
});

describe('nothing is told of what may be there', () => {
  test.each([
    // One without fields can be given some.
    "E1{}; set_type('E1', {});",
    "E2{}; del_type('E2'); set_type('E2', {a: 'int'});",
    "rename_type('F3', 'E3'); E3{}; set_type('E3', {a: 'int'});",
    "run('define'); E4{}; set_type('E4', {a: 'int'});",
    "define.call(); E5{}; set_type('E5', {a: 'int'});",
    "new_type(name); E6{}; set_type('E6', {a: 'int'});",
    "x = 1; if (x) return 1; return 2; E7{}; set_type('E7', {a: 'int'});",
  ])('%s', (source) => {
    expect(told(source)).toEqual([]);
  });

  test('as the schema says', () => {
    const source = "x = G1{}; x; set_type('G1', {a: 'int'});";
    const schema = new Schema(true);
    expect(told(source, { schema })).toEqual(['error G1']);
    // Then none can have been there, with fields or without.
    expect(told("x = G1{}; x; set_type('G1', {});", { schema })).toEqual(['error G1']);
    schema.type('G1');
    expect(told(source, { schema })).toEqual([]);
  });
});
