/** Random changes to programs, from a seed. */
import { type Instruction, instructionsOf } from '../../src/bytecode/effects-of-ops.ts';
import { OPS } from '../../src/bytecode/opcodes.ts';
import { type FunctionCode, type FunctionFields, Program, type ProgramFields } from '../../src/bytecode/program.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import type { Value } from '../../src/values/value.ts';

/** Numbers that follow from a seed (xorshift). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 2654435761) | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  below(limit: number): number {
    return limit <= 0 ? 0 : this.next() % limit;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bits(): number {
    return this.next() | 0;
  }
}

/** An instruction whose jump goes to an instruction instead of a position, so that others can come and go. */
interface Movable {
  op: number;
  a: number;
  b: number;
}

const info = (op: number) => OPS[op] as (typeof OPS)[number];

function movable(code: Int32Array): Movable[] {
  const list: Instruction[] = [...instructionsOf(code)];
  const indexAt = new Map(list.map((i, n) => [i.at, n]));
  return list.map(({ op, a, b }) => ({ op: op.code, a: op.a === 'to' ? (indexAt.get(a) ?? a) : a, b }));
}

function assemble(list: readonly Movable[]): Int32Array {
  const at: number[] = [];
  let size = 0;
  for (const { op } of list) {
    at.push(size);
    size += info(op).b === 'none' ? 1 : 2;
  }
  const words: number[] = [];
  for (const { op, a, b } of list) {
    words.push(op | ((info(op).a === 'to' ? (at[a] ?? a) : a) << 8));
    if (info(op).b !== 'none') words.push(b | 0);
  }
  return Int32Array.from(words);
}

/** A number near those that are right. */
function operand(c: Chance, old: number, length: number): number {
  switch (c.below(5)) {
    case 0:
      return old + c.of([-2, -1, 1, 2]);
    case 1:
      return c.below(length + 2);
    case 2:
      return c.of([0, 1, 2, 3, 255, 4096, 0x7fffff, -1, -0x800000]);
    case 3:
      return old ^ (1 << c.below(31));
    default:
      return c.below(8);
  }
}

const SAME_FORM = OPS.map((op) =>
  OPS.filter((other) => other.a === op.a && other.b === op.b && other.pops === op.pops && other.pushes === op.pushes).map((o) => o.code),
);

function mutateInstructions(c: Chance, code: Int32Array): Int32Array {
  let list: Movable[];
  try {
    list = movable(code);
  } catch {
    // An earlier change left no instructions.
    return code;
  }
  for (let n = 1 + c.below(3); n > 0; n--) {
    const at = c.below(list.length);
    const i = list[at];
    if (i === undefined) break;
    switch (c.below(9)) {
      case 0:
        i.a = operand(c, i.a, list.length);
        break;
      case 1:
        i.b = operand(c, i.b, list.length);
        break;
      case 2:
        i.op = c.of(SAME_FORM[i.op] as number[]);
        break;
      case 3:
        i.op = c.below(OPS.length);
        break;
      case 4:
        list.splice(at, 1);
        break;
      case 5:
        list.splice(at, 0, { ...c.of(list) });
        break;
      case 6: {
        const other = c.below(list.length);
        list[at] = list[other] as Movable;
        list[other] = i;
        break;
      }
      case 7:
        list.splice(at, 0, { op: c.below(OPS.length), a: c.below(4), b: c.below(4) });
        break;
      default: {
        const part = list.slice(at, at + 1 + c.below(6)).map((each) => ({ ...each }));
        list.splice(c.below(list.length), 0, ...part);
      }
    }
  }
  return assemble(list);
}

function mutateWords(c: Chance, code: Int32Array): Int32Array {
  const words = code.slice();
  for (let n = 1 + c.below(2); n > 0; n--) {
    const at = c.below(words.length);
    words[at] = c.below(2) === 0 ? (words[at] as number) ^ (1 << c.below(32)) : c.bits();
  }
  return words;
}

