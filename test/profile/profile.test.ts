/** Profiles: counts and times of lines, closures and built-ins, by a clock that moves on by one each time it is asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { compileWithProbes } from '../../src/engine/toolchain.ts';
import { annotate } from '../../src/profile/annotate.ts';
import { flameGraph } from '../../src/profile/flame-graph.ts';
import { functionLabel, type Labels } from '../../src/profile/labels.ts';
import { type Entry, Recorder, totalOf } from '../../src/profile/recorder.ts';
import { speedscope } from '../../src/profile/speedscope.ts';
import { builtins, closures, lines } from '../../src/profile/views.ts';
import { ask, memoryEngine } from '../support.ts';

let engine: LocalEngine;

beforeAll(async () => {
  compileWithProbes(true);
  engine = await memoryEngine();
});

afterAll(() => compileWithProbes(false));

function profile(code: string): Entry[] {
  let time = 0;
  const recorder = new Recorder(() => ++time);
  engine.watchWith(recorder);
  ask(engine, code);
  engine.watchWith(null);
  return [...recorder.roots.values()];
}

const labels: Labels = { sourceOf: () => 'x.ti', nameOf: () => null };

/** `closure`, by what it was called: how often. */
const calls = (roots: readonly Entry[]): Record<string, number> =>
  Object.fromEntries(closures(roots).map(({ fn, name, count }) => [functionLabel(fn, name, labels), count]));

function lineCounts(roots: readonly Entry[]): (readonly [number, number])[] {
  const [found] = lines(roots).values();
  return [...(found ?? [])].map(([line, { count }]) => [line, count] as const).sort(([a], [b]) => a - b);
}

describe('counts', () => {
  test('of lines, closures and built-ins', () => {
    const roots = profile('f = |x| {\n  x += 1;\n  abs(x);\n};\n[1, 2, 3].map(|y| f(y));\nf(1);\nf(2);');
    expect(lineCounts(roots)).toEqual([
      [1, 1],
      [2, 5],
      [3, 5],
      [5, 3],
      [6, 1],
      [7, 1],
    ]);
    expect(calls(roots)).toEqual({ 'x.ti': 1, f: 5, '|y| f(y)': 3 });
    expect(builtins(roots).map(({ name, count }) => [name, count])).toEqual(
      expect.arrayContaining([
        ['abs', 5],
        ['.map', 1],
      ]),
    );
  });

  test('of recursion, whose total time counts once', () => {
    const roots = profile('fib = |n| {\n  if (n < 2) return n;\n  fib(n - 1) + fib(n - 2);\n};\nfib(10);');
    expect(calls(roots)).toEqual({ 'x.ti': 1, fib: 177 });
    const whole = roots.reduce((sum, root) => sum + totalOf(root), 0);
    const [program, fib] = closures(roots);
    expect(program?.total).toBe(whole);
    expect(fib?.total).toBeLessThan(whole);
    expect(closures(roots).reduce((sum, { self }) => sum + self, 0)).toBe(whole);
  });

  test('after errors that end closures, caught or not', () => {
    const roots = profile('f = |x| 1 / x;\ng = |x| [x].map(|y| f(y));\ntry(g(0));\ng(1);\ng(0);');
    expect(calls(roots)).toEqual({ 'x.ti': 1, g: 3, f: 3, '|y| f(y)': 3 });
    expect(lineCounts(roots)).toEqual([
      [1, 3],
      [2, 3],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    const times = closures(roots);
    expect(times.find(({ name }) => name === 'f')?.total).toBeLessThan(times.find(({ name }) => name === 'g')?.total ?? 0);
  });

  test('of methods that are closures of things, and no built-ins', () => {
    const roots = profile('t = {m: |x| x * 2};\nt.m(4);\nt.keys();');
    expect(builtins(roots).map(({ name }) => name)).toEqual(['.keys']);
    expect(calls(roots)).toEqual({ 'x.ti': 1, m: 1 });
  });
});

test('time is spent where the program is between two probes', () => {
  // Each probe asks the clock twice, and what lies between two probes takes 1.
  const [root] = profile('a = 1;\na + 1;');
  expect(root && totalOf(root)).toBe(3);
  expect([...(root?.below.values() ?? [])].map(({ self }) => self)).toEqual([1, 1]);
});

describe('forms', () => {
  const code = 'sq = |x| {\n  x * x;\n};\nrange(4).map(|i| sq(i));';

  test('the annotated source', () => {
    const rows = annotate(profile(code), labels).split('\n');
    expect(rows[0]).toMatch(/^count +self +total +x\.ti$/);
    expect(rows[2]).toMatch(/^ +4 +[\d.]+ (ms|s) +[\d.]+ (ms|s) +[\d.]+ % +2 {4}x \* x;$/);
    expect(rows[3]).toMatch(/^ +3 {2}};$/);
    expect(rows).toContainEqual(expect.stringMatching(/^ +4 .* sq +x\.ti:1$/));
    expect(rows).toContainEqual(expect.stringMatching(/^ +1 .* \.map$/));
  });

  test('speedscope: each sample is a way through known frames, and the weights are all time', () => {
    const roots = profile(code);
    const file = speedscope(roots, labels, 'x.ti') as {
      shared: { frames: { name: string }[] };
      profiles: [{ samples: number[][]; weights: number[]; endValue: number }];
    };
    const [{ samples, weights, endValue }] = file.profiles;
    const ways = samples.map((sample) => sample.map((i) => file.shared.frames[i]?.name).join(' > '));
    expect(ways).toContain('x.ti > 4: range(4).map(|i| sq(i)) > .map > |i| sq(i) > 4: sq(i) > sq > 2: x * x');
    expect(weights).toHaveLength(samples.length);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(roots.reduce((sum, root) => sum + totalOf(root), 0));
    expect(endValue).toBeGreaterThan(0);
  });

  test('the flame graph: parts lie above what called them, and no wider', () => {
    const svg = flameGraph(profile(`${code}\n'<&>';`), labels, 'a <b>');
    const boxes = [...svg.matchAll(/<title>(.*?):.*?<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g)].map(([, label, x, y, width]) => ({
      label,
      x: Number(x),
      y: Number(y),
      width: Number(width),
    }));
    const [root] = boxes;
    const sq = boxes.find(({ label }) => label === 'sq');
    const map = boxes.find(({ label }) => label === '.map');
    expect(root).toMatchObject({ label: 'x.ti', x: 0 });
    expect(root?.width).toBeGreaterThan(1190);
    expect(map && sq && map.x <= sq.x && map.x + map.width >= sq.x + sq.width && map.y > sq.y).toBe(true);
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg).not.toMatch(/<b>/);
  });
});
