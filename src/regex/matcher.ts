/** Regular expressions: what the built-ins use of them. */
import { valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import type { RegexTree } from './ast.ts';
import { compileTree } from './compile.ts';
import { isNullable } from './first.ts';
import { type Budget, Machine } from './machine.ts';
import { parsePattern } from './parser.ts';
import { isAllowed, type Plan, planFor } from './plan.ts';
import type { RegexProgram } from './program.ts';
import { toJavaScript } from './translate.ts';

export interface Match {
  readonly start: number;
  readonly end: number;
  /**
   * The match, then its groups up to the last that is set; those between that are not are empty. Null when they were not asked for.
   */
  readonly groups: readonly string[] | null;
}

/** A match with its groups. */
export interface FullMatch extends Match {
  /** A new array. */
  readonly groups: string[];
}

/** Regardless of case, lines, the dot matches line ends, and all matches (which only their users look at). */
const FLAGS = 'imsg';

export class Matcher {
  private readonly tree: RegexTree;
  private readonly plan: Plan | null;
  private readonly canBeEmpty: boolean;
  private program: RegexProgram | null = null;
  private tester: RegExp | null = null;
  private plain: RegExp | null = null;
  private full: RegExp | null = null;
  /** The last text, if it is no UTF-8: patterns on characters match nothing in it. */
  private lastText = '';
  private lastIsUtf8 = true;

  /** Throws TiError (-60) that says what is wrong with the pattern or the flags, and where. */
  constructor(pattern: string, flags: string) {
    for (const flag of flags) {
      if (!FLAGS.includes(flag))
        throw valueErr(`unsupported regular expression flag: \`${flag}\`; there are \`i\`, \`m\`, \`s\` and \`g\``);
    }
    this.tree = parsePattern(pattern, flags);
    this.plan = planFor(this.tree);
    this.canBeEmpty = isNullable(this.tree.root);
    if (this.plan === null) this.program = compileTree(this.tree);
  }

  /** Whether there is a match in the text. */
  test(text: string, budget: Budget): boolean {
    const { plan } = this;
    if (plan !== null && isAllowed(plan, text.length)) {
      this.tester ??= new RegExp(toJavaScript(this.tree.root, false));
      budget.spend(1 + (text.length >> 4));
      try {
        return this.tester.test(text);
      } catch (error) {
        rethrowUnlessTooMuch(error);
      }
    }
    return this.machine(text, 0, budget) !== null;
  }

  private plainRegExp(): RegExp {
    this.plain ??= new RegExp(toJavaScript(this.tree.root, false), 'g');
    return this.plain;
  }

  /** The first match from a position on, without its groups; null for none. */
  find(text: string, from: number, budget: Budget): Match | null {
    const { plan } = this;
    if (plan !== null && isAllowed(plan, text.length)) {
      const found = execute(this.plainRegExp(), text, from, budget);
      if (found !== undefined) return found === null ? null : { start: found.index, end: found.index + found[0].length, groups: null };
    }
    const machine = this.machine(text, from, budget);
    return machine === null ? null : { start: machine.start, end: machine.end, groups: null };
  }

  /** The first match from a position on, with its groups; null for none. */
  exec(text: string, from: number, budget: Budget): FullMatch | null {
    const { plan } = this;
    if (plan?.groups && isAllowed(plan, text.length)) {
      this.full ??= new RegExp(toJavaScript(this.tree.root, true), 'g');
      const found = execute(this.full, text, from, budget);
      if (found !== undefined) return found === null ? null : fullMatch(found);
    }
    const machine = this.machine(text, from, budget);
    return machine === null ? null : { start: machine.start, end: machine.end, groups: groupsOf(machine, text, this.tree.groupCount) };
  }

  /**
   * JavaScript's own expression for doing something with all matches of a text at once; null when it must not run, or when a match may be empty, where
   * the two differ.
   */
  forAll(text: string, budget: Budget): RegExp | null {
    const { plan } = this;
    if (plan === null || this.canBeEmpty || text.length > MAX_AT_ONCE || !isAllowed(plan, text.length)) return null;
    budget.spend(1 + (text.length >> 3));
    const regex = this.plainRegExp();
    regex.lastIndex = 0;
    return regex;
  }

  /** Whether there are groups, which a split puts between the parts. */
  get hasGroups(): boolean {
    return this.tree.groupCount > 0;
  }

  private machine(text: string, from: number, budget: Budget): Machine | null {
    if (this.tree.options.utf && !this.isCharacters(text)) return null;
    this.program ??= compileTree(this.tree);
    const machine = new Machine(this.program, text, from, budget);
    return machine.search() ? machine : null;
  }

  private isCharacters(text: string): boolean {
    if (text !== this.lastText) {
      this.lastText = text;
      this.lastIsUtf8 = isUtf8(text);
    }
    return this.lastIsUtf8;
  }
}

/** Longer texts are searched match by match, so that the budget is asked in between. */
const MAX_AT_ONCE = 2 ** 20;

/** What JavaScript's engine gives; undefined when it gave up: its stack is limited, and long texts and long patterns are too much for it. */
export function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    rethrowUnlessTooMuch(error);
    return undefined;
  }
}

function rethrowUnlessTooMuch(error: unknown): void {
  if (!(error instanceof RangeError) && !(error instanceof SyntaxError)) throw error;
}

/** Runs JavaScript's engine; undefined when it gave up. */
function execute(regex: RegExp, text: string, from: number, budget: Budget): RegExpExecArray | null | undefined {
  regex.lastIndex = from;
  try {
    const found = regex.exec(text);
    budget.spend(1 + (((found === null ? text.length : regex.lastIndex) - from) >> 4));
    return found;
  } catch (error) {
    rethrowUnlessTooMuch(error);
    return undefined;
  }
}

function fullMatch(found: RegExpExecArray): FullMatch {
  let count = found.length;
  while (found[count - 1] === undefined) count--;
  const groups = found.slice(0, count);
  for (let i = 1; i < count; i++) if ((groups[i] as string | undefined) === undefined) groups[i] = '';
  return { start: found.index, end: found.index + (groups[0] as string).length, groups };
}

function groupsOf(machine: Machine, text: string, count: number): string[] {
  const { slots } = machine;
  const groups = [text.slice(machine.start, machine.end)];
  let last = 0;
  for (let i = 1; i <= count; i++) {
    const end = slots[2 * i + 1] as number;
    groups.push(end < 0 ? '' : text.slice(slots[2 * i], end));
    if (end >= 0) last = i;
  }
  groups.length = last + 1;
  return groups;
}
