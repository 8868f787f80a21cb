/** What the parts of a script say by themselves, and all of them together: kept up to date part by part. */
import type { Layout, Part } from './parts.ts';

export abstract class FactsByPart<F> {
  protected layout: Layout | null = null;
  private readonly facts = new WeakMap<Part, F>();

  protected abstract factsOf(part: Part, start: number): F;

  /** Adds the facts of a part to those of the whole, or takes them away. */
  protected abstract count(facts: F, how: 'add' | 'remove'): void;

  /** Goes over to another text, which shares parts with the one before at both ends. */
  update(layout: Layout): void {
    const old = this.layout?.parts ?? [];
    const { parts, starts } = layout;
    const most = Math.min(old.length, parts.length);
    let kept = 0;
    while (kept < most && old[kept] === parts[kept]) kept++;
    let same = 0;
    while (same < most - kept && old[old.length - 1 - same] === parts[parts.length - 1 - same]) same++;
    for (const part of old.slice(kept, old.length - same)) this.count(this.of(part), 'remove');
    for (let i = kept; i < parts.length - same; i++) this.count(this.find(parts[i] as Part, starts[i] as number), 'add');
    this.layout = layout;
  }

  /** The facts of a part of the text. */
  of(part: Part): F {
    return this.facts.get(part) as F;
  }

  /** Finds the facts of a part that may be no part of the text. */
  find(part: Part, start: number): F {
    const found = this.facts.get(part) ?? this.factsOf(part, start);
    this.facts.set(part, found);
    return found;
  }
}
