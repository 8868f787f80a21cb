/** What all parts of a script in the 2019 dialect together say, kept up to date part by part. */
import type { CallExpr, Script, TempAssign } from '../../ast/nodes.ts';
import { FactsByPart } from '../facts-by-part.ts';
import { NameBag, type NameSet } from '../names.ts';
import type { Part } from '../parts.ts';
import { PartFacts2019 } from './part-facts.ts';

/** The names of a script. */
export interface Names2019 {
  /** Variables that are set, and that are read. */
  readonly set: NameSet;
  readonly read: NameSet;
  /** Properties of the root, and of other things. */
  readonly globals: NameSet;
  readonly properties: NameSet;
  /** Where each variable is first set in the text. */
  readonly firstSets: ReadonlyMap<string, TempAssign>;
}

export class ScriptFacts2019 extends FactsByPart<PartFacts2019> implements Names2019 {
  /** Always the same object, with the statements that it has now. */
  readonly whole: Script = { kind: 'Script', body: [], comments: [], start: 0, end: 0 };
  readonly set = new NameBag();
  readonly read = new NameBag();
  readonly globals = new NameBag();
  readonly properties = new NameBag();
  /** How many parts have something of the root, and something of collections. */
  private rooted = 0;
  private collected = 0;

  protected override factsOf(part: Part, start: number): PartFacts2019 {
    return new PartFacts2019(part.bodyAt(start));
  }

  protected override count({ set, read, globals, properties, root, collection }: PartFacts2019, how: 'add' | 'remove'): void {
    const by = how === 'add' ? 1 : -1;
    this.set[how](set.keys());
    this.read[how](read);
    this.globals[how](globals);
    this.properties[how](properties);
    if (root !== null) this.rooted += by;
    if (collection) this.collected += by;
  }

  get firstSets(): ReadonlyMap<string, TempAssign> {
    const found = new Map<string, TempAssign>();
    for (const part of this.layout?.parts ?? []) for (const [name, node] of this.of(part).set) if (!found.has(name)) found.set(name, node);
    return found;
  }

  /** Whether something only collections have. */
  get isOfCollection(): boolean {
    return this.collected > 0;
  }

  /** The first call of a function of the root, where it is in the text; null when there is none. */
  get rootCall(): CallExpr | null {
    const { layout } = this;
    if (layout === null || this.rooted === 0) return null;
    const index = layout.parts.findIndex((part) => this.of(part).root !== null);
    const part = layout.parts[index] as Part;
    part.bodyAt(layout.starts[index] as number);
    return this.of(part).root;
  }

  /** Where variables are set that are never read, in the text. */
  unused(): TempAssign[] {
    const { layout, read } = this;
    const found: TempAssign[] = [];
    const seen = new Set<string>();
    for (const [i, part] of (layout?.parts ?? []).entries()) {
      for (const [name, node] of this.of(part).set) {
        if (read.has(name) || name.startsWith('_') || seen.has(name)) continue;
        seen.add(name);
        part.bodyAt(layout?.starts[i] as number);
        found.push(node);
      }
    }
    return found;
  }
}
