/** Programs with probes: what is told, and that watching changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveProgram } from '../../src/bytecode/container.ts';
import type { ProbeSite } from '../../src/bytecode/probes.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { codeOf, compileText, compileWithProbes, lazyCode, loadCompiled } from '../../src/engine/toolchain.ts';
import { operationErr } from '../../src/errors.ts';
import { Closure } from '../../src/values/closure.ts';
import { FAMILIES, loadCases, loadDeviations } from '../conformance/cases.ts';
import { runCase } from '../conformance/runner.ts';
import { ProcessTarget } from '../conformance/targets.ts';
import { ask, latin1, memoryEngine } from '../support.ts';

let engine: LocalEngine;

beforeAll(async () => {
  compileWithProbes(true);
  engine = await memoryEngine();
});

afterAll(() => compileWithProbes(false));

interface Told {
  readonly depth: number;
  readonly site: ProbeSite;
  readonly text: string;
}

/** What is told while a text runs. */
function watch(code: string): Told[] {
  const told: Told[] = [];
  engine.watchWith({
    reached: (machine, frame, site) => {
      told.push({ depth: machine.depth, site, text: frame.fn.program.source.slice(site.start, site.end) });
    },
  });
  ask(engine, code);
  engine.watchWith(null);
  return told;
}

const texts = (told: readonly Told[], kind: ProbeSite['kind']): string[] => told.filter((t) => t.site.kind === kind).map((t) => t.text);
const arms = (code: string): (string | undefined)[] => watch(code).flatMap((t) => (t.site.arm === null ? [] : [t.site.arm.name]));

describe('what is told', () => {
  test('statements, in blocks and alone', () => {
    expect(texts(watch('a = 1; if (a > 0) { a += 1; a; } else a = 2;'), 'statement')).toEqual([
      'a = 1',
      'if (a > 0) { a += 1; a; } else a = 2',
      'a += 1',
      'a',
    ]);
    expect(texts(watch('for (x in [1, 2]) x + 1;'), 'statement')).toEqual(['for (x in [1, 2]) x + 1', 'x + 1', 'x + 1']);
    expect(texts(watch('f = |x| x * 2; f(3);'), 'statement')).toEqual(['f = |x| x * 2', 'f(3)', 'x * 2']);
  });

  test('the ways of conditions and loops', () => {
    expect(arms('if (true) 1 else 2;')).toEqual(['then']);
    expect(arms('if (false) 1 else 2; 3;')).toEqual(['else']);
    expect(arms('if (false) 1; 3;')).toEqual(['no else']);
    expect(arms('if (false) 1;')).toEqual(['no else']);
    expect(arms('nil ? 1 : 2;')).toEqual(['else']);
    expect(arms('x = 1; x && 2; x || 3;')).toEqual(['right', 'left']);
    expect(arms('for (x in [1, 2]) nil; for (x in []) nil;')).toEqual(['turn', 'turn', 'empty']);
  });

  test('calls, with what they call inside them', () => {
    const told = watch('[1, 2].map(|x| x + abs(x));');
    const shown = told
      .filter(({ site }) => site.kind !== 'statement')
      .map(({ site, depth }) => `${depth} ${site.kind} ${site.name}`.trim());
    expect(shown).toEqual([
      '1 enter',
      '1 call .map',
      ...[0, 1].flatMap(() => ['2 enter', '2 call abs', '2 done abs', '2 leave']),
      '1 done .map',
      '1 leave',
    ]);
    expect(texts(told, 'call')[0]).toBe('.map(|x| x + abs(x))');
  });

  test('closures that were stored before, and procedures', () => {
    ask(engine, 'new_procedure("twice", |x| { x * 2; });');
    expect(texts(watch('run("twice", 4);'), 'statement')).toEqual(['run("twice", 4)', 'x * 2']);
  });

  test('an error, where it is raised and only once, with whether it is handled', () => {
    const raised: string[] = [];
    engine.watchWith({
      reached: () => undefined,
      raised: (machine, error, isHandled) => raised.push(`${machine.depth} ${error.code} ${isHandled}`),
    });
    ask(engine, 'try({ 1 / 0; }); [1, 2].sort(|a, b| a / 0);');
    engine.watchWith(null);
    expect(raised).toEqual(['1 -58 true', '2 -58 false']);
  });
});

describe('who watches', () => {
  test('reads the variables of all that run, by closures of its own', () => {
    const seen: unknown[] = [];
    const look = compileText(latin1('|| [a, b]')).functions[1];
    if (look === undefined) throw new Error('no closure');
    engine.watchWith({
      reached: (machine, frame, site) => {
        const text = frame.fn.program.source.slice(site.start, site.end);
        if (site.kind === 'statement' && text === 'b + 1') seen.push(machine.call(new Closure(look), []));
      },
    });
    expect(ask(engine, 'a = 5; f = |b| { b + 1; }; [f(1), f(2)];')).toEqual([2, 3]);
    engine.watchWith(null);
    expect(seen).toMatchObject([{ items: [5, 1] }, { items: [5, 2] }]);
  });

  test('ends a query by an error', () => {
    engine.watchWith({
      reached: (_machine, frame, site) => {
        if (frame.fn.program.source.slice(site.start, site.end) === 'b = 2') throw operationErr('stopped');
      },
    });
    expect(ask(engine, 'b = 1; b = 2; b;')).toMatchObject({ message: 'stopped' });
    engine.watchWith(null);
    expect(ask(engine, 'b = 1; b = 2; b;')).toBe(2);
  });
});

describe('watching changes nothing', () => {
  test.each(FAMILIES)('in the cases of %s', async (family) => {
    const deviations = loadDeviations();
    const target = new ProcessTarget(false);
    const failures: unknown[] = [];
    for (const one of loadCases(family)) {
      if (deviations.has(one.name)) continue;
      const failure = await runCase(target, one);
      if (failure !== null) failures.push(failure);
    }
    await target.close();
    expect(failures).toEqual([]);
  });
});

test('a program that is saved cannot have them', () => {
  const program = compileText(latin1('1 + 1;'));
  expect(() => loadCompiled(saveProgram(program))).toThrow(/probe 0 is none of 0/);
});

describe('a closure of a store', () => {
  test.each([
    ['|x|{y=x*2;y;}', '|x| {\n\ty = x * 2;\n\ty;\n}'],
    ['|x|[x,1]', '|x| [\n\tx,\n\t1,\n]'],
    // The closure inside would be stored by another text if it were laid out.
    ['|x|{f=|a|[a,1];f(x);}', '|x|{f=|a|[a,1];f(x);}'],
  ])('%s is shown in lines, and known by its text', (stored, shown) => {
    const code = codeOf(new Closure(lazyCode(stored)));
    expect(code.program.source).toBe(shown);
    expect(code.compactText).toBe(stored);
    compileWithProbes(false);
    const plain = codeOf(new Closure(lazyCode(stored)));
    compileWithProbes(true);
    expect(code.definition).toBe(plain.definition);
    expect(code.program.functions.slice(1).map((fn) => fn.compactText)).toEqual(
      plain.program.functions.slice(1).map((fn) => fn.compactText),
    );
  });
});
