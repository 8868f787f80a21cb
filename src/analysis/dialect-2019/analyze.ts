/** The checker of the 2019 dialect: from a text to all that is known of it. */
import { compactArrow } from '../../../grammar/2019/compact.ts';
import { parseTolerant } from '../../../grammar/2019/parser.ts';
import type { Diagnostic } from '../../ast/diagnostic.ts';
import type { CallExpr, Node, Script } from '../../ast/nodes.ts';
import { library } from '../../builtins/library.ts';
import type { Effects } from '../../bytecode/program.ts';
import { compileScript2019, type Target2019 } from '../../compiler/dialect-2019/compile.ts';
import { ErrorCode, TiError } from '../../errors.ts';
import { type AnalyzeOptions, byPlace, ruled } from '../analyze.ts';
import type { ScopeKind } from '../context.ts';
import { readDirectives, silenced } from '../directives.ts';
import type { Finding } from '../findings.ts';
import type { Type } from '../types.ts';
import { Findings } from './findings.ts';
import { Inference2019 } from './infer.ts';
import { RootInference2019 } from './infer-root.ts';
import { placesOf, type Temps, tempsOf } from './scan.ts';

export interface Analysis2019 {
  readonly script: Script;
  /** Errors of the parser. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the order of the text; syntax errors are among them. */
  readonly findings: readonly Finding[];
  readonly types: ReadonlyMap<Node, Type>;
  readonly temps: Temps;
  readonly target: Target2019;
  /** Null for a text that cannot be compiled. */
  readonly effects: Effects | null;
}

const texts = { compact: compactArrow, definition: compactArrow };

/** Whether a script is one for the root: as it is told, else as its functions tell. */
export function targetOf(script: Script, scope: ScopeKind | null): { readonly target: Target2019; readonly mixed: CallExpr | null } {
  const { root, collection } = placesOf(script);
  if (scope === 'thingsdb') return { target: 'root', mixed: null };
  if (scope !== null || root === null) return { target: 'collection', mixed: null };
  return collection ? { target: 'collection', mixed: root } : { target: 'root', mixed: null };
}

/** Variables that are set and never read. */
function tellUnused(findings: Findings, { set, read }: Temps): void {
  for (const [name, [first]] of set) {
    if (read.has(name) || name.startsWith('_') || first === undefined) continue;
    const reason = 'a name that starts with `_` is taken as meant so';
    findings.report('unused-variable', first.target, `\`$${name}\` is set but never read`, { reason });
  }
}

function effectsOf(script: Script, source: string, target: Target2019): Effects | null {
  try {
    return compileScript2019(script, source, target, library, texts).effects;
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

/** Analyzes a text. Never throws. */
export function analyze2019(source: string, { scope = null, rules = {}, readOnly = false }: AnalyzeOptions = {}): Analysis2019 {
  const { script, diagnostics } = parseTolerant(source);
  const directives = readDirectives(script.comments, source);
  const { target, mixed } = targetOf(script, directives.scope ?? scope);
  const findings = new Findings();
  const temps = tempsOf(script);
  const inference = target === 'root' ? new RootInference2019(findings) : new Inference2019(findings, temps);
  for (const statement of script.body) inference.statement(statement);
  if (mixed !== null) {
    const reason = 'a query asks the root or a collection: send two queries';
    findings.report('mixed-scopes', mixed.callee, `\`${mixed.callee.name}\` belongs to the root, and the rest to a collection`, { reason });
  }
  tellUnused(findings, temps);
  const effects = diagnostics.length > 0 ? null : effectsOf(script, source, target);
  const change = effects?.collection ?? effects?.thingsdb ?? null;
  if ((readOnly || directives.readOnlyFile) && change !== null)
    findings.report('change-in-read-only', change, `${change.what} changes something, where a comment says that nothing is changed`);
  const syntax = diagnostics.map(({ code, start, end, message }): Finding => {
    return { code: code === ErrorCode.OVERFLOW ? 'integer-too-large' : 'syntax', severity: 'error', message, start, end };
  });
  const found = ruled(silenced([...syntax, ...findings.found], directives), rules).toSorted(byPlace);
  return { script, diagnostics, findings: found, types: inference.types, temps, target, effects };
}
