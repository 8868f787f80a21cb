/** The compiled form of a text: functions over shared tables. Immutable but for what `link` adds for one process. */
import type { Closure, ClosureCode } from '../values/closure.ts';
import type { Shape } from '../values/shape.ts';
import type { Value } from '../values/value.ts';
import type { ProbeSite } from './probes.ts';

/** Translated code; `machine` is the machine that runs it. */
export type LeafCode = (machine: unknown, a: Value, b: Value, c: Value) => Value;
export type FramedCode = (machine: unknown, fp: number) => Value;

/** What a function's code remembers at one instruction between runs; which fields are in use depends on the instruction. */
export class InlineCache {
  /** GET_PROP, SET_PROP: the shape that was seen, the slot of the property in it, and the shape after the property was added. */
  shape: Shape | null = null;
  slot = 0;
  next: Shape | null = null;
  /** LOAD_NAME, COMPOUND_NAME, RESOLVE: valid while the machine's epoch is this; then `slot` is the place on the stack. */
  epoch = -1;
  /** CLOSURE: the closure of this run. */
  run = -1;
  closure: Closure | null = null;
}

/** A call of a method at one place in the text. */
export class MethodSite {
  readonly name: string;
  readonly cache = new InlineCache();
  /** The built-ins of that name by receiver; set by the machine at first use. */
  table: unknown = undefined;
  /** The kind of the last receiver that had a built-in which exists in all scopes, and the built-in; 0 before. */
  kind = 0;
  /** How many arguments it was called with. */
  count = 0;
  builtin: unknown = undefined;

  constructor(name: string) {
    this.name = name;
  }
}

export interface FunctionFields {
  readonly params: readonly string[];
  /** All locals, parameters first. */
  readonly locals: readonly string[];
  readonly code: Int32Array;
  /** Pairs of code position and byte offset in the source, ascending: the offset holds from that position on. */
  readonly lines: Int32Array;
  readonly maxStack: number;
  readonly cacheCount: number;
  readonly effects: number;
  /** Byte offsets of the closure in the source. */
  readonly start: number;
  readonly end: number;
  readonly doc: string;
  /** Whether other functions of the program may read this one's locals, as free names. */
  readonly seen: boolean;
}

export class FunctionCode implements ClosureCode {
  /** Where `heat` starts; tests set it so that everything is translated at once. */
  static initialHeat = 0;
  readonly program: Program;
  readonly index: number;
  readonly params: readonly string[];
  readonly locals: readonly string[];
  readonly code: Int32Array;
  readonly lines: Int32Array;
  readonly maxStack: number;
  readonly cacheCount: number;
  readonly effects: number;
  readonly start: number;
  readonly end: number;
  readonly doc: string;
  readonly seen: boolean;
  readonly arity: number;
  readonly localCount: number;
  readonly slotOf: ReadonlyMap<string, number>;
  readonly caches: readonly InlineCache[];
  /** How much it ran; what runs often is translated (see `src/vm/translate.ts`), but never what has probes. */
  heat = FunctionCode.initialHeat;
  /** The translation for a function that needs no frame, and that for one that does; at most one of them is there. */
  leaf: LeafCode | null = null;
  framed: FramedCode | null = null;

  constructor(program: Program, index: number, fields: FunctionFields) {
    this.program = program;
    if (program.probes.length > 0) this.heat = Number.POSITIVE_INFINITY;
    this.index = index;
    this.params = fields.params;
    this.locals = fields.locals;
    this.code = fields.code;
    this.lines = fields.lines;
    this.maxStack = fields.maxStack;
    this.cacheCount = fields.cacheCount;
    this.effects = fields.effects;
    this.start = fields.start;
    this.end = fields.end;
    this.doc = fields.doc;
    this.seen = fields.seen;
    this.arity = fields.params.length;
    this.localCount = fields.locals.length;
    // A name given twice as a parameter means the last one.
    this.slotOf = new Map(fields.locals.map((name, slot) => [name, slot]));
    this.caches = Array.from({ length: fields.cacheCount }, () => new InlineCache());
  }

  get text(): string {
    return this.program.source.slice(this.start, this.end);
  }

  get compactText(): string {
    return this.program.compact(this);
  }

  get definition(): string {
    return this.program.definition(this);
  }

  /** Byte offset in the source of the instruction at `pc`; -1 when unknown. */
  offsetAt(pc: number): number {
    let low = 0;
    let high = this.lines.length >> 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lines[2 * middle] as number) <= pc) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (this.lines[2 * low - 1] as number);
  }
}

/** What the analysis found: whether the text changes something, in which kind of scope, and the first reason of each. */
export interface EffectReason {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

export interface Effects {
  readonly collection: EffectReason | null;
  readonly thingsdb: EffectReason | null;
}

export interface ProgramFields {
  readonly source: string;
  readonly constants: readonly Value[];
  readonly names: readonly string[];
  /** Names of the methods, one for each call. */
  readonly sites: readonly string[];
  /** Names of the built-in functions that are called. */
  readonly rows: readonly string[];
  /** The first is the text itself. */
  readonly functions: readonly FunctionFields[];
  readonly effects: Effects;
  /** Of a program that is to be watched. */
  readonly probes?: readonly ProbeSite[];
}

const NO_PROBES: readonly ProbeSite[] = [];

export class Program {
  readonly source: string;
  readonly constants: readonly Value[];
  readonly names: readonly string[];
  readonly sites: readonly MethodSite[];
  readonly rowNames: readonly string[];
  readonly functions: readonly FunctionCode[];
  readonly effects: Effects;
  readonly probes: readonly ProbeSite[];
  /** Shapes of thing literals by index of their keys in `constants`; null for keys that make no shape. */
  readonly shapes: (Shape | null | undefined)[] = [];
  /** Built-ins by index of `rowNames`; set by the machine at first use. */
  rows: readonly unknown[] | null = null;
  private readonly compactor: (text: string) => string;
  private readonly compactTexts = new Map<FunctionCode, string>();

  private readonly layout: (text: string) => string;

  /** `compactor` gives the normalised form of a closure's text, `layout` the form in which definitions are told. */
  constructor(fields: ProgramFields, compactor: (text: string) => string, layout: (text: string) => string = compactor) {
    this.source = fields.source;
    this.probes = fields.probes ?? NO_PROBES;
    this.constants = fields.constants;
    this.names = fields.names;
    this.sites = fields.sites.map((name) => new MethodSite(name));
    this.rowNames = fields.rows;
    this.functions = fields.functions.map((f, index) => new FunctionCode(this, index, f));
    this.effects = fields.effects;
    this.compactor = compactor;
    this.layout = layout;
  }

  get main(): FunctionCode {
    return this.functions[0] as FunctionCode;
  }

  definition(code: FunctionCode): string {
    return this.layout(code.text);
  }

  compact(code: FunctionCode): string {
    let text = this.compactTexts.get(code);
    if (text === undefined) {
      text = this.compactor(code.text);
      this.compactTexts.set(code, text);
    }
    return text;
  }
}
