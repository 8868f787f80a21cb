/** The checker of the 2019 dialect: from a text to all that is known of it. */
import { compactArrow } from '../../../grammar/2019/compact.ts';
import type { Diagnostic } from '../../ast/diagnostic.ts';
import type { CallExpr, Script } from '../../ast/nodes.ts';
import { library } from '../../builtins/library.ts';
import type { Effects } from '../../bytecode/program.ts';
import { compileScript2019, type Target2019 } from '../../compiler/dialect-2019/compile.ts';
import { ErrorCode, TiError } from '../../errors.ts';
import type { AnalyzeOptions } from '../analyze.ts';
import type { ScopeKind, TypesOf } from '../context.ts';
import type { Finding } from '../findings.ts';
import { changedAround, edit, type Layout, layOut } from '../parts.ts';
import { contentOf, diagnosticsOf, directivesOf, findingsIn, told, WholeScript } from '../whole.ts';
import { Findings } from './findings.ts';
import { Flow2019 } from './flow.ts';
import { PartFacts2019 } from './part-facts.ts';
import { reader2019 } from './reader.ts';
import { type Names2019, ScriptFacts2019 } from './script-facts.ts';

/** What can be told of a place in a text that is not the script, but almost. */
export interface Probe2019 {
  readonly source: string;
  /** A place before it at which the lexer is as at the start of a text. */
  readonly from: number;
  /** The statements around the place, and maybe some of those beside them. */
  readonly script: Script;
  readonly types: TypesOf;
}

export interface Analysis2019 {
  readonly script: Script;
  /** Errors of the parser. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the order of the text; syntax errors are among them. */
  readonly findings: readonly Finding[];
  readonly types: TypesOf;
  readonly names: Names2019;
  readonly target: Target2019;
  /** Null for a text that cannot be compiled. Found out when it is asked for. */
  readonly effects: Effects | null;
}

const texts = { compact: compactArrow, definition: compactArrow };

/** Whether a script is one for the root: as it is told, else as its functions tell. `mixed`: a function of the root in one for a collection. */
function targetOf(
  { rootCall, isOfCollection }: Pick<ScriptFacts2019, 'rootCall' | 'isOfCollection'>,
  scope: ScopeKind | null,
): { readonly target: Target2019; readonly mixed: CallExpr | null } {
  if (scope === 'thingsdb') return { target: 'root', mixed: null };
  if (scope !== null || rootCall === null) return { target: 'collection', mixed: null };
  return isOfCollection ? { target: 'collection', mixed: rootCall } : { target: 'root', mixed: null };
}

/** As its functions tell. */
export function targetOfScript({ body }: Script): Target2019 {
  const { root, collection } = new PartFacts2019(body);
  return targetOf({ rootCall: root, isOfCollection: collection }, null).target;
}

function effectsOf(script: Script, source: string, target: Target2019): Effects | null {
  try {
    return compileScript2019(script, source, target, library, texts).effects;
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

/** Does some work when its result is first asked for. */
function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | null = null;
  return () => {
    done ??= { result: work() };
    return done.result;
  };
}

const syntaxFinding = ({ code, start, end, message }: Diagnostic): Finding => {
  return { code: code === ErrorCode.OVERFLOW ? 'integer-too-large' : 'syntax', severity: 'error', message, start, end };
};

/** What only the whole can tell: variables that are set and never read, and functions that no single scope has. */
function tellWhole(findings: Findings, facts: ScriptFacts2019, mixed: CallExpr | null): void {
  if (mixed !== null) {
    const reason = 'a query asks the root or a collection: send two queries';
    findings.report('mixed-scopes', mixed.callee, `\`${mixed.callee.name}\` belongs to the root, and the rest to a collection`, { reason });
  }
  for (const { target } of facts.unused()) {
    const reason = 'a name that starts with `_` is taken as meant so';
    findings.report('unused-variable', target, `\`$${target.name}\` is set but never read`, { reason });
  }
}

/** A script that is checked again and again while it changes. What an earlier analysis gave must not be used behind a later one. */
export class LiveScript2019 {
  private readonly facts = new ScriptFacts2019();
  private readonly flow = new Flow2019(this.facts);
  private layout: Layout | null = null;

  /** Analyzes the text as it is now. Never throws. */
  check(source: string, { scope = null, rules = {}, readOnly = false }: AnalyzeOptions = {}): Analysis2019 {
    const layout = this.layout === null ? layOut(reader2019, source) : edit(this.layout, source);
    this.layout = layout;
    const { facts, flow } = this;
    facts.update(layout);
    const whole = new WholeScript(facts.whole, layout);
    const diagnostics = diagnosticsOf(layout);
    const directives = directivesOf(layout);
    const { target, mixed } = targetOf(facts, directives.scope ?? scope);
    const found = findingsIn(layout, flow.run(layout, target));
    const findings = new Findings();
    tellWhole(findings, facts, mixed);
    const effects = once(() => (diagnostics.length > 0 ? null : effectsOf(whole.script, layout.text, target)));
    const change = readOnly || directives.readOnlyFile ? (effects()?.collection ?? effects()?.thingsdb ?? null) : null;
    if (change !== null)
      findings.report('change-in-read-only', change, `${change.what} changes something, where a comment says that nothing is changed`);
    return {
      get script() {
        return whole.script;
      },
      diagnostics,
      findings: told([...diagnostics.map(syntaxFinding), ...found, ...findings.found], directives, rules),
      types: flow.types,
      names: facts,
      target,
      get effects() {
        return effects();
      },
    };
  }

  /** What there is to say of a place in a text that differs from the one last checked around that place. */
  probe(source: string, offset: number): Probe2019 {
    const before = this.layout ?? layOut(reader2019, '');
    const layout = edit(before, source);
    const { kept, last } = changedAround(before, layout, offset);
    this.flow.extra(layout, kept, last);
    return {
      source,
      from: layout.starts[kept] as number,
      script: { ...this.facts.whole, ...contentOf(layout, kept, last) },
      types: this.flow.types,
    };
  }
}

/** Analyzes a text. Never throws. */
export const analyze2019 = (source: string, options: AnalyzeOptions = {}): Analysis2019 => new LiveScript2019().check(source, options);
