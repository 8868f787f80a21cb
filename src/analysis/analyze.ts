/** The checker: from a text to all that is known of it. */
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { AssignExpr, ClosureLiteral, Expr, Node, Script, Span } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import { Kind, type Row } from '../builtins/row.ts';
import type { Effects, Program } from '../bytecode/program.ts';
import { compileScript } from '../compiler/compile.ts';
import { TiError } from '../errors.ts';
import { Context, type Late, type ScopeKind, type TypesOf } from './context.ts';
import type { Directives } from './directives.ts';
import { type Code, FINDINGS, type Finding, type Rules } from './findings.ts';
import { Flow, type Given } from './flow.ts';
import { type Load, Loads } from './loads.ts';
import type { Names, Owner } from './names.ts';
import { earlyUses } from './order.ts';
import { changedAround, edit, type Layout, layOut, type Part } from './parts.ts';
import { reader } from './reader.ts';
import { Schema } from './schema.ts';
import { ScriptFacts, texts } from './script-facts.ts';
import { can, THING, type Type } from './types.ts';
import { isIdle, lastValues, tellUnused } from './variables.ts';
import { contentOf, diagnosticsOf, directivesOf, findingsIn, told, WholeScript } from './whole.ts';

export interface AnalyzeOptions {
  /** What is in the collection; nothing is known of it without. */
  readonly schema?: Schema;
  readonly scope?: ScopeKind | null;
  /** Variables that come with the query. */
  readonly vars?: ReadonlyMap<string, Type>;
  /** Whether no others do. */
  readonly varsKnown?: boolean;
  /** Severities in place of the usual ones. */
  readonly rules?: Rules;
  /** The script must change nothing. */
  readonly readOnly?: boolean;
  /** Gives scripts that comments load; without it, nothing is known of them. */
  readonly load?: Load;
  /** What is known of the root of the collection. */
  readonly root?: Type;
}

export interface Analysis {
  readonly source: string;
  readonly script: Script;
  /** Syntax errors, with what was expected. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the order of the text; syntax errors are among them. */
  readonly findings: readonly Finding[];
  readonly types: TypesOf;
  readonly names: Names;
  /** What the script can use: what was given, and what it defines. */
  readonly schema: Schema;
  /** Null for a text that cannot be compiled. Found out when it is asked for. */
  readonly effects: Effects | null;
}

const LATE: Readonly<Record<Late['kind'], (what: string) => readonly [Code, string, string]>> = {
  effects: (what) => [
    'needs-change',
    `\`${what}\` changes something, but nothing here asks for a change`,
    'wrap the call: `wse(...)`, or put `wse();` before it',
  ],
  stored: (what) => ['change-under-nse', `${what} behind \`nse()\`, which says that nothing is changed`, 'leave out `nse()`'],
};

/** The first closure that starts behind an offset, with nothing but the start of one statement between. */
function closureBehind(script: Script, offset: number): ClosureLiteral | null {
  const statement = script.body.find(({ start }) => start >= offset);
  let found: ClosureLiteral | null = null;
  if (statement === undefined) return null;
  walk(statement, {
    enter(node) {
      if (node.kind === 'ClosureLiteral') found ??= node;
      return found === null;
    },
  });
  return found;
}

/** What can be told of a place in a text that is not the script, but almost. */
export interface Probe extends Pick<Analysis, 'source' | 'names' | 'schema' | 'types'> {
  /** A place before it at which the lexer is as at the start of a text. */
  readonly from: number;
  /** The statements around the place, and maybe some of those beside them. */
  readonly script: Script;
}

/**
 * A script that is checked again and again while it changes. There is one tree, which each check brings up to date: what an earlier analysis gave must
 * not be used behind a later one.
 */
export class LiveScript {
  private readonly facts = new ScriptFacts();
  private readonly flow = new Flow(this.facts);
  private layout: Layout | null = null;
  private schema: Schema = NOTHING;
  private readonly loads = new Loads();
  private readonly changes = new WeakMap<Part, boolean>();

  /** Analyzes the text as it is now. Never throws. */
  check(source: string, options: AnalyzeOptions = {}): Analysis {
    const layout = this.layout === null ? layOut(reader, source) : edit(this.layout, source);
    this.layout = layout;
    this.facts.update(layout);
    const directives = directivesOf(layout);
    const before = this.loads.behind(options.schema ?? NOTHING, directives, options.load);
    this.schema = this.facts.schemaWith(before.schema);
    const check = new Check(layout, this.facts, this.flow, this.schema, options, directives, this.changes);
    const { facts, flow, schema } = this;
    const findings = check.findings(before);
    return {
      source,
      get script() {
        return check.script();
      },
      diagnostics: check.diagnostics,
      findings,
      types: flow.types,
      names: facts,
      schema,
      get effects() {
        return check.program()?.effects ?? null;
      },
    };
  }

