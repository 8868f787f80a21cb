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

/** Reads everything; never throws for what is wrong. Valid while no query runs. */
export function verifyDatabase(database: Database): Findings {
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
  for (const collection of database.collections.values()) new CollectionCheck(collection, findings).run();
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

class CollectionCheck {
  private readonly collection: Collection;
  private readonly findings: Findings;
  /** How often each thing and room is held, by its id. */
  private readonly held = new Map<number, number>();
  private readonly instances = new Map<TypeDef, number>();

  constructor(collection: Collection, findings: Findings) {
    this.collection = collection;
    this.findings = findings;
  }

  private problem(text: string): void {
    this.findings.problems.push(`collection \`${this.collection.name}\`: ${text}`);
  }

  run(): void {
    const { collection, findings } = this;
    findings.types += collection.types.size;
    findings.enums += collection.enums.size;
    findings.procedures += collection.procedures.size;
    findings.tasks += collection.tasks.items.length;
    this.held.set(collection.root.id, 1);
    let count = 0;
    for (const thing of collection.things.values()) {
      count++;
      this.guarded(`thing #${thing.id}`, () => this.thing(thing));
    }
    findings.things += count;
    if (count !== collection.things.size) this.problem(`there are ${count} things, ${collection.things.size} were counted`);
    if (collection.things.get(collection.root.id) !== collection.root) this.problem(`the root, #${collection.root.id}, is not there`);
    for (const e of collection.enums.values()) {
      for (const member of e.members.values())
        this.guarded(`${e.name}{${member.name}}`, () => this.hold(member.value, `${e.name}{${member.name}}`));
    }
    for (const task of collection.tasks.items) this.hold(task.args, `task:${task.id}`);
    this.counts();
    this.indexes();
    this.guarded('the way from the root', () => this.reach());
  }

  /** A thing that is damaged throws when it is touched. */
  private guarded(what: string, check: () => void): void {
    try {
      check();
    } catch (error) {
      this.problem(`${what} cannot be read: ${error instanceof Error ? error.message : String((error as { message?: string }).message)}`);
    }
  }

  private thing(thing: Thing): void {
    const { collection } = this;
    if (collection.things.get(thing.id) !== thing) this.problem(`thing #${thing.id} is there twice`);
    if (thing.id >= collection.nextId) this.problem(`the id of thing #${thing.id} would be given out again`);
    const type = thing.shape.type as TypeDef | null;
    if (type !== null) this.instance(thing, type);
    for (const key of thing.keys()) {
      const value = thing.get(key) as Value;
      const where = `#${thing.id}.${key}`;
      if ((value instanceof List && !value.isTuple) || value instanceof SetValue) {
        if (value.parent !== thing || value.key !== key) this.problem(`${where} is a list or set that belongs elsewhere`);
      }
      this.hold(value, where);
    }
  }

  private instance(thing: Thing, type: TypeDef): void {
    this.instances.set(type, (this.instances.get(type) ?? 0) + 1);
    if (this.collection.typesById.get(type.id) !== type || type.shape !== thing.shape)
      this.problem(`#${thing.id} is of a type that is not there`);
    if (thing.slots.length !== type.fields.length) {
      this.problem(`#${thing.id} has ${thing.slots.length} values, its type \`${type.name}\` ${type.fields.length} fields`);
    }
    if (type.instances !== null && !type.instances.has(thing))
      this.problem(`#${thing.id} is missing among the instances of \`${type.name}\``);
    for (const field of type.fields) {
      const { relation } = field;
      if (relation === null) continue;
      const value = thing.get(field.name);
      const others = value instanceof SetValue ? value.things : value instanceof Thing ? [value] : [];
      for (const other of others) {
        const back = other.get(relation.field.name);
        const leadsBack = back instanceof SetValue ? back.things.has(thing) : back === thing;
        if (!leadsBack) this.problem(`#${thing.id}.${field.name} has #${other.id}, whose \`${relation.field.name}\` does not lead back`);
      }
    }
  }

  /** Counts what a stored value holds, and looks whether it is there. */
  private hold(value: Value, where: string): void {
    const { collection } = this;
    if (value instanceof Thing) {
      if (collection.things.get(value.id) !== value) this.problem(`${where} holds #${value.id}, which is not there`);
      this.held.set(value.id, (this.held.get(value.id) ?? 0) + 1);
    } else if (value instanceof List) for (const item of value.items) this.hold(item, where);
    else if (value instanceof SetValue) for (const thing of value.things) this.hold(thing, where);
    else if (value instanceof Wrapped) this.hold(value.thing, where);
    else if (value instanceof Room) {
      if (collection.rooms.get(value.id) !== value) this.problem(`${where} holds room:${value.id}, which is not there`);
      this.held.set(value.id, (this.held.get(value.id) ?? 0) + 1);
    }
  }

  private counts(): void {
    const { collection, held } = this;
    for (const { id, refs } of [...collection.things.values(), ...collection.rooms.values()]) {
      const count = held.get(id) ?? 0;
      if (refs !== count) this.problem(`#${id} is held ${count} times, ${refs} were counted`);
      else if (count === 0) this.problem(`#${id} is held by nothing, but was not removed`);
    }
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

  private reach(): void {
    const { collection, findings } = this;
    const seen = new Set<number>();
    const stack: Value[] = [collection.root];
    for (const e of collection.enums.values()) for (const member of e.members.values()) stack.push(member.value);
    for (const task of collection.tasks.items) stack.push(task.args);
    for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
      if (value instanceof Thing) {
        if (seen.has(value.id)) continue;
        seen.add(value.id);
        for (const inside of valuesOf(value)) stack.push(inside);
      } else if (value instanceof List) for (const item of value.items) stack.push(item);
      else if (value instanceof SetValue) for (const thing of value.things) stack.push(thing);
      else if (value instanceof Wrapped) stack.push(value.thing);
    }
    findings.unreachable += Math.max(0, collection.things.size - seen.size);
  }
}
