/**
 * The second tier: translates the bytecode of functions that run often into JavaScript, which the engine underneath compiles to machine code.
 *
 * The meaning stays that of `loop.ts`. There are two forms. A *leaf* calls nothing that could look up its variables: its locals are JavaScript
 * variables, and it needs no frame. Any other function is *framed*: its locals stay on the machine's stack, where callees find them by name, and
 * only its operands become JavaScript variables. Functions with `try`, whose errors need no JavaScript exception there, or with assignments to slices stay in the interpreter.
 *
 * The source is put together from opcodes, numbers and references to values only, never from a user's text. Control flow is rebuilt from the jumps: the
 * compiler makes forward jumps and `for` loops, so each target of a forward jump ends a labelled block that starts where its loop's body, or the
 * function, starts.
 */

import { Builtin } from '../builtins/builtin.ts';
import { textOf } from '../builtins/text.ts';
import { OPS, type OpName } from '../bytecode/opcodes.ts';
import type { FramedCode, FunctionCode, LeafCode } from '../bytecode/program.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { add, binary, bitNot, checkedText, compare, equal, mod, mul, negate, plus, sameText, sub } from '../values/operators.ts';
import { truthy } from '../values/value.ts';
import { checkIndex, emptySlice, indexValue, setIndex, sliceValue } from './indexing.ts';

/** What the generated source refers to by name. */
const LIBRARY = {
  Builtin,
  Closure,
  List,
  add,
  binary,
  bitNot,
  checkIndex,
  compare,
  emptySlice,
  equal,
  checkedText,
  sameText,
  indexValue,
  mod,
  mul,
  negate,
  plus,
  setIndex,
  sliceValue,
  sub,
  textOf,
  truthy,
};

const NAMES = ['=', '+', '-', '*', '/', '%', '&', '^', '|', '<<', '>>', '<', '>', '==', '!=', '<=', '>='];

/** Instructions that run other functions, or built-ins that may; a function with one of them needs a frame. */
const CALLS: ReadonlySet<OpName> = new Set([
  'BUILTIN',
  'RESOLVE',
  'RESOLVE_LOCAL',
  'PROCEDURE',
  'SKIP_ARG',
  'CALL',
  'METHOD',
  'CALL_METHOD',
  'CLOSURE',
  'STORE_SEEN',
]);

const UNSUPPORTED: ReadonlySet<OpName> = new Set([
  'TRY',
  'END_TRY',
  'DROP_TRY',
  'CATCH',
  'LOCK_SLICE',
  'CHECK_SLICE',
  'SET_SLICE',
  'SET_DEEP',
  'SET_FLAGS',
  'LOOP',
  'PROBE',
]);

/** Longer functions take too long to translate for what they would gain. */
const MAX_WORDS = 4000;

interface Instruction {
  readonly at: number;
  readonly name: OpName;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  /** Target of the jump, if it is one. */
  readonly to: number;
}

function decode(fn: FunctionCode): Instruction[] {
  const list: Instruction[] = [];
  for (let at = 0; at < fn.code.length; ) {
    const word = fn.code[at] as number;
    const info = OPS[word & 255] as (typeof OPS)[number];
    const next = at + (info.b === 'none' ? 1 : 2);
    const a = word >> 8;
    const b = info.b === 'none' ? 0 : (fn.code[at + 1] as number);
    list.push({ at, name: info.name, a, b, next, to: info.a === 'to' ? a : -1 });
    at = next;
  }
  return list;
}

/** Built-in functions that never run a closure, so that a leaf may call them. */
const QUIET: ReadonlySet<string> = new Set(
  'abs bool ceil cos exp float floor int is_array is_bool is_bytes is_closure is_err is_float is_inf is_int is_list is_nan is_nil is_raw is_set is_str is_thing is_tuple log10 log2 loge pow rand randint range round sin sqrt str tan type'.split(
    ' ',
  ),
);

