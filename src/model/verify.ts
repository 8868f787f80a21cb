/** Checks a whole database for what must always hold: what things refer to is there, counts are right, both sides of relations tell the same. */
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { valuesOf } from './references.ts';
import type { TypeDef } from './types.ts';

export interface Findings {
  /** What is wrong, a sentence each; byte strings. At most `MAX_PROBLEMS`. */
  readonly problems: string[];
  collections: number;
  users: number;
  things: number;
  types: number;
  enums: number;
  procedures: number;
  tasks: number;
  /** Things that no way from the root leads to, though others hold them: rings that wait to be collected. */
  unreachable: number;
}

const MAX_PROBLEMS = 100;

/** Reads everything at once; never throws for what is wrong. Valid while no query runs. */
export function verifyDatabase(database: Database): Findings {
  const steps = verification(database);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** As `verifyDatabase`, thing by thing; pages of things may be let go of between two steps. */
export function* verification(database: Database): Generator<void, Findings> {
  const findings: Findings = {
    problems: [],
    collections: database.collections.size,
    users: database.users.size,
    things: 0,
    types: 0,
    enums: 0,
    procedures: database.procedures.size,
    tasks: database.tasks.items.length,
    unreachable: 0,
  };
  verifyScopes(database, findings.problems);
  for (const collection of database.collections.values()) yield* new CollectionCheck(collection, findings).run();
  if (findings.problems.length > MAX_PROBLEMS) {
    const more = findings.problems.length - MAX_PROBLEMS;
    findings.problems.splice(MAX_PROBLEMS, more, `... and ${more} more`);
  }
  return findings;
}

function verifyScopes(database: Database, problems: string[]): void {
  const names = new Set<string>();
  for (const user of database.users.values()) {
    if (database.userByName(user.name) !== user || names.has(user.name)) problems.push(`two users have the name \`${user.name}\``);
    names.add(user.name);
    if (user.id >= database.nextId) problems.push(`the id ${user.id} of user \`${user.name}\` would be given out again`);
    for (const token of user.tokens)
      if (database.userByToken(token.key) !== user) problems.push(`a token of user \`${user.name}\` belongs to another`);
  }
  for (const collection of database.collections.values()) {
    if (database.collectionsByName.get(collection.name) !== collection)
      problems.push(`two collections have the name \`${collection.name}\``);
    if (collection.id >= database.nextId)
      problems.push(`the id ${collection.id} of collection \`${collection.name}\` would be given out again`);
  }
}

/** The size of a part of `IdCounts`, a power of 2. */
const PART = 1024;

/** A number for each id, 0 at first, in little memory. */
class IdCounts {
  private readonly parts = new Map<number, Int32Array>();

  get(id: number): number {
    return this.parts.get(Math.floor(id / PART))?.[id % PART] ?? 0;
  }

  add(id: number, count: number): void {
    const number = Math.floor(id / PART);
    let part = this.parts.get(number);
    if (part === undefined) {
      part = new Int32Array(PART);
      this.parts.set(number, part);
    }
    part[id % PART] = (part[id % PART] ?? 0) + count;
  }

  /** The ids whose number is not 0, in order. */
  *ids(): Generator<number> {
    for (const number of [...this.parts.keys()].sort((a, b) => a - b)) {
      const part = this.parts.get(number) as Int32Array;
      for (let at = 0; at < PART; at++) if (part[at] !== 0) yield number * PART + at;
    }
  }
}

class CollectionCheck {
  private readonly collection: Collection;
  private readonly findings: Findings;
  /** How often each thing and room is held, by its id. */
  private readonly held = new IdCounts();
  /** Of each thing that is there, how often it is held by its own count, and 1. */
  private readonly counted = new IdCounts();
  private readonly instances = new Map<TypeDef, number>();

  constructor(collection: Collection, findings: Findings) {
    this.collection = collection;
    this.findings = findings;
  }

  private problem(text: string): void {
    this.findings.problems.push(`collection \`${this.collection.name}\`: ${text}`);
  }

  *run(): Generator<void> {
    const { collection, findings } = this;
    findings.types += collection.types.size;
    findings.enums += collection.enums.size;
    findings.procedures += collection.procedures.size;
    findings.tasks += collection.tasks.items.length;
    this.held.add(collection.root.id, 1);
    let count = 0;
    for (const thing of collection.things.values()) {
      count++;
      yield* this.guarded(`thing #${thing.id}`, () => this.thing(thing));
      yield;
    }
    findings.things += count;
    if (count !== collection.things.size) this.problem(`there are ${count} things, ${collection.things.size} were counted`);
    if (collection.things.get(collection.root.id) !== collection.root) this.problem(`the root, #${collection.root.id}, is not there`);
    for (const [value, where] of this.roots()) this.hold(value, where);
    yield* this.missing();
    this.counts();
    this.indexes();
    yield* this.reach();
  }

  /** What is stored beside things, and where. */
  private *roots(): Generator<readonly [Value, string]> {
    const { enums, tasks } = this.collection;
    for (const e of enums.values()) for (const { name, value } of e.members.values()) yield [value, `${e.name}{${name}}`];
    for (const task of tasks.items) yield [task.args, `task:${task.id}`];
  }

  /** A thing that is damaged throws when it is touched. */
  private *guarded(what: string, check: () => Generator<void>): Generator<void> {
    try {
      yield* check();
    } catch (error) {
      this.problem(`${what} cannot be read: ${error instanceof Error ? error.message : String((error as { message?: string }).message)}`);
    }
  }

  private *thing(thing: Thing): Generator<void> {
    const { collection } = this;
    this.counted.add(thing.id, 1);
    if (thing.refs < 0) this.problem(`#${thing.id} has a count of ${thing.refs}`);
    else this.counted.add(thing.id, thing.refs);
    if (thing.id >= collection.nextId) this.problem(`the id of thing #${thing.id} would be given out again`);
    for (const key of thing.keys()) {
      const value = thing.get(key) as Value;
      const where = `#${thing.id}.${key}`;
      if ((value instanceof List && !value.isTuple) || value instanceof SetValue) {
        if (value.parent !== thing || value.key !== key) this.problem(`${where} is a list or set that belongs elsewhere`);
      }
      this.hold(value, where);
    }
    const type = thing.shape.type as TypeDef | null;
    if (type !== null) yield* this.instance(thing, type);
  }

  private *instance(thing: Thing, type: TypeDef): Generator<void> {
    this.instances.set(type, (this.instances.get(type) ?? 0) + 1);
    if (this.collection.typesById.get(type.id) !== type || type.shape !== thing.shape)
      this.problem(`#${thing.id} is of a type that is not there`);
    if (thing.slots.length !== type.fields.length) {
      this.problem(`#${thing.id} has ${thing.slots.length} values, its type \`${type.name}\` ${type.fields.length} fields`);
    }
    if (type.instances !== null && !type.instances.has(thing))
      this.problem(`#${thing.id} is missing among the instances of \`${type.name}\``);
    for (const { name, relation } of type.fields) {
      if (relation === null) continue;
      const value = thing.get(name);
      const others = value instanceof SetValue ? value.things : value instanceof Thing ? [value] : [];
      for (const other of others) {
        const back = other.get(relation.field.name);
        const leadsBack = back instanceof SetValue ? back.things.has(thing) : back === thing;
        if (!leadsBack) this.problem(`#${thing.id}.${name} has #${other.id}, whose \`${relation.field.name}\` does not lead back`);
        yield;
      }
    }
  }

  /** Counts what a stored value holds. */
  private hold(value: Value, where: string): void {
    visitThings(value, (id) => this.held.add(id, 1));
    visitRooms(value, (room) => {
      if (this.collection.rooms.get(room.id) !== room) this.problem(`${where} holds room:${room.id}, which is not there`);
      this.held.add(room.id, 1);
    });
  }

  /** Looks for things that are held and not there, and, if there are any, for what holds them. */
  private *missing(): Generator<void> {
    const { collection, counted, held } = this;
    const missing = new Set<number>();
    for (const id of held.ids()) if (counted.get(id) === 0 && !collection.rooms.has(id)) missing.add(id);
    if (missing.size === 0) return;
    const tell = (value: Value, where: string): void =>
      visitThings(value, (id) => {
        if (missing.has(id)) this.problem(`${where} holds #${id}, which is not there`);
      });
    for (const thing of collection.things.values()) {
      for (const key of thing.keys()) tell(thing.get(key) as Value, `#${thing.id}.${key}`);
      yield;
    }
    for (const [value, where] of this.roots()) tell(value, where);
  }

  private counts(): void {
    for (const id of this.counted.ids()) this.count(id, this.counted.get(id) - 1);
    for (const { id, refs } of this.collection.rooms.values()) this.count(id, refs);
  }

  private count(id: number, refs: number): void {
    const count = this.held.get(id);
    if (refs !== count) this.problem(`#${id} is held ${count} times, ${refs} were counted`);
    else if (count === 0) this.problem(`#${id} is held by nothing, but was not removed`);
  }

  private indexes(): void {
    const { collection } = this;
    for (const type of collection.types.values()) {
      const count = this.instances.get(type) ?? 0;
      if (type.instances !== null && type.instances.size !== count) {
        this.problem(`type \`${type.name}\` has ${count} instances, ${type.instances.size} in its index`);
      }
      for (const { name, relation } of type.fields) {
        if (relation !== null && relation.field.relation?.type !== type)
          this.problem(`the relation of \`${type.name}.${name}\` has one side only`);
      }
    }
    for (const [name, room] of collection.roomsByName) {
      if (room.name !== name || collection.rooms.get(room.id) !== room) this.problem(`the room \`${name}\` is not there`);
    }
  }

  private *reach(): Generator<void> {
    const { collection, findings } = this;
    const seen = new IdCounts();
    const waiting: number[] = [];
    const meet = (id: number): void => {
      if (seen.get(id) !== 0) return;
      seen.add(id, 1);
      waiting.push(id);
    };
    meet(collection.root.id);
    for (const [value] of this.roots()) visitThings(value, meet);
    let count = 0;
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const thing = collection.things.get(id);
      // What is missing or damaged has been told.
      if (thing === undefined) continue;
      count++;
      for (const value of valuesOf(thing)) visitThings(value, meet);
      yield;
    }
    findings.unreachable += collection.things.size - count;
  }
}

/** Calls `visit` with the id of each thing that a stored value holds, as often as it holds it. */
function visitThings(value: Value, visit: (id: number) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Thing) visit(value.id);
  else if (value instanceof List) for (const item of value.items) visitThings(item, visit);
  else if (value instanceof SetValue) for (const { id } of value.things) visit(id);
  else if (value instanceof Wrapped) visit(value.thing.id);
}

function visitRooms(value: Value, visit: (room: Room) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Room) visit(value);
  else if (value instanceof List) for (const item of value.items) visitRooms(item, visit);
}
