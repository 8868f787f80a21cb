/** What all parts of a script together say, kept up to date part by part: its names, and what it defines. */
import { compactClosure } from '../../grammar/v1/compact.ts';
import { closureDefinition } from '../../grammar/v1/definition.ts';
import type { CallExpr, ClosureLiteral, Script } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { compileClosure } from '../compiler/compile.ts';
import { TiError } from '../errors.ts';
import { NameBag, type Names, type Places, type Use } from './names.ts';
import { factsOf, type PartFacts } from './part-facts.ts';
import type { Layout, Part } from './parts.ts';
import type { Schema } from './schema.ts';
import { addDefinitions } from './schema-script.ts';

export const texts = { compact: compactClosure, definition: closureDefinition };

export class ScriptFacts implements Names {
  /** The script itself, as the owner of variables: always the same object, with the statements that it has now. */
  readonly whole: Script = { kind: 'Script', body: [], comments: [], start: 0, end: 0 };
  readonly places: Places = { outer: new WeakMap(), scopes: new WeakMap(), setIn: new WeakMap() };
  readonly locals = new NameBag();
  readonly set = new NameBag();
  readonly read = new NameBag();
  readonly changedFromWithin = new NameBag();
  readonly shared = new NameBag();
  readonly properties = new NameBag();
  private readonly called = new NameBag();
  private readonly facts = new WeakMap<Part, PartFacts>();
  /** How many parts call what does not stand in the text, turn something into a plain thing, ask what is in use. */
  private calling = 0;
  private converting = 0;
  private asking = 0;
  private layout: Layout = { text: '', parts: [], starts: [] };
  private schema: { readonly given: Schema; readonly own: Schema } | null = null;
  private readonly effects = new WeakMap<ClosureLiteral, boolean | null>();

  /** Goes over to another text, which shares parts with the one before at both ends. */
  update(layout: Layout): void {
    const { parts: old } = this.layout;
    const { parts, starts } = layout;
    const most = Math.min(old.length, parts.length);
    let kept = 0;
    while (kept < most && old[kept] === parts[kept]) kept++;
    let same = 0;
    while (same < most - kept && old[old.length - 1 - same] === parts[parts.length - 1 - same]) same++;
    for (const part of old.slice(kept, old.length - same)) this.count(this.of(part), 'remove', -1);
    for (let i = kept; i < parts.length - same; i++) this.count(this.find(parts[i] as Part, starts[i] as number), 'add', 1);
    this.layout = layout;
  }

  /** The facts of a part of the text. */
  of(part: Part): PartFacts {
    return this.facts.get(part) as PartFacts;
  }

  /** Finds the facts of a part that may be no part of the text. */
  find(part: Part, start: number): PartFacts {
    const found = this.facts.get(part) ?? factsOf(this.whole, part.bodyAt(start), start, this.places);
    this.facts.set(part, found);
    return found;
  }

  private count({ names, properties, converts, definitions }: PartFacts, how: 'add' | 'remove', by: 1 | -1): void {
    this.locals[how](names.locals);
    this.set[how](names.set);
    this.read[how](names.read);
    this.changedFromWithin[how](names.changedFromWithin);
    this.shared[how](names.shared);
    this.called[how](names.called);
    this.properties[how](properties);
    if (names.callsOthers) this.calling += by;
    if (names.asksForUse) this.asking += by;
    if (converts) this.converting += by;
    if (converts || definitions.length > 0) this.schema = null;
  }

  get callsOthers(): boolean {
    return this.calling > 0 || [...this.called].some((name) => !this.set.has(name));
  }

  get asksForUse(): boolean {
    return this.asking > 0;
  }

  get uses(): readonly Use[] {
    const { parts, starts } = this.layout;
    return parts.flatMap((part, i) => {
      const { names, start } = this.of(part);
      const by = (starts[i] as number) - start;
      return by === 0 ? names.uses : names.uses.map((use) => ({ ...use, start: use.start + by, end: use.end + by }));
    });
  }

  /** What the script can use: what is there, and what it defines. */
  schemaWith(given: Schema): Schema {
    if (this.schema?.given !== given) {
      const own = given.copy();
      const calls: CallExpr[] = [];
      for (const part of this.layout.parts) for (const call of this.of(part).definitions) calls.push(call);
      addDefinitions(own, { calls, converts: this.converting > 0 }, (closure) => this.effectsOf(closure));
      this.schema = { given, own };
    }
    return this.schema.own;
  }

  /** Whether a closure of the text needs a change; null when it cannot be compiled. */
  effectsOf(closure: ClosureLiteral): boolean | null {
    let known = this.effects.get(closure);
    if (known === undefined) {
      known = this.compiledEffects(closure);
      this.effects.set(closure, known);
    }
    return known;
  }

  private compiledEffects(closure: ClosureLiteral): boolean | null {
    try {
      return compileClosure(closure, this.layout.text, library, texts).main.effects !== 0;
    } catch (error) {
      // What the parser lets pass and the compiler does not is among the findings.
      if (error instanceof TiError) return null;
      throw error;
    }
  }
}