/** Translates a function and keeps the result with it; does nothing for one that must stay in the interpreter. */
export function translate(fn: FunctionCode): void {
  if (fn.code.length > MAX_WORDS) return;
  const list = decode(fn);
  if (list.some((i) => UNSUPPORTED.has(i.name))) return;
  const calls = list.some((i) => CALLS.has(i.name) && !(i.name === 'BUILTIN' && QUIET.has(fn.program.rowNames[i.a] as string)));
  const isLeaf = !calls && fn.arity <= 3;
  const source = new Translator(fn, list, isLeaf).source();
  if (source === null) return;
  const { program } = fn;
  // Only code of this file becomes source; see the head of the file.
  const make = new Function('fn', 'program', 'K', 'N', 'caches', 'sites', ...Object.keys(LIBRARY), source) as (
    ...args: unknown[]
  ) => unknown;
  const code = make(fn, program, program.constants, program.names, fn.caches, program.sites, ...Object.values(LIBRARY));
  if (isLeaf) fn.leaf = code as LeafCode;
  else fn.framed = code as FramedCode;
}

/** An operand as a JavaScript expression that can be read again and again. */
interface Operand {
  readonly text: string;
  /** Known to be a number: a constant int. */
  readonly isInt: boolean;
  readonly isBool: boolean;
}

class Unsupported {}

class Translator {
  private readonly fn: FunctionCode;
  private readonly list: readonly Instruction[];
  private readonly isLeaf: boolean;
  private readonly indexAt = new Map<number, number>();
  private readonly out: string[] = [];
  private stack: Operand[] = [];
  private peak = 0;
  private loops = 0;
  private readonly openLoops: { id: number; height: number }[] = [];
  /** Heights of the operand stack at labels, from the jumps to them. */
  private readonly heights = new Map<number, number>();
  private reachable = true;
  /** Whether the code gives back locks up to those that were held when it began. */
  private unlocks = false;
  private readonly caches = new Set<number>();

  constructor(fn: FunctionCode, list: readonly Instruction[], isLeaf: boolean) {
    this.fn = fn;
    this.list = list;
    this.isLeaf = isLeaf;
    for (const [index, i] of list.entries()) this.indexAt.set(i.at, index);
  }

  source(): string | null {
    try {
      this.level(0, this.list.length, -1);
    } catch (error) {
      if (error instanceof Unsupported) return null;
      throw error;
    }
    const temps = Array.from({ length: this.peak }, (_, i) => `s${i}`).concat(
      Array.from({ length: this.loops }, (_, i) => `it${i}`),
      ['t', 'i'],
    );
    const { arity, localCount } = this.fn;
    const locals = Array.from({ length: Math.max(0, localCount - arity) }, (_, i) => `l${i + arity}`);
    const body = (this.unlocks ? 'const held = m.lockTop;\n' : '') + this.out.join('\n');
    const constants = [...this.caches].map((index) => `const c${index} = caches[${index}];`).join(' ');
    if (this.isLeaf) {
      const declared = [...temps, ...locals];
      const params = ['u0', 'u1', 'u2'].map((name, i) => (i < arity ? `l${i}` : name));
      return `${constants}\nreturn function(m, ${params.join(', ')}) {\nconst S = m.stack;\nlet ${declared.join(', ')};\n${body}\n};`;
    }
    return `${constants}\nreturn function(m, fp) {\nconst S = m.stack, F = m.frames[m.depth - 1];\nlet ${temps.join(', ')};\n${body}\n};`;
  }

  // --- operands ---

  private push(text: string, isInt = false, isBool = false): void {
    this.stack.push({ text, isInt, isBool });
    if (this.stack.length > this.peak) this.peak = this.stack.length;
  }

  private pop(): Operand {
    const operand = this.stack.pop();
    if (operand === undefined) throw new Unsupported();
    return operand;
  }

  /** Sets the variable of the next operand and pushes it. */
  private result(expression: string, isBool = false): void {
    const name = `s${this.stack.length}`;
    this.out.push(`${name} = ${expression};`);
    this.push(name, false, isBool);
  }

  /** Brings all operands into their variables, as code at a label expects them. */
  private settle(from = 0): void {
    for (let i = from; i < this.stack.length; i++) {
      const operand = this.stack[i] as Operand;
      if (operand.text === `s${i}`) {
        this.stack[i] = { text: operand.text, isInt: false, isBool: false };
        continue;
      }
      this.out.push(`s${i} = ${operand.text};`);
      this.stack[i] = { text: `s${i}`, isInt: false, isBool: false };
    }
  }