function mutateFunction(c: Chance, fn: FunctionFields, others: readonly FunctionFields[]): FunctionFields {
  switch (c.below(12)) {
    case 0:
      return { ...fn, maxStack: operand(c, fn.maxStack, 5) };
    case 1:
      return { ...fn, cacheCount: Math.abs(operand(c, fn.cacheCount, 5)) % 100_000 };
    case 2:
      return { ...fn, effects: c.below(5) };
    case 3:
      return { ...fn, seen: !fn.seen };
    case 4:
      return { ...fn, locals: fn.locals.slice(0, c.below(fn.locals.length + 1)) };
    case 5:
      return { ...fn, locals: [...fn.locals, c.of(['a', 'x', 'i', 'f'])] };
    case 6:
      return { ...fn, params: fn.locals.slice(0, c.below(fn.locals.length + 1)) };
    case 7:
      return { ...fn, start: operand(c, fn.start, 20), end: operand(c, fn.end, 20) };
    case 8:
      return { ...fn, lines: fn.lines.map((n) => (c.below(4) === 0 ? operand(c, n, 30) : n)) };
    case 9:
      return { ...fn, code: c.of(others).code };
    case 10:
      return { ...fn, code: mutateWords(c, fn.code) };
    default:
      return { ...fn, code: mutateInstructions(c, fn.code) };
  }
}

const VALUES: readonly Value[] = [
  0,
  -1,
  2 ** 53,
  1.5,
  2n ** 63n - 1n,
  2n ** 63n,
  -(2n ** 63n) - 1n,
  '',
  'a',
  '\xff\x00',
  new Float(Number.NaN),
  new Float(-0),
  new Bytes('ab'),
  new Regex('a(', 'i'),
  new Regex('a*', ''),
  new List([], true),
  new List(['a'], true),
  new List(['a', 'a', '#'], true),
  new List([1, 2]),
  null,
  true,
];

const WORDS = ['a', 'x', 'f', 'l', 'i', 'push', 'map', 'len', 'P', 'E', 'nope', 'nse', '', '#', 'a b', '__proto__', 'constructor'];
const ROWS = [
  'try',
  'is_int',
  'range',
  'new_collection',
  'del_collection',
  'set_type',
  'wse',
  'nse',
  'nope',
  'err',
  'type',
  'return',
  'list',
  'str',
  'raise',
];

const replaced = <T>(c: Chance, items: readonly T[], by: readonly T[]): T[] => {
  const list = items.slice();
  if (list.length === 0 || c.below(4) === 0) list.push(c.of(by));
  else list[c.below(list.length)] = c.of(by);
  return list;
};

export function fieldsOf(program: Program): ProgramFields {
  return {
    source: program.source,
    constants: program.constants,
    names: program.names,
    sites: program.sites.map((site) => site.name),
    rows: program.rowNames,
    functions: program.functions.map((fn: FunctionCode) => ({
      params: fn.params,
      locals: fn.locals,
      code: fn.code,
      lines: fn.lines,
      maxStack: fn.maxStack,
      cacheCount: fn.cacheCount,
      effects: fn.effects,
      start: fn.start,
      end: fn.end,
      doc: fn.doc,
      seen: fn.seen,
    })),
    effects: program.effects,
  };
}

function mutateFields(c: Chance, fields: ProgramFields): ProgramFields {
  switch (c.below(24)) {
    case 0:
      return { ...fields, constants: replaced(c, fields.constants, VALUES) };
    case 1:
      return { ...fields, names: replaced(c, fields.names, WORDS) };
    case 2:
      return { ...fields, sites: replaced(c, fields.sites, WORDS) };
    case 3:
      return { ...fields, rows: replaced(c, fields.rows, ROWS) };
    case 4:
      return {
        ...fields,
        effects: c.below(2) === 0 ? { collection: null, thingsdb: null } : { collection: { what: '', start: 0, end: 0 }, thingsdb: null },
      };
    case 5:
      return { ...fields, source: fields.source.slice(c.below(5)) };
    default: {
      const functions = fields.functions.slice();
      const at = c.below(functions.length);
      functions[at] = mutateFunction(c, functions[at] as FunctionFields, functions);
      return { ...fields, functions };
    }
  }
}

/** A program with one to four random changes. */
export function mutate(c: Chance, program: Program): Program {
  let fields = fieldsOf(program);
  for (let n = 1 + c.below(4); n > 0; n--) fields = mutateFields(c, fields);
  return new Program(fields, (text) => text);
}
