/** The checker: from a text to all that is known of it. */
import { compactClosure } from '../../grammar/v1/compact.ts';
import { closureDefinition } from '../../grammar/v1/definition.ts';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { ClosureLiteral, Node, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import type { Effects, Program } from '../bytecode/program.ts';
import { compileScript } from '../compiler/compile.ts';
import { TiError } from '../errors.ts';
import { Context, type Late, type ScopeKind } from './context.ts';
import { type Directives, readDirectives, silenced } from './directives.ts';
import { type Code, FINDINGS, type Finding, type Severity } from './findings.ts';
import { Inference } from './infer.ts';
import { collectNames, type Names, type Owner } from './names.ts';
import { Schema } from './schema.ts';
import { addDefinitions, type EffectsOf } from './schema-script.ts';
import type { Type } from './types.ts';
import { tellUnused } from './variables.ts';

export interface AnalyzeOptions {
  /** What is in the collection; nothing is known of it without. */
  readonly schema?: Schema;
  readonly scope?: ScopeKind | null;
  /** Variables that come with the query. */
  readonly vars?: ReadonlyMap<string, Type>;
  /** Whether no others do. */
  readonly varsKnown?: boolean;
  /** Severities in place of the usual ones. */
  readonly rules?: Readonly<Partial<Record<Code, Severity | 'off'>>>;
  /** The script must change nothing. */
  readonly readOnly?: boolean;
}

export interface Analysis {
  readonly source: string;
  readonly script: Script;
  /** Syntax errors, with what was expected. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the order of the text; syntax errors are among them. */
  readonly findings: readonly Finding[];
  readonly types: ReadonlyMap<Node, Type>;
  readonly names: Names;
  /** What the script can use: what was given, and what it defines. */
  readonly schema: Schema;
  /** Null for a text with syntax errors. */
  readonly effects: Effects | null;
}

const texts = { compact: compactClosure, definition: closureDefinition };

interface Compiled {
  readonly program: Program | null;
  readonly problem: Finding | null;
}

function compiled(script: Script, source: string, diagnostics: readonly Diagnostic[]): Compiled {
  if (diagnostics.length > 0) return { program: null, problem: null };
  try {
    return { program: compileScript(script, source, library, texts), problem: null };
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    const { start, end } = placeOf(script, error);
    return { program: null, problem: { code: 'syntax', severity: 'error', message: error.message, start, end } };
  }
}

/** Where the compiler found something wrong: a `break` or `continue` outside of loops. */
function placeOf(script: Script, error: TiError): { start: number; end: number } {
  if (error.start >= 0) return { start: error.start, end: error.start };
  let loops = 0;
  let found = { start: 0, end: 0 };
  walk(script, {
    enter(node) {
      if (node.kind === 'ForExpr') loops++;
      const isLost = (node.kind === 'BreakExpr' || node.kind === 'ContinueExpr') && loops === 0 && found.end === 0;
      if (isLost) found = { start: node.start, end: node.end };
      return undefined;
    },
    leave(node) {
      if (node.kind === 'ForExpr') loops--;
    },
  });
  return found;
}

/** The effects of each closure of the text, as the compiler sees them. */
function effectsIn(program: Program | null): EffectsOf {
  if (program === null) return () => null;
  const byPlace = new Map(program.functions.map((fn) => [`${fn.start}-${fn.end}`, fn.effects !== 0]));
  return ({ start, end }) => byPlace.get(`${start}-${end}`) ?? null;
}

const effectsOfOwner = (owner: Owner, program: Program, effects: EffectsOf): boolean =>
  owner.kind === 'Script' ? program.effects.collection !== null : effects(owner) === true;

/** Names of properties that the script, or the schema, makes. */
function propertiesOf(script: Script, schema: Schema): Set<string> {
  const found = new Set<string>();
  for (const type of schema.types.values()) for (const name of [...type.fields.keys(), ...type.methods.keys()]) found.add(name);
  for (const each of schema.enums.values()) for (const name of each.methods.keys()) found.add(name);
  walk(script, {
    enter(node) {
      if (node.kind === 'Field') found.add(node.name.name);
      else if (node.kind === 'PropertyLink') found.add(node.name.name);
      else if (node.kind === 'StringLiteral') found.add(node.value);
      return undefined;
    },
  });
  return found;
}

const LATE: Readonly<Record<Late['kind'], (what: string) => readonly [Code, string, string]>> = {
  effects: (what) => [
    'needs-change',
    `\`${what}\` changes something, but nothing here asks for a change`,
    'wrap the call: `wse(...)`, or put `wse();` before it',
  ],
  stored: (what) => ['change-under-nse', `${what} behind \`nse()\`, which says that nothing is changed`, 'leave out `nse()`'],
};

function tellLate(cx: Context, program: Program | null, effects: EffectsOf): void {
  if (program === null || cx.scope === 'node') return;
  for (const { kind, at, owner, what } of cx.late) {
    if (effectsOfOwner(owner, program, effects)) continue;
    const [code, message, reason] = LATE[kind](what);
    cx.report(code, at, message, {
      reason,
      ...(owner.kind === 'Script' || FINDINGS[code] !== 'error' ? {} : { severity: 'warning' as const }),
    });
  }
}

/** Tells of calls that no single scope has. */
function tellScopes(cx: Context): void {
  if (cx.scope !== null) return;
  let left = 7;
  const bits = { collection: 1, thingsdb: 2, node: 4 } as const;
  for (const { row, at } of cx.scoped) {
    const own = (row.scopes ?? []).reduce((mask, scope) => mask | bits[scope], 0);
    if ((left & own) === 0) {
      const before = cx.scoped[0]?.row.name ?? '';
      cx.report('mixed-scopes', at, `no scope has both \`${before}\` and \`${row.name}\``, {
        reason: 'a query runs in one scope: send two queries',
      });
      return;
    }
    left &= own;
  }
}

function tellWraps(cx: Context): void {
  for (const type of cx.schema.types.values()) {
    if (!type.wrapOnly) continue;
    for (const { name, at, effects } of type.methods.values()) {
      if (at === null || effects !== true) continue;
      cx.report('effect-in-wrap', at, `the method \`${name}\` of the wrap-only type \`${type.name}\` changes something`, {
        reason: 'wraps call it when they are told, and then nothing can be changed',
      });
    }
  }
}

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

/** Tells of changes where a comment, or the caller, says that there are none. */
function tellReadOnly(cx: Context, script: Script, source: string, directives: Directives, whole: boolean): void {
  const bodies: Script[] = whole || directives.readOnlyFile ? [script] : [];
  for (const offset of directives.readOnly) {
    const closure = closureBehind(script, offset);
    if (closure !== null) bodies.push({ ...script, body: [closure.body] });
  }
  for (const body of bodies) {
    const { collection, thingsdb } = compileScript(body, source, library, texts).effects;
    const reason = cx.scope === 'thingsdb' ? thingsdb : collection;
    if (reason === null) continue;
    cx.report('change-in-read-only', reason, `${reason.what} changes something, where a comment says that nothing is changed`);
  }
}

const byPlace = (a: Finding, b: Finding): number => a.start - b.start || a.end - b.end;

/** Analyzes a text. Never throws. */
export function analyze(source: string, options: AnalyzeOptions = {}): Analysis {
  const { script, diagnostics } = parseTolerant(source);
  const { program, problem } = compiled(script, source, diagnostics);
  const directives = readDirectives(script, source);
  const effects = effectsIn(program);
  const schema = (options.schema ?? new Schema(false)).copy();
  addDefinitions(schema, script, effects);
  const names = collectNames(script);
  const vars = new Map([...(options.vars ?? []), ...directives.vars]);
  const scope = directives.scope ?? options.scope ?? null;
  const varsKnown = options.varsKnown ?? directives.hasVars;
  const cx = new Context({ schema, names, vars, varsKnown, scope, properties: propertiesOf(script, schema) });
  new Inference(cx, script).script(script);
  tellUnused(cx, script);
  tellLate(cx, program, effects);
  tellScopes(cx);
  tellWraps(cx);
  if (program !== null) tellReadOnly(cx, script, source, directives, options.readOnly === true);
  const syntax = diagnostics.map(({ start, end, message }): Finding => ({ code: 'syntax', severity: 'error', message, start, end }));
  const all = [...syntax, ...(problem === null ? [] : [problem]), ...cx.findings];
  const findings = ruled(silenced(all, directives), options.rules ?? {}).toSorted(byPlace);
  return { source, script, diagnostics, findings, types: cx.types, names, schema, effects: program?.effects ?? null };
}

function ruled(findings: readonly Finding[], rules: NonNullable<AnalyzeOptions['rules']>): Finding[] {
  return findings.flatMap((finding) => {
    const rule = rules[finding.code];
    if (rule === 'off') return [];
    // A rule does not take back that something is less certain here.
    return [
      rule === undefined || (FINDINGS[finding.code] !== finding.severity && rule === 'error') ? finding : { ...finding, severity: rule },
    ];
  });
}