  /** Before a local changes: operands that stand for it are taken by value. */
  private keepLocal(slot: number): void {
    const name = this.local(slot);
    this.stack.forEach((operand, i) => {
      if (operand.text !== name) return;
      this.out.push(`s${i} = ${name};`);
      this.stack[i] = { text: `s${i}`, isInt: false, isBool: false };
    });
  }

  /** An inline cache, as a constant of the code around the function. */
  private cache(index: number): string {
    this.caches.add(index);
    return `c${index}`;
  }

  private local(slot: number): string {
    return this.isLeaf ? `l${slot}` : `S[fp + ${slot}]`;
  }

  /** Notes the place for errors, as an expression before the one that may raise. */
  private at(i: Instruction): string {
    return this.isLeaf ? `m.leafPc = ${i.next}` : `F.pc = ${i.next}`;
  }

  // --- control flow ---

  /** Emits the instructions [from, to) as one level: labelled blocks for the targets in it, loops inside. `end` is the label behind it, if any. */
  private level(from: number, to: number, end: number): void {
    const labels = this.labelsOf(from, to, end);
    for (const label of [...labels].reverse()) this.out.push(`L${label}: {`);
    for (let index = from; index < to; index++) {
      const i = this.list[index] as Instruction;
      if (labels[0] === i.at) this.close(labels);
      if (!this.reachable) {
        if (i.name === 'FOR') index = this.loopEnd(index);
        continue;
      }
      if (i.name === 'FOR') index = this.loop(index, i);
      else this.instruction(i);
    }
    if (labels.length > 0) this.close(labels);
  }

  private close(labels: number[]): void {
    const label = labels.shift() as number;
    if (this.reachable) this.settle();
    this.out.push(`} // L${label}`);
    const height = this.heights.get(label);
    if (height === undefined) return;
    this.reachable = true;
    this.stack = Array.from({ length: height }, (_, i) => ({ text: `s${i}`, isInt: false, isBool: false }));
    if (height > this.peak) this.peak = height;
  }

  /** Targets of forward jumps that lie in this level, in order. */
  private labelsOf(from: number, to: number, end: number): number[] {
    const first = this.list[from]?.at ?? 0;
    const limit = to < this.list.length ? (this.list[to] as Instruction).at : Number.POSITIVE_INFINITY;
    const inner = this.innerRanges(from, to);
    const labels = new Set<number>();
    for (let index = from; index < to; index++) {
      const target = this.target(this.list[index] as Instruction);
      if (target <= first || target > limit) continue;
      if (target === limit && target !== end) continue;
      if (inner.some(([low, high]) => target > low && target <= high)) continue;
      labels.add(target);
    }
    return [...labels].sort((a, b) => a - b);
  }

  /** Positions of the bodies of the loops directly inside of a level. */
  private innerRanges(from: number, to: number): [number, number][] {
    const ranges: [number, number][] = [];
    for (let index = from; index < to; index++) {
      if ((this.list[index] as Instruction).name !== 'FOR') continue;
      const last = this.loopEnd(index);
      ranges.push([(this.list[index] as Instruction).at, (this.list[last] as Instruction).at]);
      index = last;
    }
    return ranges;
  }

  private target(i: Instruction): number {
    return i.name === 'FOR_NEXT' ? -1 : i.to;
  }

  /** Index of the FOR_NEXT of the loop whose FOR is at `index`. */
  private loopEnd(index: number): number {
    let jump = index + 1;
    while ((this.list[jump] as Instruction).name !== 'JUMP') jump++;
    const last = this.indexAt.get((this.list[jump] as Instruction).to);
    if (last === undefined || (this.list[last] as Instruction).name !== 'FOR_NEXT') throw new Unsupported();
    return last;
  }