  /** What there is to say of a place in a text that differs from the one last checked around that place. */
  probe(source: string, offset: number): Probe {
    const before = this.layout ?? layOut(reader, '');
    const layout = edit(before, source);
    const { kept, last } = changedAround(before, layout, offset);
    for (let i = kept; i <= last; i++) this.facts.find(layout.parts[i] as Part, layout.starts[i] as number);
    this.flow.extra(layout, kept, last, this.schema);
    const { facts, flow, schema } = this;
    const script = { ...facts.whole, ...contentOf(layout, kept, last) };
    return { source, from: layout.starts[kept] as number, script, types: flow.types, names: facts, schema };
  }
}

const NOTHING = new Schema(false);

/** One check of a text. */
class Check {
  readonly diagnostics: readonly Diagnostic[];
  private readonly layout: Layout;
  private readonly facts: ScriptFacts;
  private readonly schema: Schema;
  private readonly options: AnalyzeOptions;
  private readonly directives: Directives;
  private readonly given: Given;
  private readonly flow: Flow;
  /** For what only the whole can tell. */
  private readonly cx: Context;
  private compiled: Program | null | undefined;
  private readonly whole: WholeScript;
  /** Whether a part alone needs a change. */
  private readonly changes: WeakMap<Part, boolean>;

  constructor(
    layout: Layout,
    facts: ScriptFacts,
    flow: Flow,
    schema: Schema,
    options: AnalyzeOptions,
    directives: Directives,
    changes: WeakMap<Part, boolean>,
  ) {
    this.layout = layout;
    this.facts = facts;
    this.flow = flow;
    this.schema = schema;
    this.options = options;
    this.changes = changes;
    this.diagnostics = diagnosticsOf(layout);
    this.whole = new WholeScript(facts.whole, layout);
    this.directives = directives;
    this.given = givenBy(options, this.directives);
    this.cx = new Context({ ...this.given, schema, names: facts, properties: facts.properties, types: flow.types });
  }

  /** The whole script, with all places as they are in the text. */
  script(): Script {
    return this.whole.script;
  }

  /** Null for what cannot be compiled. */
  program(): Program | null {
    this.compiled ??= this.diagnostics.length > 0 ? null : compiled(this.script(), this.layout.text);
    return this.compiled;
  }

  /** What is found; `before` is what there is before the script, and what was found there. */
  findings(before: ReturnType<Loads['behind']>): Finding[] {
    const { results, unreachable } = this.flow.run(this.layout, this.schema, this.given);
    const syntax = this.diagnostics.map(({ start, end, message }): Finding => ({ code: 'syntax', severity: 'error', message, start, end }));
    const found = findingsIn(this.layout, results);
    if (unreachable !== null) this.tellUnreachable(unreachable.part, unreachable.index);
    this.tellUnused();
    if (this.diagnostics.length === 0) for (const [i, { late }] of results.entries()) for (const each of late) this.tellLate(each, i);
    if (this.given.scope === null) this.tellScopes(results.flatMap(({ scoped }, part) => scoped.map((each) => ({ ...each, part }))));
    this.tellWraps();
    this.tellEarly(before.schema);
    this.tellReadOnly();
    return told([...syntax, ...found, ...before.problems, ...this.cx.findings], this.directives, this.options.rules);
  }

  private place(part: number): readonly Expr[] {
    return (this.layout.parts[part] as Part).bodyAt(this.layout.starts[part] as number);
  }

  private tellUnreachable(part: number, index: number): void {
    const start = (this.place(part)[index] as Expr).start;
    const last = this.layout.parts.findLastIndex(({ body }) => body.length > 0);
    const end = (this.place(last).at(-1) as Expr).end;
    this.cx.report('unreachable-code', { start, end }, 'this is never reached: what stands before it always leaves');
  }

  /** Tells of variables that are set and never read. What is called from elsewhere may read any variable; then nothing is told. */
  private tellUnused(): void {
    const { facts, layout } = this;
    if (facts.callsOthers) return;
    const results = new Set<Node>();
    lastValues(layout.parts.findLast(({ body }) => body.length > 0)?.body.at(-1), results);
    for (const [i, part] of layout.parts.entries()) {
      const own = facts.of(part);
      for (const assign of own.assignments) {
        if (!isIdle(assign, facts) || own.results.has(assign) || results.has(assign) || this.keeps(assign)) continue;
        this.place(i);
        tellUnused(this.cx, assign);
      }
    }
  }

  /** Whether an assignment may be there to keep a thing or member in use, or to let it go. */
  private keeps({ value }: AssignExpr): boolean {
    const type = this.flow.types.get(value);
    return this.facts.asksForUse && type !== undefined && can(type, Kind.thing | Kind.enum | Kind.nil);
  }

