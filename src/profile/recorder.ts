/**
 * Records how often and how long each part of a program runs, by the probes of the program: a tree of what called what.
 *
 * Time is that of the clock between two probes, so what is recorded includes the cost of recording: relations are right, absolute times are longer
 * than those of a program that nobody watches, most of all in small closures (these are also translated to JavaScript when nobody watches).
 */
import { Builtin } from '../builtins/builtin.ts';
import { Op } from '../bytecode/opcodes.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { FunctionCode } from '../bytecode/program.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';
import type { Probe } from '../vm/probe.ts';

/** A part of a program, called from the part above it. */
export interface Entry {
  readonly kind: 'program' | 'closure' | 'statement' | 'builtin';
  /** Of a built-in, with a dot before it when it is a method, or what a closure was called by; a byte string, empty when there is none. */
  readonly name: string;
  /** The function that it is, or that it stands in. */
  readonly fn: FunctionCode;
  /** Byte offsets in the program's source. */
  readonly start: number;
  readonly end: number;
  count: number;
  /** Milliseconds in it, but for what it called. */
  self: number;
  readonly below: Map<unknown, Entry>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const entry = (kind: Entry['kind'], name: string, fn: FunctionCode, { start, end }: Span): Entry => ({
  kind,
  name,
  fn,
  start,
  end,
  count: 0,
  self: 0,
  below: new Map(),
});

interface Open {
  readonly entry: Entry;
  /** Depth of the machine's frames when it was opened. */
  readonly depth: number;
}

/** Whether the call behind a probe is one of a built-in. The instruction says so of a function; what a method is depends on its receiver, and lies under the arguments. */
export function callsBuiltin(machine: Machine, frame: Frame): boolean {
  const word = frame.fn.code[frame.pc] as number;
  if ((word & 255) !== Op.CALL_METHOD) return (word & 255) === Op.BUILTIN;
  return (machine.stack as unknown[])[machine.sp - (word >> 8) - 1] instanceof Builtin;
}

/** So many entries are kept apart; calls beyond count as part of what called them. */
const MAX_ENTRIES = 200_000;

export class Recorder implements Probe {
  /** Programs that ran, by the function with which each began. */
  readonly roots = new Map<unknown, Entry>();
  private readonly stack: Open[] = [];
  private last = 0;
  private size = 0;
  /** By which name a closure is about to be called. */
  private calling = '';
  private readonly now: () => number;

  /** `now`: a clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  reached(machine: Machine, frame: Frame, site: ProbeSite): void {
    const { stack } = this;
    const time = this.now();
    const top = stack.at(-1);
    if (top !== undefined) top.entry.self += time - this.last;
    this.tell(machine, frame, site);
    this.last = this.now();
  }

  /** All that was opened at this depth of frames or beyond is over: it returned, or an error ended it. */
  private close(depth: number): void {
    const { stack } = this;
    while (stack.length > 0 && (stack.at(-1) as Open).depth >= depth) stack.pop();
  }

  private open(key: unknown, depth: number, make: () => Entry): void {
    const below = this.stack.at(-1)?.entry.below ?? this.roots;
    let found = below.get(key);
    if (found === undefined && this.size >= MAX_ENTRIES) {
      this.stack.push({ entry: (this.stack.at(-1) as Open).entry, depth });
      return;
    }
    if (found === undefined) {
      this.size++;
      found = make();
      below.set(key, found);
    }
    found.count++;
    this.stack.push({ entry: found, depth });
  }

  /** Ends the statement of the frame that runs, and what it called. */
  private endStatement(depth: number): void {
    this.close(depth + 1);
    const { stack } = this;
    while (stack.length > 0) {
      const { entry: last, depth: at } = stack.at(-1) as Open;
      if (at !== depth || last.kind === 'closure' || last.kind === 'program') return;
      stack.pop();
    }
  }

  private tell(machine: Machine, frame: Frame, site: ProbeSite): void {
    const { depth } = machine;
    const { fn } = frame;
    switch (site.kind) {
      case 'enter': {
        this.close(depth);
        const name = this.calling;
        this.calling = '';
        this.open(fn, depth, () => entry(depth === 1 ? 'program' : 'closure', name, fn, fn));
        break;
      }
      case 'leave':
        this.close(depth);
        break;
      case 'statement':
        this.endStatement(depth);
        this.open(site, depth, () => entry('statement', '', fn, site));
        break;
      case 'call':
        this.close(depth + 1);
        this.call(machine, frame, site);
        break;
      case 'done':
        this.close(depth + 1);
        if (this.stack.at(-1)?.entry.kind === 'builtin') this.stack.pop();
        this.calling = '';
        break;
      case 'arm':
        break;
    }
  }

  private call(machine: Machine, frame: Frame, site: ProbeSite): void {
    if (callsBuiltin(machine, frame)) {
      this.open(site, machine.depth, () => entry('builtin', site.name, frame.fn, site));
      this.calling = '';
    } else this.calling = site.name;
  }
}

/** The time in an entry and all that it called, in milliseconds. */
export function totalOf({ self, below }: Entry): number {
  let total = self;
  for (const each of below.values()) total += totalOf(each);
  return total;
}

/** Everything that was recorded, with the way that leads to it. */
export function* entriesOf(roots: Iterable<Entry>, way: readonly Entry[] = []): Iterable<{ entry: Entry; way: readonly Entry[] }> {
  for (const each of roots) {
    yield { entry: each, way };
    yield* entriesOf(each.below.values(), [...way, each]);
  }
}