  private loop(index: number, i: Instruction): number {
    const last = this.loopEnd(index);
    const next = this.list[last] as Instruction;
    const id = this.loops++;
    const iterable = this.pop();
    const height = this.stack.length;
    const it = `it${id}`;
    this.settle();
    if (height + 1 > this.peak) this.peak = height + 1;
    this.out.push(`s${height} = ${iterable.text};`, `${this.at(i)};`, `${it} = m.startFor(s${height});`);
    this.out.push(`if (${it} !== null) {`);
    if (this.fn.seen) this.out.push('m.epoch++;');
    const first = i.b & 4095;
    const second = (i.b >> 12) & 4095;
    let body = index + 1;
    for (; (this.list[body] as Instruction).name !== 'JUMP'; body++) {
      const init = this.list[body] as Instruction;
      if (init.name === 'STORE_POP') this.out.push(`${this.local(init.a)} = null;`);
    }
    this.out.push(`for (;;) {`, `i = ${it}.index;`);
    this.out.push(`if (i >= ${it}.count) { m.unlockTo(${it}.locks); s${height} = null; break; }`, `${it}.index = i + 1;`);
    if (i.b >> 24 === 2) this.out.push(`${this.local(second)} = ${it}.second === null ? i : ${it}.second[i];`);
    this.out.push(`${this.local(first)} = ${it}.first[i];`, this.isLeaf ? `m.tickLeaf(${next.next});` : `m.tickFrame(F, ${next.next});`);
    this.push(`s${height}`);
    this.openLoops.push({ id, height });
    this.heights.set(next.at, height + 1);
    this.level(body + 1, last, next.at);
    this.openLoops.pop();
    this.out.push('}', '}');
    this.reachable = true;
    this.stack = Array.from({ length: height + 1 }, (_, k) => ({ text: `s${k}`, isInt: false, isBool: false }));
    return last;
  }

  private jump(target: number): void {
    this.settle();
    this.heights.set(target, this.stack.length);
    this.out.push(`break L${target};`);
  }

  /** A jump under a condition that has no effect; the operands are settled before it. */
  private jumpIf(condition: string, target: number): void {
    this.settle();
    this.heights.set(target, this.stack.length);
    this.out.push(`if (${condition}) break L${target};`);
  }

  // --- instructions ---

  private instruction(i: Instruction): void {
    const { fn } = this;
    switch (i.name) {
      case 'NIL':
        this.push('null');
        break;
      case 'TRUE':
        this.push('true', false, true);
        break;
      case 'FALSE':
        this.push('false', false, true);
        break;
      case 'INT':
        this.push(`(${i.a})`, true);
        break;
      case 'CONST': {
        const value = fn.program.constants[i.a];
        this.push(`K[${i.a}]`, typeof value === 'number');
        break;
      }
      case 'POP':
        this.pop();
        break;
      case 'LOAD_SET':
        if (this.isLeaf) this.push(this.local(i.a));
        else this.result(this.local(i.a));
        break;
      case 'LOAD':
        this.result(`(t = ${this.local(i.a)}) === undefined ? (${this.at(i)}, m.lookup(${this.localName(i.a)})) : t`);
        break;
      case 'LOAD_NAME':
        this.result(
          `(${this.cache(i.b)}.epoch === m.epoch && (t = S[${this.cache(i.b)}.slot]) !== undefined) ? t : (${this.at(i)}, m.lookupCached(N[${i.a}], ${this.cache(i.b)}))`,
        );
        break;
      case 'LOAD_VARIABLE':
        this.result(`(${this.at(i)}, m.variable(N[${i.a}]))`);
        break;
      case 'STORE': {
        this.settle(this.stack.length - 1);
        const value = this.stack.at(-1) as Operand;
        this.keepLocal(i.a);
        this.out.push(`${this.local(i.a)} = ${value.text};`);
        break;
      }
      case 'STORE_POP': {
        const value = this.pop();
        this.keepLocal(i.a);
        this.out.push(`${this.local(i.a)} = ${value.text};`);
        break;
      }
      case 'STORE_SEEN': {
        const value = this.stack.at(-1) as Operand;
        this.out.push(`if (${this.local(i.a)} === undefined) m.epoch++;`, `${this.local(i.a)} = ${value.text};`);
        break;
      }
      default:
        this.arithmetic(i);
    }
  }

  private localName(slot: number): string {
    return `fn.locals[${slot}]`;
  }

  private bothNumbers(x: Operand, y: Operand): string {
    const tests = [x, y].filter((o) => !o.isInt).map((o) => `typeof ${o.text} === 'number'`);
    return tests.length === 0 ? 'true' : tests.join(' && ');
  }

  private safe(i: Instruction, x: Operand, y: Operand, op: string, slow: string): void {
    const zero = op === '*' ? ' && t !== 0' : '';
    this.result(
      `(${this.bothNumbers(x, y)} && Number.isSafeInteger(t = ${x.text} ${op} ${y.text})${zero}) ? t : (${this.at(i)}, ${slow}(${x.text}, ${y.text}))`,
    );
  }

