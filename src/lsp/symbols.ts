/** What the names of a script mean: variables, types, enumerators, members, procedures, fields and methods; and where they stand. */
import type { Analysis } from '../analysis/analyze.ts';
import { type Owner, ownerOf } from '../analysis/names.ts';
import { before } from '../analysis/places.ts';
import type { Type } from '../analysis/types.ts';
import type { CallExpr, ChainExpr, Ident, Node, Span, StringLiteral } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';

export type Meaning =
  | { readonly kind: 'variable'; readonly name: string; readonly owner: Owner | null }
  | { readonly kind: 'schema'; readonly name: string }
  | { readonly kind: 'procedure'; readonly name: string }
  /** A field or method of a type, or a member or method of an enumerator. */
  | { readonly kind: 'part'; readonly of: string; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly on: Type | undefined }
  | { readonly kind: 'property'; readonly name: string; readonly on: Type | undefined };

export interface Occurrence {
  readonly meaning: Meaning;
  /** The bytes of the name, without quotes. */
  readonly span: Span;
  readonly node: Node;
  /** The word is a field and, in its short form, the variable too. */
  readonly short?: boolean;
}

/** Functions of which an argument names a procedure. */
const NAMES_PROCEDURE = new Set([
  'new_procedure',
  'mod_procedure',
  'run',
  'del_procedure',
  'rename_procedure',
  'has_procedure',
  'procedure_info',
  'procedure_doc',
]);

/** What a literal argument of a call names: parameters of rows that are called `type`, `enum` or `procedure` take such names. */
function namedBy(call: CallExpr, index: number): 'schema' | 'procedure' | null {
  if (index === 0 && NAMES_PROCEDURE.has(call.callee.name)) return 'procedure';
  const param = library.functionRow(call.callee.name)?.row.params[index]?.name;
  return param === 'type' || param === 'enum' ? 'schema' : null;
}

const inside = ({ start, end }: StringLiteral): Span => ({ start: start + 1, end: end - 1 });

/** The functions that define a type or an enumerator, and the place of its parts. */
const DEFINERS = new Set(['set_type', 'set_enum']);

class Finder {
  private readonly found: Occurrence[] = [];
  private readonly analysis: Analysis;
  private readonly owners: Owner[];
  /** Fields of definitions, by the name of what they define. */
  private readonly parts = new Map<Node, string>();

  constructor(analysis: Analysis) {
    this.analysis = analysis;
    this.owners = [analysis.names.whole];
  }

  find(root: Node): readonly Occurrence[] {
    walk(root, { enter: (node) => this.enter(node), leave: (node) => this.leave(node) });
    return this.found;
  }

  private add(meaning: Meaning, node: Node, span: Span = node, short = false): void {
    this.found.push({ meaning, node, span: { start: span.start, end: span.end }, short });
  }

  private variable(node: Ident | Extract<Node, { kind: 'Name' }>, short = false): void {
    const { names } = this.analysis;
    const { name } = node;
    const span = { start: node.start, end: node.start + name.length };
    this.add({ kind: 'variable', name, owner: ownerOf(names, name, this.owners.at(-1) as Owner) }, node, span, short);
  }

  private call(node: CallExpr): void {
    const { schema } = this.analysis;
    const { name } = node.callee;
    if (library.functionRow(name) !== undefined) this.add({ kind: 'function', name }, node.callee);
    else if (schema.types.has(name) || schema.enums.has(name)) this.add({ kind: 'schema', name }, node.callee);
    else if (schema.procedures.has(name) && !this.analysis.names.set.has(name)) this.add({ kind: 'procedure', name }, node.callee);
    else this.variable(node.callee);
    node.args.forEach((arg, i) => {
      if (arg.kind !== 'StringLiteral' || arg.value.length !== arg.raw.length - 2) return;
      const named = namedBy(node, i);
      if (named !== null) this.add({ kind: named, name: arg.value }, arg, inside(arg));
    });
    const [first, second] = node.args;
    if (!DEFINERS.has(name) || first?.kind !== 'StringLiteral' || second?.kind !== 'ThingLiteral') return;
    for (const field of second.fields) this.parts.set(field, first.value);
  }

