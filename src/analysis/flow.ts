/** Types and findings along the flow of a script, part by part. */
import type { Expr } from '../ast/nodes.ts';
import type { Row } from '../builtins/row.ts';
import { Context, type Late, type ScopeKind, type TypesOf } from './context.ts';
import { Env } from './env.ts';
import type { Finding } from './findings.ts';
import { InUse } from './in-use.ts';
import { Inference, type Reached } from './infer.ts';
import { PartFlow, type PartResult } from './part-flow.ts';
import type { Layout, Part } from './parts.ts';
import { type Schema, WatchedSchema } from './schema.ts';
import type { ScriptFacts } from './script-facts.ts';
import { THING, type Type } from './types.ts';
import { membership, type Source, sameType, Watched } from './watched.ts';

/** What is known from outside of the script. */
export interface Given {
  readonly vars: ReadonlyMap<string, Type>;
  readonly varsKnown: boolean;
  readonly scope: ScopeKind | null;
  /** What is known of the root of the collection. */
  readonly root: Type;
}

/** What the parts before, and the script as a whole, say to a part. */
interface Around {
  /** Filled on the way. */
  readonly known: Map<string, Type>;
  readonly set: Source<true>;
  readonly shared: Source<true>;
  readonly changedFromWithin: Source<true>;
  readonly properties: Source<true>;
  readonly schema: Schema;
  readonly reached: Reached;
}

const isTrue = (): boolean => true;

class Result implements PartResult<Around> {
  /** Where the part started then. */
  readonly start: number;
  readonly before: Reached;
  readonly known: Watched<Type>;
  readonly set: Watched<true>;
  readonly shared: Watched<true>;
  readonly changedFromWithin: Watched<true>;
  readonly properties: Watched<true>;
  readonly schema: WatchedSchema;
  after: Reached;
  /** What it makes of variables. */
  sets: ReadonlyMap<string, Type> = new Map();
  findings: readonly Finding[] = [];
  late: readonly Late[] = [];
  scoped: readonly { readonly row: Row; readonly at: Expr | Late['at'] }[] = [];
  /** The index of the first statement that is never reached; null when there is none. */
  unreachable: number | null = null;

  constructor(start: number, around: Around) {
    this.start = start;
    this.before = around.reached;
    this.after = around.reached;
    this.known = new Watched(around.known, sameType);
    this.set = new Watched(around.set, isTrue);
    this.shared = new Watched(around.shared, isTrue);
    this.changedFromWithin = new Watched(around.changedFromWithin, isTrue);
    this.properties = new Watched(around.properties, isTrue);
    this.schema = new WatchedSchema(around.schema);
  }

  holds(around: Around): boolean {
    const { promised, uncertain } = around.reached;
    return (
      promised === this.before.promised &&
      uncertain === this.before.uncertain &&
      this.known.holds(around.known) &&
      this.set.holds(around.set) &&
      this.shared.holds(around.shared) &&
      this.changedFromWithin.holds(around.changedFromWithin) &&
      this.properties.holds(around.properties) &&
      this.schema.holds(around.schema)
    );
  }
}

const START: Reached = { promised: false, uncertain: 0, dead: false };

/** One statement that is never reached: part and index in it. */
export interface Unreachable {
  readonly part: number;
  readonly index: number;
}

export class Flow extends PartFlow<Around, Result> {
  readonly types: TypesOf = new WeakMap();
  private readonly facts: ScriptFacts;
  private given: Given = { vars: new Map(), varsKnown: false, scope: null, root: THING };

  constructor(facts: ScriptFacts) {
    super();
    this.facts = facts;
  }

  /** Nothing that was found before holds with other things given. */
  private take(given: Given): void {
    const { vars, varsKnown, scope, root } = this.given;
    const isSame =
      varsKnown === given.varsKnown &&
      scope === given.scope &&
      root === given.root &&
      vars.size === given.vars.size &&
      [...vars].every(([name, type]) => sameType(type, given.vars.get(name) ?? type) && given.vars.has(name));
    if (!isSame) this.forget();
    this.given = given;
  }

  private start(schema: Schema): Around {
    const { set, shared, changedFromWithin, properties } = this.facts;
    return {
      known: new Map(),
      set: membership(set),
      shared: membership(shared),
      changedFromWithin: membership(changedFromWithin),
      properties: membership(withModels(properties, schema)),
      schema,
      reached: START,
    };
  }

  protected override behind({ sets, after }: Result, around: Around): Around {
    for (const [name, type] of sets) around.known.set(name, type);
    return { ...around, reached: after };
  }

  /** Goes through a script. Gives the results of its parts, up to where it is never reached, and the first statement that is not. */
  run(layout: Layout, schema: Schema, given: Given): { results: Result[]; unreachable: Unreachable | null } {
    this.take(given);
    const results = this.follow(layout, this.start(schema));
    let isOver = false;
    for (const [i, { unreachable, after }] of results.entries()) {
      const isEmpty = layout.parts[i]?.body.length === 0;
      if (isOver && !isEmpty) return { results: results.slice(0, i), unreachable: { part: i, index: 0 } };
      if (unreachable !== null) return { results: results.slice(0, i + 1), unreachable: { part: i, index: unreachable } };
      isOver = after.dead || (isOver && isEmpty);
    }
    return { results, unreachable: null };
  }

  /** Infers the types in parts that are no parts of the script, and would follow its first `kept` ones. */
  extra(layout: Layout, kept: number, upTo: number, schema: Schema): void {
    this.followAside(layout, kept, upTo, this.start(schema));
  }

  protected override infer(part: Part, start: number, around: Around): Result {
    const result = new Result(start, around);
    const { set, shared, changedFromWithin, properties, schema, known } = result;
    const { facts } = this;
    const names = {
      set,
      shared,
      changedFromWithin,
      places: facts.places,
      whole: facts.whole,
      locals: facts.locals,
      read: facts.read,
      uses: [],
      callsOthers: false,
    };
    const cx = new Context({ ...this.given, schema, names, properties, types: this.types });
    const inference = new Inference(cx, facts.whole, around.reached);
    inference.env = new Env(null, known);
    result.unreachable = inference.part(part.bodyAt(start));
    new InUse(cx).tell(part.body);
    result.after = inference.reached;
    result.sets = inference.env.known;
    result.findings = cx.findings;
    result.late = cx.late;
    result.scoped = cx.scoped;
    return result;
  }
}

/** Names of properties that the script or the schema makes. */
function withModels(properties: ScriptFacts['properties'], schema: Schema): { has(name: string): boolean } & Iterable<string> {
  const { modelled } = schema;
  return { has: (name) => properties.has(name) || modelled.has(name), [Symbol.iterator]: () => properties[Symbol.iterator]() };
}