  private order(i: Instruction, x: Operand, y: Operand, op: string): string {
    return `((${this.bothNumbers(x, y)}) ? ${x.text} ${op} ${y.text} : (${this.at(i)}, compare('${op}', ${x.text}, ${y.text})))`;
  }

  private same(x: Operand, y: Operand): string {
    if (y.isInt) return `(typeof ${x.text} === 'number' ? ${x.text} === ${y.text} : equal(${x.text}, ${y.text}))`;
    return `(typeof ${x.text} === 'string' ? sameText(${x.text}, ${y.text}) : ${x.text} === ${y.text} || equal(${x.text}, ${y.text}))`;
  }

  private truth(x: Operand): string {
    return x.isBool ? x.text : `(${x.text} === true || (${x.text} !== false && truthy(${x.text})))`;
  }

  private arithmetic(i: Instruction): void {
    const int: Operand = { text: i.a < 0 ? `(${i.a})` : `${i.a}`, isInt: true, isBool: false };
    switch (i.name) {
      case 'ADD':
      case 'SUB': {
        const y = this.pop();
        this.safe(i, this.pop(), y, i.name === 'ADD' ? '+' : '-', i.name === 'ADD' ? 'add' : 'sub');
        break;
      }
      case 'MUL': {
        const y = this.pop();
        this.safe(i, this.pop(), y, '*', 'mul');
        break;
      }
      case 'ADD_INT':
        this.safe(i, this.pop(), int, '+', 'add');
        break;
      case 'SUB_INT':
        this.safe(i, this.pop(), int, '-', 'sub');
        break;
      case 'MUL_INT':
        this.safe(i, this.pop(), int, '*', 'mul');
        break;
      case 'MOD_INT': {
        const x = this.pop();
        const fast = i.a > 0 ? `(typeof ${x.text} === 'number' && ${x.text} >= 0) ? ${x.text} % ${i.a} : ` : '';
        this.result(`${fast}(${this.at(i)}, mod(${x.text}, ${int.text}))`);
        break;
      }
      case 'BINARY': {
        const y = this.pop();
        const x = this.pop();
        this.result(`(${this.at(i)}, binary('${NAMES[i.a]}', ${x.text}, ${y.text}))`);
        break;
      }
      case 'NOT':
        this.result(`!${this.truth(this.pop())}`, true);
        break;
      case 'NEG':
      case 'PLUS':
      case 'BIT_NOT': {
        const name = i.name === 'NEG' ? 'negate' : i.name === 'PLUS' ? 'plus' : 'bitNot';
        this.result(`(${this.at(i)}, ${name}(${this.pop().text}))`);
        break;
      }
      default:
        this.comparison(i, int);
    }
  }

  private comparison(i: Instruction, int: Operand): void {
    const signs: Partial<Record<OpName, string>> = { LT: '<', GT: '>', LE: '<=', GE: '>=' };
    const sign = signs[i.name];
    if (sign !== undefined) {
      const y = this.pop();
      this.result(this.order(i, this.pop(), y, sign), true);
      return;
    }
    switch (i.name) {
      case 'EQ':
      case 'NE': {
        const y = this.pop();
        this.result(`${i.name === 'NE' ? '!' : ''}${this.same(this.pop(), y)}`, true);
        break;
      }
      case 'LT_INT':
        this.result(this.order(i, this.pop(), int, '<'), true);
        break;
      case 'GT_INT':
        this.result(this.order(i, this.pop(), int, '>'), true);
        break;
      case 'EQ_INT':
        this.result(this.same(this.pop(), int), true);
        break;
      case 'UNLESS_LT':
      case 'UNLESS_GT':
      case 'UNLESS_EQ': {
        const y = this.pop();
        const x = this.pop();
        this.jumpIf(`!${i.name === 'UNLESS_EQ' ? this.same(x, y) : this.order(i, x, y, i.name === 'UNLESS_LT' ? '<' : '>')}`, i.to);
        break;
      }
      case 'UNLESS_LT_INT':
      case 'UNLESS_GT_INT':
      case 'UNLESS_EQ_INT': {
        const y: Operand = { text: i.b < 0 ? `(${i.b})` : `${i.b}`, isInt: true, isBool: false };
        const x = this.pop();
        this.jumpIf(`!${i.name === 'UNLESS_EQ_INT' ? this.same(x, y) : this.order(i, x, y, i.name === 'UNLESS_LT_INT' ? '<' : '>')}`, i.to);
        break;
      }
      default:
        this.branch(i);
    }
  }

