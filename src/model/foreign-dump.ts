/**
 * Dumps that the reference server writes (`export({dump: true})` there), read into a collection that nobody sees. The format was learned from such dumps.
 *
 * A dump is a MessagePack array: a version of the format, the version of the server, then steps, each an array of a number and its operands. Operands that
 * are told as a map stand in a fixed order under keys that are empty.
 */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { Collection } from './collection.ts';
import { EnumDef } from './enums.ts';
import { damaged, ForeignValues, idHere } from './foreign-values.ts';
import { readBool, readCount, readInt, readStr } from './read.ts';
import { parseRestriction } from './restrictions.ts';
import type { FieldRule } from './rules.ts';
import { addType, type ClosureLoader, collectionContext, fieldOf, setAutoIndex, typeById } from './schema-records.ts';
import { argsFor } from './tasks.ts';
import { FieldDef, type TypeDef } from './types.ts';
import { ruleOf } from './types-define.ts';

const Step = {
  RELATION: 25,
  PROCEDURE: 32,
  NEW_TYPE: 35,
  TYPE: 51,
  TASK: 59,
  TASK_ARGS: 63,
  NEW_ENUM: 75,
  ENUM: 76,
  ROOT: 77,
  ROOM_NAME: 79,
} as const;

/** Reads a dump of the reference server. Throws for bytes that are none; some of the errors are TiErrors of definitions and closures. */
export function readForeignDump(data: Uint8Array, load: ClosureLoader): Collection {
  return new ForeignDump(data, load).read();
}

class ForeignDump extends ForeignValues {
  private hasRoot = false;

  constructor(data: Uint8Array, load: ClosureLoader) {
    const made = new Collection(0, 'dump', 0, 0);
    super(new MsgpackReader(data), made, collectionContext(made, load), load);
    // It gets the id that the root has in the dump.
    this.made.things.delete(0);
  }

  read(): Collection {
    const { r, made } = this;
    const steps = readCount(r) - 2;
    readInt(r);
    readStr(r);
    for (let left = steps; left > 0; left--) {
      readCount(r);
      this.step(readInt(r));
    }
    if (!this.hasRoot) throw damaged('it has no root');
    for (const task of made.tasks.items) if (task.closure === null) throw damaged('a task without closure');
    made.tasks.settle();
    return made;
  }

  private step(step: number): void {
    switch (step) {
      case Step.NEW_ENUM:
        this.newEnum();
        break;
      case Step.NEW_TYPE:
        this.newType();
        break;
      case Step.TYPE:
        this.defineType();
        break;
      case Step.TASK:
        this.task();
        break;
      case Step.ROOT:
        this.rootThing();
        break;
      case Step.ENUM:
        this.defineEnum();
        break;
      case Step.TASK_ARGS:
        this.taskArgs();
        break;
      case Step.RELATION:
        this.relation();
        break;
      case Step.PROCEDURE:
        this.procedure();
        break;
      case Step.ROOM_NAME:
        readCount(this.r);
        this.made.nameRoom(this.cx.room(readInt(this.r)), readStr(this.r));
        break;
      default:
        throw damaged(`there is no step ${step}`);
    }
  }

  // --- operands ---

  /** The head of a map with operands; they are read by `int` and the like. */
  private operands(): void {
    if (this.r.next() !== Tok.MAP) throw damaged('expected a map');
  }

  private key(): void {
    if (readStr(this.r) !== '') throw damaged('an operand with a name');
  }

  private int(): number {
    this.key();
    return readInt(this.r);
  }

  private str(): string {
    this.key();
    return readStr(this.r);
  }

  private bool(): boolean {
    this.key();
    return readBool(this.r);
  }

  private count(): number {
    this.key();
    return readCount(this.r);
  }

  // --- types and enumerators ---

  private newEnum(): void {
    this.operands();
    const id = idHere(this.int());
    const createdAt = this.int();
    const enumeration = new EnumDef(id, this.str(), createdAt);
    this.int();
    for (let left = this.count(); left > 0; left--) enumeration.add(readStr(this.r), null);
    this.made.enums.set(enumeration.name, enumeration);
    this.made.enumsById.set(id, enumeration);
    this.made.nextEnumId = Math.max(this.made.nextEnumId, id + 1);
  }

