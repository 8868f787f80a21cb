/** What all parts of a script together say, kept up to date part by part: its names, and what it defines. */
import { compactClosure } from '../../grammar/v1/compact.ts';
import { closureDefinition } from '../../grammar/v1/definition.ts';
import type { CallExpr, ClosureLiteral, Script } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { compileClosure } from '../compiler/compile.ts';
import { TiError } from '../errors.ts';
import { FactsByPart } from './facts-by-part.ts';
import { NameBag, type Names, type Places, type Use } from './names.ts';
import { factsOf, type PartFacts } from './part-facts.ts';
import type { Part } from './parts.ts';
import type { Schema } from './schema.ts';
import { addDefinitions } from './schema-script.ts';

export const texts = { compact: compactClosure, definition: closureDefinition };

const NO_PARTS = { parts: [], starts: [] };

export class ScriptFacts extends FactsByPart<PartFacts> implements Names {
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
  /** How many parts call what does not stand in the text, turn something into a plain thing, ask what is in use. */
  private calling = 0;
  private converting = 0;
  private asking = 0;
  private schema: { readonly given: Schema; readonly own: Schema } | null = null;
  private readonly effects = new WeakMap<ClosureLiteral, boolean | null>();

  protected override factsOf(part: Part, start: number): PartFacts {
    return factsOf(this.whole, part.bodyAt(start), start, this.places);
  }

  protected override count({ names, properties, converts, definitions }: PartFacts, how: 'add' | 'remove'): void {
    const by = how === 'add' ? 1 : -1;
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
    const { parts, starts } = this.layout ?? NO_PARTS;
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
      for (const part of this.layout?.parts ?? []) for (const call of this.of(part).definitions) calls.push(call);
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
      return compileClosure(closure, this.layout?.text ?? '', library, texts).main.effects !== 0;
    } catch (error) {
      // What the parser lets pass and the compiler does not is among the findings.
      if (error instanceof TiError) return null;
      throw error;
    }
  }
}