  private branch(i: Instruction): void {
    switch (i.name) {
      case 'JUMP':
        this.jump(i.to);
        this.reachable = false;
        break;
      case 'JUMP_FALSE':
        this.jumpIf(`!${this.truth(this.pop())}`, i.to);
        break;
      case 'AND':
      case 'OR': {
        this.settle();
        const x = this.stack.at(-1) as Operand;
        this.jumpIf(`${i.name === 'AND' ? '!' : ''}${this.truth(x)}`, i.to);
        this.pop();
        break;
      }
      case 'CHAIN_TEST':
        this.settle();
        this.jumpIf(`m.endsChain(${(this.stack.at(-1) as Operand).text})`, i.to);
        break;
      case 'FOR_BREAK': {
        const loop = this.openLoops.find((l) => l.height === i.a);
        if (loop === undefined) throw new Unsupported();
        this.stack.length = i.a + 1;
        this.out.push(`m.unlockTo(it${loop.id}.locks);`, `s${i.a} = null;`);
        this.stack[i.a] = { text: `s${i.a}`, isInt: false, isBool: false };
        break;
      }
      case 'FOR_TRIM': {
        const loop = this.openLoops.find((l) => l.height === i.a);
        if (loop === undefined) throw new Unsupported();
        this.stack.length = i.a + 1;
        this.out.push(`m.unlockTo(it${loop.id}.locks + 1);`);
        break;
      }
      case 'RETURN': {
        const value = this.pop();
        // What still lies under the value may be locked: a loop, the target of an assignment, the receiver of a method.
        if (this.stack.length > 0) {
          this.unlocks = true;
          this.out.push('m.unlockTo(held);');
        }
        this.out.push(`return ${value.text};`);
        this.reachable = false;
        break;
      }
      default:
        this.things(i);
    }
  }

  private things(i: Instruction): void {
    const { fn } = this;
    switch (i.name) {
      case 'COMPOUND':
      case 'COMPOUND_POP':
        this.compound(i);
        break;
      case 'COMPOUND_NAME': {
        const y = this.pop();
        this.result(`(${this.at(i)}, m.compoundName(N[${i.a}], ${this.cache(i.b >> 8)}, ${i.b & 255}, ${y.text}))`);
        break;
      }
      case 'ROOT':
        this.result(`(${this.at(i)}, m.root())`);
        break;
      case 'GET_PROP': {
        const x = this.pop();
        const c = this.cache(i.b);
        // Only things have a shape, and the cache never holds undefined.
        this.result(
          `(typeof ${x.text} === 'object' && ${x.text} !== null && ${x.text}.layout === ${c}.shape) ? ${x.text}.cells[${c}.slot] : (${this.at(i)}, m.getProperty(${x.text}, N[${i.a}], ${c}))`,
        );
        break;
      }
      case 'LOCK_PROP':
        this.settle();
        this.out.push(`${this.at(i)}; m.lockForProperty(${(this.stack.at(-1) as Operand).text});`);
        break;
      case 'SET_PROP': {
        const y = this.pop();
        const x = this.pop();
        this.out.push('m.unlock();');
        this.result(`(${this.at(i)}, m.tx.setProperty(${x.text}, N[${i.a}], ${y.text}, ${i.b === 1}))`);
        break;
      }
      case 'COMPOUND_PROP': {
        const y = this.pop();
        const x = this.pop();
        this.out.push('m.unlock();');
        this.result(`(${this.at(i)}, m.compoundProperty(${x.text}, N[${i.a}], ${i.b}, ${y.text}))`);
        break;
      }
      case 'INDEX': {
        const y = this.pop();
        const x = this.pop();
        this.result(
          `(typeof ${y.text} === 'number' && ${x.text} instanceof List && ${y.text} >= 0 && ${y.text} < ${x.text}.items.length) ? ${x.text}.items[${y.text}] : (${this.at(i)}, indexValue(${x.text}, ${y.text}))`,
        );
        break;
      }
      case 'SLICE': {
        this.take2((i.a & 1) + ((i.a >> 1) & 1) + (i.a >> 2));
        this.result(`(${this.at(i)}, sliceValue(${this.pop().text}, ${i.a}, S, m.sp))`);
        break;
      }
      case 'SLICE_TEST': {
        this.settle();
        const x = (this.stack.at(-1) as Operand).text;
        this.heights.set(i.to, this.stack.length);
        this.out.push(`if (emptySlice(${x}) !== null) { ${x} = emptySlice(${x}); break L${i.to}; }`);
        break;
      }
      case 'LOCK_INDEX':
        this.settle();
        this.out.push(`${this.at(i)}; m.lockForIndex(${(this.stack.at(-1) as Operand).text});`);
        break;
      case 'CHECK_INDEX': {
        const y = this.pop();
        this.result(`(${this.at(i)}, checkIndex(${(this.stack.at(-1) as Operand).text}, ${y.text}))`);
        break;
      }
      case 'SET_INDEX': {
        const y = this.pop();
        const at = this.pop();
        const x = this.pop();
        this.out.push('m.unlock();');
        this.result(`(${this.at(i)}, setIndex(m.tx, ${x.text}, ${at.text}, ${i.a}, ${y.text}))`);
        break;
      }
      case 'ARRAY': {
        const items = this.take(i.a).map((o) => (o.isInt ? o.text : `m.tx.item(${o.text})`));
        this.result(`new List([${items.join(', ')}])`);
        break;
      }
      case 'ITEM':
        this.result(`m.tx.item(${this.pop().text})`);
        break;
      case 'OWN':
        this.result(`m.own(${this.pop().text})`);
        break;
      case 'THING': {
        const slots = this.take(i.b).map((o) => o.text);
        this.result(`(${this.at(i)}, m.thingOf(program, ${i.a}, [${slots.join(', ')}]))`);
        break;
      }
      case 'TEMPLATE': {
        const parts = this.take(i.a).map((o) => `(typeof ${o.text} === 'string' ? ${o.text} : textOf(${o.text}))`);
        this.result(parts.length === 0 ? `''` : `(${this.at(i)}, checkedText(${parts.join(' + ')}${parts.length === 1 ? ` + ''` : ''}))`);
        break;
      }
      default:
        this.calls(i, fn);
    }
  }

