import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { ask } from '../support.ts';
import { MANY, Oracle, SCHEMA, SINGLE } from './oracle.ts';
import { Checkpoints, recordingEngine, reopened } from './recording.ts';
import { inUse, wrongReferences } from './reference-check.ts';
import { brokenRelations } from './relation-check.ts';

/** Changes the model; gives the text that does the same to a database, and the error that it must end with, if any. */
interface Command {
  readonly label: string;
  readonly [fc.toStringMethod]: () => string;
  readonly run: (oracle: Oracle) => { readonly code: string; readonly error?: number };
}

const NAMES = { A: ['a0', 'a1', 'a2', 'a3'], B: ['b0', 'b1', 'b2'] } as const;
const ALL_NAMES = [...NAMES.A, ...NAMES.B];
const typeOf = (name: string): 'A' | 'B' => (name.startsWith('a') ? 'A' : 'B');
const nameOf = (type: 'A' | 'B'): fc.Arbitrary<string> => fc.constantFrom(...NAMES[type]);
const extra = fc.constantFrom('f', 'g', 'h');
const number = fc.integer({ min: -9, max: 9 });

// The label is all that a counterexample tells.
const command = (label: string, run: Command['run']): Command => ({ label, run, [fc.toStringMethod]: () => label });

const single: fc.Arbitrary<Command> = fc
  .constantFrom(...SINGLE)
  .chain((field) => fc.tuple(fc.constant(field), nameOf(field[0]), fc.option(nameOf(field[2]))))
  .map(([field, name, other]) =>
    command(`${name}.${field[1]} = ${other}`, (oracle) => {
      oracle.assign(oracle.instance(name).no, field, other === null ? [] : [oracle.instance(other).no]);
      return { code: `.${name}.${field[1]} = ${other === null ? 'nil' : `.${other}`};` };
    }),
  );

const many: fc.Arbitrary<Command> = fc
  .constantFrom(...MANY)
  .chain((field) =>
    fc.tuple(
      fc.constant(field),
      nameOf(field[0]),
      fc.constantFrom('add', 'remove', '=', '|=', '-=', 'clear'),
      fc.array(nameOf(field[2]), { minLength: 1, maxLength: 3 }),
    ),
  )
  .map(([field, name, how, others]) =>
    command(`${name}.${field[1]} ${how} ${others}`, (oracle) => {
      const { no } = oracle.instance(name);
      const numbers = others.map((other) => oracle.instance(other).no);
      const place = `.${name}.${field[1]}`;
      const list = others.map((other) => `.${other}`).join(', ');
      if (how === 'add' || how === '|=') {
        for (const other of numbers) oracle.link(no, field, other);
        return { code: how === 'add' ? `${place}.add(${list});` : `${place} |= set(${list});` };
      }
      if (how === '=') {
        oracle.assign(no, field, numbers);
        return { code: `${place} = set(${list});` };
      }
      for (const other of how === 'clear' ? oracle.named(no, field) : numbers) oracle.unlink(no, field, other);
      if (how === 'clear') return { code: `${place}.clear();` };
      return { code: how === 'remove' ? `${place}.each(|t| 1); ${place} -= set(${list});` : `${place} -= set(${list});` };
    }),
  );

const renew = fc.constantFrom(...ALL_NAMES).map((name) =>
  command(`new ${name}`, (oracle) => {
    const no = oracle.make(name, typeOf(name));
    return { code: `.${name} = ${typeOf(name)}{no: ${no}};` };
  }),
);

const alias = fc
  .constantFrom('A' as const, 'B' as const)
  .chain((type) => fc.tuple(nameOf(type), nameOf(type)))
  .map(([name, other]) =>
    command(`${name} is ${other}`, (oracle) => {
      oracle.names.set(name, oracle.instance(other).no);
      return { code: `.${name} = .${other};` };
    }),
  );

const contents = fc
  .tuple(nameOf('A'), fc.constantFrom('push', 'pop', 'splice', 'set', 'del', 'wrong', 'member', 'strange'), number, extra)
  .map(([name, how, value, key]) =>
    command(`${name} ${how} ${value} ${key}`, (oracle) => {
      const instance = oracle.instance(name);
      const { list, dict } = instance;
      switch (how) {
        case 'push':
          list.push(value);
          return { code: `.${name}.l.push(${value});` };
        case 'pop':
          return list.pop() === undefined ? { code: `.${name}.l.pop();`, error: ErrorCode.LOOKUP } : { code: `.${name}.l.pop();` };
        case 'splice':
          list.splice(1, 1, value, value + 1);
          return { code: `.${name}.l.splice(1, 1, ${value}, ${value + 1});` };
        case 'set':
          dict.set(key, value);
          return { code: `.${name}.d.set('${key}', ${value});` };
        case 'del':
          return dict.delete(key) ? { code: `.${name}.d.del('${key}');` } : { code: `.${name}.d.del('${key}');`, error: ErrorCode.LOOKUP };
        case 'wrong':
          return { code: `.${name}.d.set('${key}', 'text');`, error: ErrorCode.TYPE };
        case 'strange':
          return { code: `.${name}.l.push('text');`, error: ErrorCode.TYPE };
        default: {
          const member = [...oracle.members.keys()][Math.abs(value) % oracle.members.size] as string;
          instance.member = member;
          return { code: `.${name}.e = E{${member}};` };
        }
      }
    }),
  );