  private chain(chain: ChainExpr): void {
    const { types, schema } = this.analysis;
    for (const link of chain.links) {
      if (link.kind !== 'PropertyLink' && link.kind !== 'MethodLink') continue;
      const base = before(chain, link);
      const on = base === null ? undefined : types.get(base);
      const { name } = link.name;
      const model = on === undefined || on.name === null ? undefined : (schema.types.get(on.name) ?? schema.enums.get(on.name));
      const hasPart = model !== undefined && (model.methods.has(name) || ('fields' in model && model.fields.has(name)));
      const isBuiltin =
        link.kind === 'MethodLink' &&
        on !== undefined &&
        library.methodTable(name).builtins.some(({ receiver }) => (receiver & on.mask) !== 0);
      if (hasPart && !isBuiltin) this.add({ kind: 'part', of: (on as Type).name as string, name }, link.name);
      else this.add({ kind: link.kind === 'MethodLink' ? 'method' : 'property', name, on }, link.name);
    }
  }

  private enter(node: Node): boolean | undefined {
    switch (node.kind) {
      case 'ClosureLiteral':
        this.owners.push(node);
        for (const param of node.params) this.variable(param);
        break;
      case 'Name':
        this.variable(node);
        break;
      case 'AssignExpr':
        this.variable(node.target);
        break;
      case 'ForExpr':
        for (const variable of node.vars) this.variable(variable);
        break;
      case 'CallExpr':
        this.call(node);
        break;
      case 'ChainExpr':
        this.chain(node);
        break;
      case 'InstanceLiteral':
        this.add({ kind: 'schema', name: node.type.name }, node.type);
        for (const field of node.fields) this.parts.set(field, node.type.name);
        break;
      case 'EnumMember':
        this.add({ kind: 'schema', name: node.type.name }, node.type);
        if (node.member.kind === 'Ident') this.add({ kind: 'part', of: node.type.name, name: node.member.name }, node.member);
        break;
      case 'Field': {
        const of = this.parts.get(node);
        if (of !== undefined) this.add({ kind: 'part', of, name: node.name.name }, node.name, node.name, node.value === null);
        if (node.value === null) this.variable(node.name, true);
        break;
      }
    }
    return undefined;
  }

  private leave(node: Node): void {
    if (node.kind === 'ClosureLiteral') this.owners.pop();
  }
}

const cache = new WeakMap<Analysis, readonly Occurrence[]>();

/** All names of a script that mean something, in no order. */
export function occurrences(analysis: Analysis): readonly Occurrence[] {
  let found = cache.get(analysis);
  if (found === undefined) {
    found = new Finder(analysis).find(analysis.script);
    cache.set(analysis, found);
  }
  return found;
}

/** The name at an offset. */
export function occurrenceAt(analysis: Analysis, offset: number): Occurrence | null {
  const around = analysis.script.body.filter(({ start, end }) => start <= offset && offset <= end);
  const found = around.flatMap((statement) => new Finder(analysis).find(statement));
  return found.find(({ span }) => span.start <= offset && offset <= span.end) ?? null;
}

/** Whether two names mean the same. Variables are of one script only. */
export function sameMeaning(a: Meaning, b: Meaning): boolean {
  if (a.kind !== b.kind || a.name !== b.name) return false;
  if (a.kind === 'variable' && b.kind === 'variable') return a.owner === b.owner;
  return a.kind !== 'part' || (b.kind === 'part' && a.of === b.of);
}

export interface Definition {
  readonly meaning: Meaning;
  readonly span: Span;
  /** The whole definition. */
  readonly whole: Span;
}

/** Where a script defines types, enumerators, procedures, and their parts. */
export function definitions(analysis: Analysis): Definition[] {
  const found: Definition[] = [];
  walk(analysis.script, {
    enter(node) {
      if (node.kind !== 'CallExpr') return undefined;
      const [first, second] = node.args;
      if (first?.kind !== 'StringLiteral') return undefined;
      const { name } = node.callee;
      const isSchema = DEFINERS.has(name) || name === 'new_type';
      if (!isSchema && name !== 'new_procedure') return undefined;
      found.push({ meaning: { kind: isSchema ? 'schema' : 'procedure', name: first.value }, span: inside(first), whole: node });
      if (DEFINERS.has(name) && second?.kind === 'ThingLiteral') {
        for (const field of second.fields)
          found.push({ meaning: { kind: 'part', of: first.value, name: field.name.name }, span: field.name, whole: field });
      }
      return undefined;
    },
  });
  return found;
}

/** Where the variable of an occurrence is first set. */
export function variableDefinition(analysis: Analysis, meaning: Meaning): Span | null {
  if (meaning.kind !== 'variable') return null;
  const sets = analysis.names.uses.filter(
    (use) =>
      use.name === meaning.name &&
      (use.kind === 'write' || use.kind === 'param') &&
      (meaning.owner === null || ownerOf(analysis.names, use.name, use.owner) === meaning.owner),
  );
  return sets.toSorted((a, b) => a.start - b.start)[0] ?? null;
}