  /** A local that is not set yet means the variable of a caller, which changes in its place. */
  private compound(i: Instruction): void {
    const y = this.pop();
    const name = this.local(i.a);
    this.keepLocal(i.a);
    const old: Operand = { text: name, isInt: false, isBool: false };
    const sign = i.b === 1 ? '+' : i.b === 2 ? '-' : null;
    const fast =
      sign === null ? '' : `(${this.bothNumbers(old, y)} && Number.isSafeInteger(t = ${name} ${sign} ${y.text})) ? (${name} = t) : `;
    // Sets know no `+`, so that nothing is changed in place.
    const combine = i.b === 1 ? `add(${name}, ${y.text})` : `m.compoundValue(${name}, ${i.b}, ${y.text})`;
    const outer = `m.compoundOuter(${this.localName(i.a)}, ${i.b}, ${y.text})`;
    const slow = this.isLeaf
      ? `${name} === undefined ? ${outer} : (${name} = ${combine})`
      : `m.compoundLocal(fn, fp, ${i.a}, ${i.b}, ${y.text})`;
    const expression = `${fast}(${this.at(i)}, ${slow})`;
    if (i.name === 'COMPOUND') this.result(expression);
    else this.out.push(`${expression};`);
  }

  private take(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }

  /** Takes operands and lays them on the machine's stack from `m.sp` on. */
  private take2(count: number): Operand[] {
    const operands = this.take(count);
    operands.forEach((o, k) => {
      this.out.push(`S[m.sp${k === 0 ? '' : ` + ${k}`}] = ${o.text};`);
    });
    return operands;
  }

  private args(count: number): void {
    this.take(count).forEach((o, k) => {
      this.out.push(`S[m.sp + ${k + 1}] = ${o.text};`);
    });
  }