  private tellLate({ kind, at, owner, what }: Late, part: number): void {
    if (this.cx.scope === 'node' || this.changesIn(owner)) return;
    this.place(part);
    const [code, message, reason] = LATE[kind](what);
    this.cx.report(code, at, message, {
      reason,
      ...(owner.kind === 'Script' || FINDINGS[code] !== 'error' ? {} : { severity: 'warning' as const }),
    });
  }

  private changesIn(owner: Owner): boolean {
    if (owner.kind === 'ClosureLiteral') return this.facts.effectsOf(owner) === true;
    const { text, parts } = this.layout;
    // What stands behind an \`nse\` changes less than it does alone.
    if (/\bnse\b/.test(text)) return (this.program()?.effects.collection ?? null) !== null;
    return parts.some((part, i) => {
      let known = this.changes.get(part);
      if (known === undefined) {
        known = (compiled({ ...this.facts.whole, body: this.place(i) }, text)?.effects.collection ?? null) !== null;
        this.changes.set(part, known);
      }
      return known;
    });
  }

  /** Tells of calls that no single scope has. */
  private tellScopes(calls: readonly { readonly row: Row; readonly at: Span; readonly part: number }[]): void {
    let left = 7;
    const bits = { collection: 1, thingsdb: 2, node: 4 } as const;
    for (const { row, at, part } of calls) {
      const own = (row.scopes ?? []).reduce((mask, scope) => mask | bits[scope], 0);
      if ((left & own) === 0) {
        this.place(part);
        this.cx.report('mixed-scopes', at, `no scope has both \`${calls[0]?.row.name}\` and \`${row.name}\``, {
          reason: 'a query runs in one scope: send two queries',
        });
        return;
      }
      left &= own;
    }
  }

  /** Tells of types and enumerators that the script uses before it defines them. */
  private tellEarly(given: Schema): void {
    const { facts, layout } = this;
    const isGiven = (name: string): boolean => given.types.has(name) || given.enums.has(name);
    // What scripts do that are to be loaded and are not known, nobody knows.
    if (this.directives.loads.length > 0 && this.options.load === undefined) return;
    const orders = layout.parts.map((part) => facts.of(part).order);
    for (const { part, name, at } of earlyUses(orders, isGiven, given.complete)) {
      this.place(part);
      this.cx.report('used-before-defined', at, `\`${name}\` is used here, and defined only later`, {
        reason: 'a script runs from its start: move the definition before the use',
        ...(given.complete ? { severity: 'error' as const } : {}),
      });
    }
  }

  private tellWraps(): void {
    for (const type of this.schema.types.values()) {
      if (!type.wrapOnly) continue;
      for (const { name, at, effects } of type.methods.values()) {
        if (at === null || effects !== true) continue;
        this.script();
        this.cx.report('effect-in-wrap', at, `the method \`${name}\` of the wrap-only type \`${type.name}\` changes something`, {
          reason: 'wraps call it when they are told, and then nothing can be changed',
        });
      }
    }
  }

  /** Tells of changes where a comment, or the caller, says that there are none. */
  private tellReadOnly(): void {
    const { readOnly, readOnlyFile } = this.directives;
    const isWhole = this.options.readOnly === true || readOnlyFile;
    if ((!isWhole && readOnly.length === 0) || this.program() === null) return;
    const script = this.script();
    const bodies: Script[] = isWhole ? [script] : [];
    for (const offset of readOnly) {
      const closure = closureBehind(script, offset);
      if (closure !== null) bodies.push({ ...script, body: [closure.body] });
    }
    for (const body of bodies) {
      const { collection, thingsdb } = compileScript(body, this.layout.text, library, texts).effects;
      const reason = this.cx.scope === 'thingsdb' ? thingsdb : collection;
      if (reason === null) continue;
      this.cx.report('change-in-read-only', reason, `${reason.what} changes something, where a comment says that nothing is changed`);
    }
  }
}

function compiled(script: Script, source: string): Program | null {
  try {
    return compileScript(script, source, library, texts);
  } catch (error) {
    // What the parser lets pass and the compiler does not is among the findings.
    if (error instanceof TiError) return null;
    throw error;
  }
}

/** Analyzes a text. Never throws. */
export const analyze = (source: string, options: AnalyzeOptions = {}): Analysis => new LiveScript().check(source, options);

/** What is known from outside: comments stand over options. */
function givenBy(options: AnalyzeOptions, directives: Directives): Given {
  return {
    vars: new Map([...(options.vars ?? []), ...directives.vars]),
    varsKnown: options.varsKnown ?? directives.hasVars,
    scope: directives.scope ?? options.scope ?? null,
    root: options.root ?? THING,
  };
}