  private defineEnum(): void {
    this.operands();
    const enumeration = this.made.enumsById.get(idHere(this.int()));
    if (enumeration === undefined) throw damaged('no such enumerator');
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      const member = enumeration.members.get(readStr(this.r));
      if (member === undefined) throw damaged('no such member');
      member.value = this.value();
    }
    const methods: [string, Closure][] = [];
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      methods.push([readStr(this.r), this.closure()]);
    }
    enumeration.methods.assign(methods);
  }

  private newType(): void {
    this.operands();
    const id = idHere(this.int());
    const createdAt = this.int();
    addType(this.made, id, this.str(), createdAt);
    // What follows comes with the definition again.
    for (let left = 3; left > 0; left--) this.bool();
  }

  private defineType(): void {
    this.operands();
    const type = typeById(this.made, idHere(this.int()));
    type.modifiedAt = this.int() || null;
    type.wrapOnly = this.bool();
    type.hideId = this.bool();
    setAutoIndex(type, this.bool());
    const fields: FieldDef[] = [];
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      const name = readStr(this.r);
      const definition = this.definition();
      if (definition === '#') type.idName = name;
      else fields.push(new FieldDef(name, ruleOf(this.made, type, name, definition)));
    }
    type.setFields(fields);
    this.key();
    const methods: [string, Closure][] = [];
    if (this.r.next() !== Tok.MAP) throw damaged('expected methods');
    for (let left = this.r.number; left > 0; left--) methods.push([readStr(this.r), this.closure()]);
    type.methods.assign(methods);
  }

  private relation(): void {
    this.operands();
    this.int();
    const type = typeById(this.made, idHere(this.int()));
    const field = fieldOf(type, this.str());
    const other = typeById(this.made, idHere(this.int()));
    const opposite = fieldOf(other, this.str());
    field.relation = { type: other, field: opposite };
    opposite.relation = { type, field };
  }

  // --- tasks and procedures ---

  private procedure(): void {
    this.operands();
    const name = this.str();
    const createdAt = this.int();
    this.key();
    this.made.procedures.set(name, { name, closure: this.closure(), createdAt });
  }

  private task(): void {
    this.operands();
    const task = this.cx.task(this.int());
    task.runAt = this.int();
    task.ownerId = this.int();
    this.key();
    task.closure = this.closure();
    task.args = new List(argsFor(task.closure, []), true);
    for (let left = this.count(); left > 0; left--) this.value();
    this.made.tasks.add(task);
  }

  private taskArgs(): void {
    this.operands();
    const task = this.made.tasks.get(this.int());
    if (task === undefined || task.closure === null) throw damaged('no such task');
    const args: Value[] = [];
    for (let left = this.count(); left > 0; left--) args.push(this.value());
    // The first is the place of the task itself.
    task.args = new List(argsFor(task.closure, args.slice(1)), true);
  }

  // --- things ---

  /** The first thing is the root, under the id that it has in the dump. */
  private rootThing(): void {
    if (!(this.value() instanceof Thing) || !this.hasRoot) throw damaged('the root is no thing');
  }

  protected override inline(isInstance: boolean): Thing {
    const { r, made } = this;
    if (!isInstance) return this.plainThing(readInt(r), readInt(r));
    return this.instance(typeById(made, idHere(readInt(r))), readInt(r));
  }

  private plainThing(restriction: number, id: number): Thing {
    const thing = this.fresh(id);
    const definition = this.restriction(restriction);
    this.fill(thing, Shape.empty, [], definition === null ? null : parseRestriction(this.made, definition));
    if (this.r.next() !== Tok.MAP) throw damaged('expected properties');
    for (let left = this.r.number; left > 0; left--) {
      const key = readStr(this.r);
      thing.put(key, this.property());
    }
    return thing;
  }

  private instance(type: TypeDef, id: number): Thing {
    const thing = this.fresh(id);
    const count = readCount(this.r);
    if (count !== type.fields.length) throw damaged(`an instance of \`${type.name}\` with ${count} values`);
    const slots: Value[] = [];
    for (let left = count; left > 0; left--) slots.push(this.property());
    this.fill(thing, type.shape, slots, null);
    return thing;
  }

  /** The object of a thing that follows; it may have been named before. */
  private fresh(id: number): Thing {
    if (id <= 0 || this.made.things.has(id)) throw damaged('a thing without an id of its own');
    if (this.hasRoot) return this.cx.thing(id);
    const { root } = this.made;
    root.id = id;
    this.hasRoot = true;
    return root;
  }

  private fill(thing: Thing, shape: Shape, slots: Value[], restriction: FieldRule | null): void {
    const { things } = this.made;
    if (things.has(thing.id)) throw damaged('a thing in itself');
    thing.fill(shape, slots, null, restriction);
    things.set(thing.id, thing);
  }
}