  private calls(i: Instruction, fn: FunctionCode): void {
    switch (i.name) {
      case 'CLOSURE':
        this.result(`m.closure(${this.cache(i.b)}, program.functions[${i.a}])`);
        break;
      case 'SCOPE_TEST':
        this.out.push(`${this.at(i)}; m.checkScope(m.rowOf(program, ${i.a}));`);
        break;
      case 'LOCK_NAME':
        this.settle();
        this.out.push(`${this.at(i)}; m.lockName(m.rowOf(program, ${i.a}), ${(this.stack.at(-1) as Operand).text});`);
        break;
      case 'BUILTIN':
        if (i.b === 1) {
          this.result(`(${this.at(i)}, m.builtinOne(m.rowOf(program, ${i.a}), ${this.pop().text}))`);
          break;
        }
        this.take2(i.b);
        this.result(`(${this.at(i)}, m.builtinFrom(m.rowOf(program, ${i.a}), ${i.b}))`);
        break;
      case 'RESOLVE':
        this.result(
          `(${this.cache(i.b)}.epoch === m.epoch && (t = S[${this.cache(i.b)}.slot]) instanceof Closure) ? t : (${this.at(i)}, m.resolveCall(N[${i.a}], ${this.cache(i.b)}))`,
        );
        break;
      case 'RESOLVE_LOCAL':
        this.result(
          `((t = ${this.local(i.a)}) instanceof Closure && !m.isType(N[${i.b}])) ? t : (${this.at(i)}, m.resolveCall(N[${i.b}], null))`,
        );
        break;
      case 'PROCEDURE':
        this.result(`(${this.at(i)}, m.procedureOf(${this.pop().text}))`);
        break;
      case 'SKIP_ARG':
        this.skipArgument(i);
        break;
      case 'CALL':
        this.args(i.a);
        this.result(`(${this.at(i)}, m.callFrom(${this.pop().text}, ${i.a}, program))`);
        break;
      case 'METHOD':
        this.settle();
        this.result(`(${this.at(i)}, m.resolveMethod(sites[${i.a}], ${(this.stack.at(-1) as Operand).text}, ${i.b}))`);
        break;
      case 'CALL_METHOD': {
        if (i.a <= 2) {
          const args = this.take(i.a).map((o) => `, ${o.text}`);
          const callee = this.pop();
          this.result(`(${this.at(i)}, m.methodFrom${i.a}(${this.pop().text}, ${callee.text}${args.join('')}, program))`);
          break;
        }
        this.args(i.a);
        const callee = this.pop();
        this.result(`(${this.at(i)}, m.methodFrom(${this.pop().text}, ${callee.text}, ${i.a}, program))`);
        break;
      }
      case 'INSTANCE': {
        const count = (fn.program.constants[i.b] as List).items.length;
        this.take2(count);
        this.result(`(${this.at(i)}, m.makeInstance(${this.pop().text}, K[${i.b}].items, m.sp))`);
        break;
      }
      case 'TYPE_TEST':
        this.result(`(${this.at(i)}, m.typeOf(N[${i.a}]))`);
        break;
      case 'ENUM':
        this.result(`(${this.at(i)}, m.enumOf(N[${i.a}]).member(N[${i.b}]))`);
        break;
      case 'REGEX':
        this.result(`(${this.at(i)}, m.regex(K[${i.a}]))`);
        break;
      default:
        throw new Unsupported();
    }
  }

  /** Jumps over arguments that nobody takes: they become nil in the call. */
  private skipArgument(i: Instruction): void {
    this.settle();
    const height = this.stack.length;
    const given = i.b;
    const count = (this.fn.code[i.to] as number) >> 8;
    const callee = (this.stack[height - given - 1] as Operand).text;
    const fill = Array.from({ length: count - given }, (_, k) => `s${height + k} = null;`).join(' ');
    if (height + count - given > this.peak) this.peak = height + count - given;
    this.heights.set(i.to, height + count - given);
    const skip = `${fill} break L${i.to};`;
    const others = `if (m.takesNoMore(${callee}, ${given})) { ${skip} }`;
    if (height - given - 2 < 0) {
      this.out.push(others);
      return;
    }
    const self = (this.stack[height - given - 2] as Operand).text;
    const first = given > 0 ? (this.stack[height - given] as Operand).text : 'null';
    this.out.push(
      `if (${callee} instanceof Builtin) {`,
      `if (${callee}.early !== null && (t = m.early(${callee}, ${self}, ${given}, ${first}, m.sp)) !== undefined) {`,
      `${callee} = t; if (t.value !== undefined) { ${skip} } }`,
      `} else ${others}`,
    );
  }
}