const schema = fc
  .tuple(fc.constantFrom('add', 'closure', 'del', 'ren', 'mod', 'member'), extra, extra, number)
  .map(([how, name, other, value]) =>
    command(`${how} ${name} ${other} ${value}`, (oracle) => {
      const things = oracle.all('A');
      const { added } = oracle;
      switch (how) {
        case 'add':
        case 'closure': {
          const code =
            how === 'add' ? `mod_type('A', 'add', '${name}', 'int', ${value});` : `mod_type('A', 'add', '${name}', 'int', |t| t.no * 2);`;
          if (added.has(name)) return { code, error: ErrorCode.LOOKUP };
          for (const thing of things) thing.more.set(name, how === 'add' ? value : thing.no * 2);
          added.set(name, 0);
          oracle.fields.push(name);
          return { code };
        }
        case 'del': {
          const code = `mod_type('A', 'del', '${name}');`;
          if (!added.delete(name)) return { code, error: ErrorCode.LOOKUP };
          for (const thing of things) thing.more.delete(name);
          const last = oracle.fields.pop() as string;
          oracle.fields = oracle.fields.map((field) => (field === name ? last : field));
          return { code };
        }
        case 'ren': {
          const code = `mod_type('A', 'ren', '${name}', '${other}');`;
          const begin = added.get(name);
          if (begin === undefined) return { code, error: ErrorCode.LOOKUP };
          if (name === other) return { code };
          if (added.has(other)) return { code, error: ErrorCode.VALUE };
          added.delete(name);
          added.set(other, begin);
          for (const { more } of things) {
            more.set(other, more.get(name) as number | string);
            more.delete(name);
          }
          oracle.fields = oracle.fields.map((field) => (field === name ? other : field));
          return { code };
        }
        case 'mod': {
          const begin = added.get(name);
          if (typeof begin !== 'number') {
            const code = `mod_type('A', 'mod', '${name}', 'int', |t| t.${name}.len());`;
            if (begin === undefined) return { code, error: ErrorCode.LOOKUP };
            added.set(name, 0);
            for (const { more } of things) more.set(name, (more.get(name) as string).length);
            return { code };
          }
          added.set(name, '');
          for (const { more } of things) more.set(name, `${more.get(name)}`);
          return { code: `mod_type('A', 'mod', '${name}', 'str', |t| str(t.${name}));` };
        }
        default: {
          const member = value > 0 ? 'Z' : 'Y';
          const to = value % 2 === 0 ? 'Y' : 'Z';
          const code = `mod_enum('E', 'ren', '${member}', '${to}');`;
          const number = oracle.members.get(member);
          if (number === undefined) return { code, error: ErrorCode.LOOKUP };
          if (member === to) return { code };
          if (oracle.members.has(to)) return { code, error: ErrorCode.VALUE };
          oracle.members.delete(member);
          oracle.members.set(to, number);
          for (const thing of things) if (thing.member === member) thing.member = to;
          return { code };
        }
      }
    }),
  );

const COMMAND = fc.oneof(
  { arbitrary: single, weight: 5 },
  { arbitrary: many, weight: 5 },
  { arbitrary: contents, weight: 2 },
  { arbitrary: renew, weight: 1 },
  { arbitrary: alias, weight: 1 },
  { arbitrary: schema, weight: 2 },
  { arbitrary: fc.constant<'collect'>('collect'), weight: 1 },
);

/** What is wrong with the database after the last command. */
function problemOf(engine: LocalEngine, oracle: Oracle): unknown {
  expect(ask(engine, oracle.question())).toEqual(oracle.state());
  return brokenRelations(engine.database)[0] ?? wrongReferences(engine.database)[0] ?? null;
}

it('a database says what a simple model says, and says it again after a restart', async () => {
  const runs = Number(process.env['FUZZ_RUNS'] ?? 60);
  await fc.assert(
    fc.asyncProperty(fc.array(COMMAND, { minLength: 1, maxLength: 40 }), async (commands) => {
      const { engine, log } = await recordingEngine();
      const oracle = new Oracle();
      const names = ALL_NAMES.map((name) => `.${name} = ${typeOf(name)}{no: ${oracle.make(name, typeOf(name))}};`);
      expect(ask(engine, `${SCHEMA} ${names.join(' ')} nil;`)).toBeNull();
      for (const next of commands) {
        if (next === 'collect') {
          engine.collectGarbage();
          continue;
        }
        const { code, error } = next.run(oracle);
        const answer = ask(engine, `${code} nil;`);
        const isExpected = error === undefined ? answer === null : (answer as { error?: number } | null)?.error === error;
        if (!isExpected) expect.fail(`${code} gives ${JSON.stringify(answer)}`);
        expect(ask(engine, oracle.question()), code).toEqual(oracle.state());
      }
      expect(problemOf(engine, oracle)).toBeNull();
      engine.collectGarbage();
      expect(problemOf(engine, oracle)).toBeNull();
      const { database } = engine;
      const stuff = database.collectionByName('stuff');
      if (!stuff.suspicious) expect(stuff.things.size).toBe(inUse(stuff).size);
      const checkpoints = new Checkpoints(engine);
      checkpoints.begin();
      for (const again of [reopened([], log), reopened(checkpoints.end(), [])]) {
        expect(firstDifference(database, again.database)).toBeNull();
        expect(problemOf(again, oracle)).toBeNull();
      }
    }),
    { numRuns: runs },
  );
});
