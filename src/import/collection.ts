/** One collection of a store of the reference server: a folder with files for its types, enumerators, things and the rest. */
import { TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { EnumDef } from '../model/enums.ts';
import { damaged, ForeignValues, idHere } from '../model/foreign-values.ts';
import { readBool, readInt, readStr } from '../model/read.ts';
import { parseRestriction } from '../model/restrictions.ts';
import { addType, type ClosureLoader, collectionContext, fieldOf, removeType, setAutoIndex, typeById } from '../model/schema-records.ts';
import { argsFor } from '../model/tasks.ts';
import { FieldDef, type TypeDef } from '../model/types.ts';
import { ruleOf } from '../model/types-define.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { Closure } from '../values/closure.ts';
import type { Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Shape } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { readCommits } from './commits.ts';
import { intOr, readFile, readOnly, readRows, type StoreFiles } from './files.ts';

/** What a thing is, in the low half of its flags: the number of a type, or this for a plain thing, whose restriction stands in the high half. */
const PLAIN = 0x4001;
/** The number of a type that was removed has this bit. */
const REMOVED = 0x8000;

/** Names by the numbers that stand for them in the files. */
export type Names = ReadonlyMap<number, string>;

export class CollectionReader extends ForeignValues {
  private readonly files: StoreFiles;
  private readonly folder: string;
  private readonly names: Names;

  /** `collection` is new, and gets all that the folder has. */
  constructor(files: StoreFiles, folder: string, collection: Collection, names: Names, load: ClosureLoader) {
    super(new MsgpackReader(Buffer.alloc(0)), collection, collectionContext(collection, load), load);
    this.files = files;
    this.folder = folder;
    this.names = names;
  }

  read(): void {
    const { made } = this;
    this.file('types.mp', () => this.typeNames());
    this.file('enums.mp', () => this.enums());
    this.file('types.mp', () => this.types());
    this.file('things.mp', () => this.things());
    this.file('props.mp', () => this.properties());
    this.file('named_rooms.mp', (r) => {
      readOnly(r, 'named_rooms');
      readRows(r, 2, () => made.nameRoom(this.cx.room(readInt(r)), readStr(r)));
    });
    this.file('procedures.mp', () => readProcedures(this, made.procedures));
    this.file('tasks.mp', () => readTasks(this, (id) => this.cx.task(id), made.tasks));
    made.tasks.settle();
    this.file('commits.mp', (r) => {
      made.history = readCommits(r);
    });
    const ids = [...[...made.things.values()].map((thing) => thing.id), ...made.rooms.keys(), ...made.tasks.items.map((task) => task.id)];
    made.nextId = ids.reduce((most, id) => Math.max(most, id + 1), made.nextId);
  }

  private file(name: string, read: (r: MsgpackReader) => void): void {
    readFile(this.files, `${this.folder}/${name}`, (r) => {
      this.r = r;
      read(r);
    });
  }

  private name(): string {
    const name = this.names.get(readInt(this.r));
    if (name === undefined) throw new Error('a name that is not in store/names.mp');
    return name;
  }

  // --- types and enumerators ---

  /** First the names, since definitions may name any type. */
  private typeNames(): void {
    const { r, made } = this;
    if (r.next() !== Tok.MAP || r.number !== 3 || readStr(r) !== 'removed' || r.next() !== Tok.MAP) throw new Error('expected `removed`');
    const removed: [string, number][] = [];
    for (let left = r.number; left > 0; left--) removed.push([readStr(r), readInt(r) & ~REMOVED]);
    if (readStr(r) !== 'types') throw new Error('expected `types`');
    readRows(r, 7, () => {
      const id = idHere(readInt(r));
      for (let flags = 3; flags > 0; flags--) readBool(r);
      const createdAt = readInt(r);
      readInt(r);
      addType(made, id, readStr(r), createdAt);
    });
    for (const [name, id] of removed) {
      // A type that was made again under its name has its number again.
      if (!made.typesById.has(idHere(id)) && !made.types.has(name)) removeType(made, addType(made, idHere(id), name, 0));
    }
    r.skip();
    r.skip();
  }

  private types(): void {
    const { r } = this;
    r.next();
    r.skip();
    r.skip();
    r.skip();
    readRows(r, 9, () => this.type());
    if (readStr(r) !== 'relations') throw new Error('expected `relations`');
    readRows(r, 4, () => {
      const field = fieldOf(this.ownType(), readStr(r));
      const other = this.ownType();
      const opposite = fieldOf(other, readStr(r));
      const type = [...this.made.types.values()].find((each) => each.fields.includes(field)) as TypeDef;
      field.relation = { type: other, field: opposite };
      opposite.relation = { type, field };
    });
  }

  private ownType(): TypeDef {
    return typeById(this.made, idHere(readInt(this.r)));
  }

  private type(): void {
    const { r, made } = this;
    const type = this.ownType();
    type.wrapOnly = readBool(r);
    type.hideId = readBool(r);
    setAutoIndex(type, readBool(r));
    readInt(r);
    type.modifiedAt = readInt(r) || null;
    readStr(r);
    const fields: FieldDef[] = [];
    if (r.next() !== Tok.MAP) throw new Error('expected fields');
    for (let left = r.number; left > 0; left--) {
      const name = this.name();
      const definition = this.definition();
      if (definition === '#') type.idName = name;
      else fields.push(new FieldDef(name, ruleOf(made, type, name, definition)));
    }
    type.setFields(fields);
    type.methods.assign(this.methods());
    made.schemaChanged();
  }

  private methods(): [string, Closure][] {
    const methods: [string, Closure][] = [];
    if (this.r.next() !== Tok.MAP) throw new Error('expected methods');
    for (let left = this.r.number; left > 0; left--) methods.push([this.name(), this.closure()]);
    return methods;
  }

  private enums(): void {
    const { r, made } = this;
    readOnly(r, 'enums');
    readRows(r, 6, () => {
      const id = idHere(readInt(r));
      const createdAt = readInt(r);
      const modifiedAt = readInt(r) || null;
      const enumeration = new EnumDef(id, readStr(r), createdAt);
      enumeration.modifiedAt = modifiedAt;
      enumeration.methods.assign(this.methods());
      if (r.next() !== Tok.MAP) throw new Error('expected members');
      for (let left = r.number; left > 0; left--) {
        const name = this.name();
        enumeration.add(name, this.value());
      }
      made.enums.set(enumeration.name, enumeration);
      made.enumsById.set(id, enumeration);
      made.nextEnumId = Math.max(made.nextEnumId, id + 1);
    });
    made.schemaChanged();
  }

  // --- things ---

  private readonly flags = new Map<number, number>();

  private things(): void {
    const { r, flags } = this;
    readOnly(r, 'things_v1');
    if (r.next() !== Tok.MAP) throw new Error('expected things');
    for (let left = r.number; left > 0; left--) {
      const id = readInt(r);
      flags.set(id, readInt(r));
    }
  }

  private properties(): void {
    const { r, flags } = this;
    readOnly(r, 'data');
    if (r.next() !== Tok.MAP) throw new Error('expected properties');
    for (let left = r.number; left > 0; left--) {
      const id = readInt(r);
      const flag = flags.get(id);
      if (flag === undefined) throw new Error(`thing ${id} is not in things.mp`);
      flags.delete(id);
      this.thing(this.cx.thing(id), flag);
    }
    const [missing] = flags.keys();
    if (missing !== undefined) throw new Error(`thing ${missing} of things.mp has no properties`);
  }

  private thing(thing: Thing, flags: number): void {
    const kind = flags & 0xffff;
    if (kind < PLAIN - 1) this.instanceOf(thing, typeById(this.made, idHere(kind)));
    else if (kind === PLAIN) this.plain(thing, flags >>> 16);
    else throw new Error(`thing ${thing.id} has flags ${flags}`);
  }

  private instanceOf(thing: Thing, type: TypeDef): void {
    const { r } = this;
    if (r.next() !== Tok.ARRAY || r.number !== type.fields.length)
      throw new Error(`an instance of \`${type.name}\` must have ${type.fields.length} values`);
    const slots: Value[] = [];
    for (const field of type.fields) slots.push(owned(thing, field.name, this.property()));
    thing.fill(type.shape, slots, null, null);
  }

  private plain(thing: Thing, restriction: number): void {
    const { r, made } = this;
    const definition = this.restriction(restriction);
    thing.fill(Shape.empty, [], null, definition === null ? null : parseRestriction(made, definition));
    if (r.next() !== Tok.MAP) throw new Error('expected properties');
    for (let left = r.number; left > 0; left--) {
      const token = r.next();
      const key = token === Tok.STR ? r.text() : token === Tok.INT ? this.names.get(r.number) : undefined;
      if (key === undefined) throw new Error('a name that is not in store/names.mp');
      thing.put(key, owned(thing, key, this.property()));
    }
  }

  protected override inline(): Thing {
    throw damaged('a thing within a value');
  }
}

/** Lists belong to their properties. */
function owned(thing: Thing, key: string, value: Value): Value {
  if (value instanceof List) {
    value.parent = thing;
    value.key = key;
  }
  return value;
}

/** Reads the procedures of a scope. */
export function readProcedures(values: ForeignValues, into: Collection['procedures']): void {
  const { r } = values;
  readOnly(r, 'procedures');
  readRows(r, 3, () => {
    const name = readStr(r);
    const createdAt = readInt(r);
    into.set(name, { name, closure: values.closure(), createdAt });
  });
}

/** Reads the tasks of a scope: id, time, owner, closure, what became of it, arguments. */
export function readTasks(values: ForeignValues, taskOf: (id: number) => Task, into: Collection['tasks']): void {
  const { r } = values;
  readOnly(r, 'tasks');
  readRows(r, 6, () => {
    const task = taskOf(readInt(r));
    task.runAt = readInt(r);
    task.ownerId = intOr(r, 0);
    task.closure = values.closure();
    const outcome = values.value();
    if (outcome instanceof TiError) {
      task.succeeded = outcome.code === 0;
      task.error = outcome.code === 0 ? null : outcome;
    }
    const args = values.value();
    if (!(args instanceof List)) throw new Error('expected the arguments of a task');
    // The first is the place of the task itself.
    task.args = new List(argsFor(task.closure, args.items.slice(1)), true);
    into.add(task);
  });
}
