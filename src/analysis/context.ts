/** What a walk through a script shares: what is known beforehand, and what is found. */
import type { Node, Span } from '../ast/nodes.ts';
import type { Row } from '../builtins/row.ts';
import { type Code, type Edit, FINDINGS, type Finding, type Fix, type Severity } from './findings.ts';
import type { NameSet, Names, Owner } from './names.ts';
import type { AskedSchema } from './schema.ts';
import type { Type } from './types.ts';

export type ScopeKind = 'collection' | 'thingsdb' | 'node';

/** The types of nodes. */
export type TypesOf = WeakMap<Node, Type>;

export interface More {
  readonly severity?: Severity;
  readonly reason?: string;
  /** A name that was perhaps meant; what stands in the span can be replaced by it. */
  readonly near?: string | null;
  readonly fix?: Fix;
}

/** What can only be told when the effects of the whole are known. */
export interface Late {
  /** A call of a closure that needs a change, or a change of what is stored behind `nse`. */
  readonly kind: 'effects' | 'stored';
  readonly at: Node;
  readonly owner: Owner;
  readonly what: string;
}

export class Context {
  readonly schema: AskedSchema;
  readonly names: Names;
  /** Variables that come with the query. */
  readonly vars: ReadonlyMap<string, Type>;
  /** Whether no others come with it. */
  readonly varsKnown: boolean;
  /** The kind of scope that the script runs in; null when that is not known. */
  readonly scope: ScopeKind | null;
  /** The root of the collection. */
  readonly root: Type;
  /** The type of each expression, link and variable that was met. */
  readonly types: TypesOf;
  readonly findings: Finding[] = [];
  readonly late: Late[] = [];
  /** Calls of what only some scopes have, in the order of the script. */
  readonly scoped: { readonly row: Row; readonly at: Node }[] = [];
  /** Names of properties that the script or the schema makes. */
  readonly properties: NameSet;
  /** While not 0, nothing is told: a part is walked to learn. */
  silent = 0;
  /** While not 0, what fails is not told: the script expects it. */
  quiet = 0;
  /** While not 0, it is not certain that the place is reached. */
  uncertain = 0;
  private readonly told = new Set<string>();

  constructor(given: Pick<Context, 'schema' | 'names' | 'types' | 'vars' | 'varsKnown' | 'scope' | 'root' | 'properties'>) {
    this.types = given.types;
    this.schema = given.schema;
    this.names = given.names;
    this.vars = given.vars;
    this.varsKnown = given.varsKnown;
    this.scope = given.scope;
    this.root = given.root;
    this.properties = given.properties;
  }

  report(code: Code, { start, end }: Span, message: string, more: More = {}): void {
    if (this.silent > 0) return;
    // A closure may be walked for each of several ways to it.
    const key = `${code} ${start} ${end}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    const { near, reason } = more;
    const fix = more.fix ?? (near === undefined || near === null ? undefined : rename({ start, end }, near));
    const hint = near === undefined || near === null ? '' : `; did you mean \`${near}\`?`;
    this.findings.push({
      code,
      severity: more.severity ?? FINDINGS[code],
      message: `${message}${hint}`,
      start,
      end,
      ...(reason === undefined ? {} : { reason }),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  /** As `report`, for what fails when it is reached. */
  fails(code: Code, at: Span, message: string, more: More = {}): void {
    if (this.quiet > 0) return;
    const severity = more.severity ?? FINDINGS[code];
    this.report(code, at, message, { ...more, severity: severity === 'error' && this.uncertain > 0 ? 'warning' : severity });
  }

  /** Names that a variable could have been meant to be. */
  *variableNames(): Iterable<string> {
    yield* this.names.set;
    yield* this.vars.keys();
    yield* this.schema.procedures.keys();
  }
}

function rename(at: Span, name: string): Fix {
  const edit: Edit = { start: at.start, end: at.end, text: name };
  return { title: `replace it by \`${name}\``, edits: [edit], safe: false };
}
