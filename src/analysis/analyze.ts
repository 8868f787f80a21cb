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
import { addDefinitions, addScript, DefiningNodes, type EffectsOf } from './schema-script.ts';
import { THING, type Type } from './types.ts';
import { Assignments, tellUnused } from './variables.ts';

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
  /** The text of a script that a comment loads (a byte string), by its path there; null when there is none. Without it, nothing is known of such scripts. */
  readonly load?: (path: string) => string | null;
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
  readonly types: ReadonlyMap<Node, Type>;
  readonly names: Names;
  /** What the script can use: what was given, and what it defines. */
  readonly schema: Schema;
  /** Null for a text that cannot be compiled. Found out when it is asked for. */
  readonly effects: Effects | null;
}

const texts = { compact: compactClosure, definition: closureDefinition };

/** Compiles a script when its program is first asked for; null when it cannot be. */
function compiler(script: Script, source: string, diagnostics: readonly Diagnostic[]): () => Program | null {
  let program: Program | null | undefined;
  return () => {
    if (program === undefined) program = diagnostics.length > 0 ? null : compiled(script, source);
    return program;
  };
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

/** The effects of each closure of the text, as the compiler sees them. */
function effectsIn(compile: () => Program | null): EffectsOf {
  let byPlace: Map<string, boolean> | null = null;
  return ({ start, end }) => {
    byPlace ??= new Map((compile()?.functions ?? []).map((fn) => [`${fn.start}-${fn.end}`, fn.effects !== 0]));
    return byPlace.get(`${start}-${end}`) ?? null;
  };
}

const effectsOfOwner = (owner: Owner, program: Program, effects: EffectsOf): boolean =>
  owner.kind === 'Script' ? program.effects.collection !== null : effects(owner) === true;

/** Adds the names of properties that a schema makes. */
function addProperties(found: Set<string>, schema: Schema): void {
  for (const type of schema.types.values()) for (const name of [...type.fields.keys(), ...type.methods.keys()]) found.add(name);
  for (const each of schema.enums.values()) for (const name of each.methods.keys()) found.add(name);
}

const LATE: Readonly<Record<Late['kind'], (what: string) => readonly [Code, string, string]>> = {
  effects: (what) => [
    'needs-change',
    `\`${what}\` changes something, but nothing here asks for a change`,
    'wrap the call: `wse(...)`, or put `wse();` before it',
  ],
  stored: (what) => ['change-under-nse', `${what} behind \`nse()\`, which says that nothing is changed`, 'leave out `nse()`'],
};

function tellLate(cx: Context, compile: () => Program | null, effects: EffectsOf): void {
  if (cx.late.length === 0 || cx.scope === 'node') return;
  const program = compile();
  if (program === null) return;
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
  const bodies: Script[] = whole ? [script] : [];
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

export const byPlace = (a: Finding, b: Finding): number => a.start - b.start || a.end - b.end;

/** Notes what the scripts define that run before this one. Gives what is wrong with them. */
function loadScripts({ load }: AnalyzeOptions, { loads }: Directives, schema: Schema, properties: Set<string>): Finding[] {
  if (load === undefined) return [];
  return loads.flatMap(({ path, comment: { start, end } }): Finding[] => {
    const text = load(path);
    if (text === null) return [{ code: 'unused-directive', severity: 'warning', start, end, message: `cannot read \`${path}\`` }];
    const { script } = parseTolerant(text);
    addScript(schema, script);
    walk(script, {
      enter(node) {
        addPropertyName(properties, node);
        return undefined;
      },
    });
    return [];
  });
}

/** Notes a name that some thing may have as a property. */
function addPropertyName(found: Set<string>, node: Node): void {
  if (node.kind === 'Field' || node.kind === 'PropertyLink') found.add(node.name.name);
  else if (node.kind === 'StringLiteral') found.add(node.value);
}

/** Analyzes a text. Never throws. */
export function analyze(source: string, options: AnalyzeOptions = {}): Analysis {
  const { script, diagnostics } = parseTolerant(source);
  const compile = compiler(script, source, diagnostics);
  const directives = readDirectives(script, source);
  const effects = effectsIn(compile);
  const schema = (options.schema ?? new Schema(false)).copy();
  const defining = new DefiningNodes();
  const assignments = new Assignments();
  const properties = new Set<string>();
  const names = collectNames(script, (node, parent) => {
    defining.enter(node);
    assignments.enter(node, parent);
    addPropertyName(properties, node);
  });
  const problems = loadScripts(options, directives, schema, properties);
  addDefinitions(schema, defining, effects);
  addProperties(properties, schema);
  const cx = new Context({ schema, names, properties, ...given(options, directives) });
  new Inference(cx, script).script(script);
  tellUnused(cx, assignments);
  tellLate(cx, compile, effects);
  tellScopes(cx);
  tellWraps(cx);
  const readOnly = options.readOnly === true || directives.readOnlyFile;
  if ((readOnly || directives.readOnly.length > 0) && compile() !== null) tellReadOnly(cx, script, source, directives, readOnly);
  const syntax = diagnostics.map(({ start, end, message }): Finding => ({ code: 'syntax', severity: 'error', message, start, end }));
  const findings = ruled(silenced([...syntax, ...problems, ...cx.findings], directives), options.rules ?? {}).toSorted(byPlace);
  return {
    source,
    script,
    diagnostics,
    findings,
    types: cx.types,
    names,
    schema,
    get effects() {
      return compile()?.effects ?? null;
    },
  };
}

/** What is known from outside: comments stand over options. */
function given(options: AnalyzeOptions, directives: Directives): Pick<Context, 'vars' | 'varsKnown' | 'scope' | 'root'> {
  return {
    vars: new Map([...(options.vars ?? []), ...directives.vars]),
    varsKnown: options.varsKnown ?? directives.hasVars,
    scope: directives.scope ?? options.scope ?? null,
    root: options.root ?? THING,
  };
}

export function ruled(findings: readonly Finding[], rules: NonNullable<AnalyzeOptions['rules']>): Finding[] {
  return findings.flatMap((finding) => {
    const rule = rules[finding.code];
    if (rule === 'off') return [];
    // A rule does not take back that something is less certain here.
    return [
      rule === undefined || (FINDINGS[finding.code] !== finding.severity && rule === 'error') ? finding : { ...finding, severity: rule },
    ];
  });
}
