/** Types and findings along the flow of a script in the 2019 dialect, part by part. */
import type { Target2019 } from '../../compiler/dialect-2019/compile.ts';
import type { TypesOf } from '../context.ts';
import { Env } from '../env.ts';
import type { Finding } from '../findings.ts';
import { PartFlow, type PartResult } from '../part-flow.ts';
import type { Layout, Part } from '../parts.ts';
import type { Type } from '../types.ts';
import { membership, type Source, sameType, Watched } from '../watched.ts';
import { Env2019, Properties } from './env.ts';
import { Findings } from './findings.ts';
import { Inference2019 } from './infer.ts';
import { RootInference2019 } from './infer-root.ts';
import type { ScriptFacts2019 } from './script-facts.ts';

/** What the parts before, and the script as a whole, say to a part. */
interface Around {
  /** Filled on the way. */
  readonly temps: Map<string, Type>;
  readonly properties: Map<string, Type>;
  readonly set: Source<true>;
}

class Result implements PartResult<Around> {
  /** Where the part started then. */
  readonly start: number;
  readonly findings: readonly Finding[];
  /** What it makes of variables and properties. */
  readonly temps: ReadonlyMap<string, Type>;
  readonly properties: Properties['learnt'];
  private readonly known: readonly [Watched<Type>, Watched<Type>, Watched<true>];

  constructor(part: Part, start: number, { temps, properties, set }: Around, target: Target2019, types: TypesOf) {
    this.start = start;
    const known = [new Watched(temps, sameType), new Watched(properties, sameType), new Watched(set, () => true)] as const;
    this.known = known;
    const env = new Env2019(new Env(null, known[0]), new Properties(null, known[1]));
    const findings = new Findings();
    const inference = target === 'root' ? new RootInference2019(findings, types) : new Inference2019(findings, types, known[2], env);
    for (const statement of part.bodyAt(start)) inference.statement(statement);
    this.findings = findings.found;
    this.temps = env.temps.known;
    this.properties = env.properties.learnt;
  }

  holds({ temps, properties, set }: Around): boolean {
    const [knownTemps, knownProperties, knownSet] = this.known;
    return knownTemps.holds(temps) && knownProperties.holds(properties) && knownSet.holds(set);
  }
}

export class Flow2019 extends PartFlow<Around, Result> {
  types: TypesOf = new WeakMap();
  private readonly facts: ScriptFacts2019;
  private target: Target2019 = 'collection';

  constructor(facts: ScriptFacts2019) {
    super();
    this.facts = facts;
  }

  private start(): Around {
    return { temps: new Map(), properties: new Map(), set: membership(this.facts.set) };
  }

  protected override behind({ temps, properties }: Result, around: Around): Around {
    for (const [name, type] of temps) around.temps.set(name, type);
    if (properties.cleared) around.properties.clear();
    for (const [name, type] of properties.types) around.properties.set(name, type);
    return around;
  }

  protected override infer(part: Part, start: number, around: Around): Result {
    return new Result(part, start, around, this.target, this.types);
  }

  /** Goes through a script. Gives the results of its parts. */
  run(layout: Layout, target: Target2019): Result[] {
    if (target !== this.target) {
      this.forget();
      this.types = new WeakMap();
    }
    this.target = target;
    return this.follow(layout, this.start());
  }

  /** Infers the types in parts that are no parts of the script, and would follow its first `kept` ones. */
  extra(layout: Layout, kept: number, last: number): void {
    this.followAside(layout, kept, last, this.start());
  }
}
