/** What the names of a script in the 2019 dialect mean, and where they stand. */
import type { Analysis2019 } from '../../analysis/dialect-2019/analyze.ts';
import { called } from '../../analysis/dialect-2019/calls.ts';
import type { ArrowLiteral, Ident, Node, Span } from '../../ast/nodes.ts';
import { walk } from '../../ast/visitor.ts';
import { CONSTANTS_2019 } from '../../builtins/dialect-2019/root.ts';

export type Meaning2019 =
  | { readonly kind: 'temp'; readonly name: string }
  /** An argument of an arrow function. */
  | { readonly kind: 'param'; readonly name: string; readonly arrow: ArrowLiteral }
  /** A property of the root of the collection. */
  | { readonly kind: 'global'; readonly name: string }
  /** A property of any other thing, or a key. */
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string; readonly isMethod: boolean }
  /** A name of the root, such as `READ`. */
  | { readonly kind: 'constant'; readonly name: string; readonly value: number };

export interface Occurrence2019 {
  readonly meaning: Meaning2019;
  /** The bytes of the name; of a variable with its `$`. */
  readonly span: Span;
  readonly node: Node;
  /** Whether it is set here. */
  readonly sets: boolean;
}

class Finder {
  readonly found: Occurrence2019[] = [];
  private readonly isRoot: boolean;
  private readonly arrows: ArrowLiteral[] = [];

  constructor({ target }: Analysis2019) {
    this.isRoot = target === 'root';
  }

  private add(meaning: Meaning2019, node: Node, sets = false, { start, end }: Span = node): void {
    this.found.push({ meaning, node, sets, span: { start, end } });
  }

  /** A bare name. */
  private name(node: Extract<Node, { kind: 'Name' }> | Ident, sets: boolean): void {
    const { name } = node;
    const arrow = this.arrows.findLast(({ params }) => params.some((param) => param.name === name));
    const value = CONSTANTS_2019.get(name);
    if (arrow !== undefined) this.add({ kind: 'param', name, arrow }, node, sets);
    else if (this.isRoot && value !== undefined) this.add({ kind: 'constant', name, value }, node);
    else if (!this.isRoot) this.add({ kind: 'global', name }, node, sets);
  }

  private call(node: Ident, isMethod: boolean): void {
    if (called.has(node.name)) this.add({ kind: 'function', name: node.name, isMethod }, node);
  }

  enter(node: Node): undefined {
    switch (node.kind) {
      case 'ArrowLiteral':
        this.arrows.push(node);
        for (const param of node.params) this.add({ kind: 'param', name: param.name, arrow: node }, param, true);
        break;
      case 'Name':
        this.name(node, false);
        break;
      case 'AssignExpr':
        this.name(node.target, true);
        break;
      case 'TempName':
        this.add({ kind: 'temp', name: node.name }, node);
        break;
      case 'TempAssign':
        this.add({ kind: 'temp', name: node.target.name }, node.target, true, {
          start: node.start,
          end: node.start + node.target.name.length + 1,
        });
        break;
      case 'CallExpr':
        this.call(node.callee, false);
        break;
      case 'MethodLink':
        this.call(node.name, true);
        break;
      case 'PropertyLink':
        this.add({ kind: 'property', name: node.name.name }, node.name, node.assign !== null);
        break;
      case 'Field':
        this.add({ kind: 'property', name: node.name.name }, node.name, true);
        break;
    }
    return undefined;
  }

  leave(node: Node): void {
    if (node.kind === 'ArrowLiteral') this.arrows.pop();
  }
}

/** The names in some statements that mean something, in the order of the text. */
export function occurrencesIn2019(analysis: Analysis2019, statements: readonly Node[]): readonly Occurrence2019[] {
  const finder = new Finder(analysis);
  for (const statement of statements) walk(statement, { enter: (node) => finder.enter(node), leave: (node) => finder.leave(node) });
  return finder.found.toSorted((a, b) => a.span.start - b.span.start);
}

const cache = new WeakMap<Analysis2019, readonly Occurrence2019[]>();

/** All names of a script that mean something, in the order of the text. */
export function occurrences2019(analysis: Analysis2019): readonly Occurrence2019[] {
  let found = cache.get(analysis);
  if (found === undefined) {
    found = occurrencesIn2019(analysis, analysis.script.body);
    cache.set(analysis, found);
  }
  return found;
}

/** The name at an offset. */
export function occurrenceAt2019(analysis: Analysis2019, offset: number): Occurrence2019 | null {
  const around = analysis.script.body.filter(({ start, end }) => start <= offset && offset <= end);
  return occurrencesIn2019(analysis, around).find(({ span }) => span.start <= offset && offset <= span.end) ?? null;
}

/** Whether two names mean the same. */
export function sameMeaning2019(a: Meaning2019, b: Meaning2019): boolean {
  return a.kind === b.kind && a.name === b.name && (a.kind !== 'param' || (b.kind === 'param' && a.arrow === b.arrow));
}
