/**
 * A whole database as text: the operations of changes that make it from nothing, in an order that depends on what is stored only, so that two dumps can be compared
 * line by line. Loading a dump does to an empty store what recovery does with a log.
 *
 *     thingsc-dump 1
 *     change 812                  the last change of the store that was dumped
 *     scope 0                     what follows belongs to this scope: 0, or the id of a collection
 *     USER 1 "admin" ...
 *     scope 2
 *     NEW 17 0 2                  an operation, from the beginning of a line; lines that are indented continue it
 *       "name" "Iris"
 *       "friends" set(#18 #19)    ; a comment
 *     end 2                       how many operations there were: without it, the dump was cut off
 */
import { MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { applyChange } from './apply.ts';
import { ChangeOp } from './change.ts';
import type { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { encodeCollectionInfo, encodeScopeInfo } from './database-records.ts';
import { DumpError, DumpParser, valueText } from './dump-text.ts';
import { EnumDef } from './enums.ts';
import { encodeCommit, type Historian } from './history.ts';
import { encodeModule, sortedModules } from './modules.ts';
import { writeQuotas } from './quotas.ts';
import { type ClosureLoader, encodeEnum, encodeProcedure, encodeType } from './schema-records.ts';
import { encodeStored } from './stored.ts';
import { encodeTask, type TaskScope } from './tasks.ts';
import { encodeThingBody } from './thing-record.ts';
import { TypeDef } from './types.ts';
import { encodeUser, newUser } from './users.ts';

const HEAD = 'thingsc-dump';
const FORMAT = 1;

type OpName = keyof typeof ChangeOp;

const OP_NAMES: ReadonlyMap<string, number> = new Map(Object.entries(ChangeOp));

class Dumper {
  operations = 0;
  private readonly w = new MsgpackWriter();

  /** The text of an operation whose operands `write` writes. `perLine` values stand on each line behind the first `head` ones. */
  op(
    name: OpName,
    write: (w: MsgpackWriter) => void,
    head = Number.POSITIVE_INFINITY,
    perLine = 1,
    comment: (line: number) => string = () => '',
  ): string {
    const { w } = this;
    w.reset();
    write(w);
    const r = new MsgpackReader(w.bytes());
    let text: string = name;
    let count = 0;
    while (!r.atEnd) {
      const isFirst = count < head || (count - head) % perLine !== 0;
      const value = valueText(r, isFirst && count < head ? '' : '  ');
      text += isFirst ? ` ${value}` : `\n  ${value}`;
      count++;
      if (count > head && (count - head) % perLine === 0) text += comment((count - head) / perLine - 1);
    }
    this.operations++;
    // What continues an operation is indented.
    return `${text.replaceAll(/\n(?! )/g, '\n  ')}\n`;
  }

  *global(database: Database): Generator<string> {
    yield 'scope 0\n';
    yield this.op('SCOPE_INFO', (w) => encodeScopeInfo(w, database));
    if (database.zone !== 0) yield this.op('ZONE', (w) => w.int(database.zone));
    for (const c of byId(database.collections.values())) {
      yield this.op('COLLECTION', (w) => {
        w.int(c.id);
        w.str(c.name);
        w.int(c.createdAt);
        w.int(c.root.id);
      });
      yield this.op('COLLECTION_INFO', (w) => encodeCollectionInfo(w, c));
      if (c.quotas !== null) yield this.quotas(c);
    }
    for (const user of byId(database.users.values())) yield this.op('USER', (w) => encodeUser(w, user));
    yield* this.lastId(database);
    yield* this.common(0, database, database);
    for (const module of sortedModules(database)) yield this.op('MODULE', (w) => encodeModule(w, module));
    // Turned on from the scope of users and collections.
    for (const c of byId(database.collections.values())) if (c.history !== null) yield this.historyOn(c.id);
    for (const c of byId(database.collections.values())) {
      yield `scope ${c.id}\n`;
      yield* this.collection(c);
    }
  }

  /** Ids are not given out twice: a user that comes and goes takes the last one. */
  private *lastId({ nextId, users, collections }: Database): Generator<string> {
    const last = nextId - 1;
    if (last < 1 || users.has(last) || collections.has(last)) return;
    yield this.op('USER', (w) => encodeUser(w, newUser(last, `:${last}`, 0)));
    yield this.op('DEL_USER', (w) => w.int(last));
  }

  private quotas(c: Collection): string {
    return this.op('QUOTAS', (w) => {
      w.int(c.id);
      writeQuotas(w, c.quotas);
    });
  }

  private attribute(id: number, name: string, value: Value): string {
    return this.op('SET_ATTRIBUTE', (w) => {
      w.int(id);
      w.str(name);
      encodeStored(w, value);
    });
  }

  private historyOn(scope: number): string {
    return this.op('HISTORY', (w) => {
      w.int(scope);
      w.int(1);
    });
  }

  /** Procedures, tasks and history, which collections have and the scope of users and collections too. */
  private *common(
    scope: number,
    historian: Historian,
    { tasks, procedures }: TaskScope & Pick<Collection, 'procedures'>,
  ): Generator<string> {
    for (const procedure of byName(procedures.values())) yield this.op('PROCEDURE', (w) => encodeProcedure(w, procedure));
    for (const task of tasks.items) yield this.op('TASK', (w) => encodeTask(w, task));
    if (historian.history === null) return;
    if (scope === 0) yield this.historyOn(0);
    for (const commit of historian.history) yield this.op('COMMIT', (w) => encodeCommit(w, commit));
  }

  private *collection(c: Collection): Generator<string> {
    yield* this.goneTypes(c);
    yield* this.schema(c);
    for (const thing of c.things.values()) yield this.thing(thing);
    for (const id of [...c.attributes.ids()].sort((a, b) => a - b)) {
      for (const [name, value] of c.attributes.of(id) ?? []) yield this.attribute(id, name, value);
    }
    for (const [name, room] of [...c.roomsByName].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield this.op('ROOM_NAME', (w) => {
        w.int(room.id);
        w.str(name);
      });
    }
    yield* this.common(c.id, c, c);
    yield this.op('NEXT_ID', (w) => w.int(c.nextId));
  }

  /** Types that were removed are made and removed again: values may still name them. Of several with one name the last is found by it. */
  private *goneTypes(c: Collection): Generator<string> {
    const gone = byId(c.typesById.values()).filter((type) => type.goneName !== null);
    const isFound = (type: TypeDef): boolean => c.goneTypes.get(type.goneName as string) === type;
    for (const type of [...gone.filter((type) => !isFound(type)), ...gone.filter(isFound)]) {
      yield this.op('TYPE', (w) => encodeType(w, new TypeDef(type.id, type.goneName as string, 0)));
      yield this.op('DEL_TYPE', (w) => w.int(type.id));
    }
    const nextEnum = new EnumDef(c.nextEnumId - 1, ':', 0);
    if (nextEnum.id < 1 || c.enumsById.has(nextEnum.id)) return;
    yield this.op('ENUM', (w) => encodeEnum(w, nextEnum));
    yield this.op('DEL_ENUM', (w) => w.int(nextEnum.id));
  }

  /** Types without their fields come first, since fields may be of any type. */
  private *schema(c: Collection): Generator<string> {
    const types = byId(c.types.values());
    for (const type of types) yield this.op('TYPE', (w) => encodeType(w, new TypeDef(type.id, type.name, type.createdAt)));
    for (const enumeration of byId(c.enumsById.values())) yield this.op('ENUM', (w) => encodeEnum(w, enumeration));
    for (const type of types) yield this.op('TYPE', (w) => encodeType(w, type));
    for (const type of types) {
      for (const { name, relation } of type.fields) {
        if (relation === null) continue;
        // Both sides follow from one.
        if (relation.type.id < type.id || (relation.type === type && relation.field.name < name)) continue;
        yield this.op('RELATE', (w) => {
          w.int(type.id);
          w.str(name);
          w.int(relation.type.id);
          w.str(relation.field.name);
        });
      }
    }
  }

  private thing(thing: Thing): string {
    const { type } = thing.shape;
    const write = (w: MsgpackWriter): void => {
      w.int(thing.id);
      encodeThingBody(w, thing);
    };
    if (type === null) return this.op('NEW', write, thing.restriction === null ? 3 : 4, 2);
    const keys = thing.shape.keys;
    return this.op('NEW', write, 2, 1, (line) => ` ; ${type.name}.${keys[line]}`);
  }
}

const byId = <T extends { readonly id: number }>(items: Iterable<T>): T[] => [...items].sort((a, b) => a.id - b.id);

const byName = <T extends { readonly name: string }>(items: Iterable<T>): T[] => [...items].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The text of a database, in parts that are best written as they come. Byte strings. */
export function* dumpDatabase(database: Database): Generator<string> {
  const dumper = new Dumper();
  yield `${HEAD} ${FORMAT}\nchange ${database.changeId}\n`;
  yield* dumper.global(database);
  yield `end ${dumper.operations}\n`;
}

/** A dump that cannot be loaded; `line` counts from 1. */
export class LoadError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** So many bytes of operations become one change, if nobody says how many. */
const CHANGE_BYTES = 1 << 18;

/**
 * Loads a dump into an empty database, which `apply` is told of: a change with its id, its scope and its bytes. Lines are byte strings without their ends.
 * The caller must not keep what has come so far when this throws LoadError.
 */
export class DumpLoader {
  private readonly database: Database;
  private readonly closures: ClosureLoader;
  private readonly apply: (id: number, scope: number, data: Uint8Array) => void;
  private readonly changeBytes: number;
  private readonly w = new MsgpackWriter(CHANGE_BYTES);
  /** Where the operations begin that have gathered: in `w`, and in which line. */
  private offsets: number[] = [];
  private lines: number[] = [];
  private line = 0;
  private scope = 0;
  private operations = 0;
  private changeId = 0;
  private state: 'head' | 'change' | 'operations' | 'end' = 'head';
  /** The operation that may go on, and the line where it began. */
  private pending = '';
  private pendingLine = 0;

  constructor(
    database: Database,
    closures: ClosureLoader,
    apply: (id: number, scope: number, data: Uint8Array) => void,
    changeBytes = CHANGE_BYTES,
  ) {
    this.changeBytes = changeBytes;
    this.database = database;
    this.closures = closures;
    this.apply = apply;
  }

  add(line: string): void {
    this.line++;
    if (/^\s*(?:;|$)/.test(line)) {
      // Within an operation it has to count as a line.
      if (this.pending !== '') this.pending += '\n';
    } else if (/^\s/.test(line)) {
      if (this.pending === '') throw new LoadError(this.line, 'it is indented, but there is nothing to continue');
      this.pending += `\n${line}`;
    } else {
      this.take();
      this.begin(line);
    }
  }

  /** To be called behind the last line. */
  end(): void {
    this.take();
    if (this.state !== 'end') throw new LoadError(this.line, 'the dump is cut off: the line `end` is missing');
  }

  /** An error in what has come so far that shows only at the end of it. */
  refusal(message: string): LoadError {
    return new LoadError(this.line, message);
  }

  private begin(line: string): void {
    const [word = '', number = ''] = line.split(' ');
    if (this.state === 'end') throw new LoadError(this.line, 'there is something behind the end');
    if (this.state === 'head') this.head(word, Number(number));
    else if (this.state === 'change') {
      this.changeId = this.numberOf(word, number, 'change');
      this.state = 'operations';
    } else if (word === 'scope') {
      this.flush();
      this.scope = this.numberOf(word, number, 'scope');
    } else if (word === 'end') this.finish(this.numberOf(word, number, 'end'));
    else {
      this.pending = line;
      this.pendingLine = this.line;
    }
  }

  private head(word: string, format: number): void {
    if (word !== HEAD) throw new LoadError(this.line, `this is no dump: it does not begin with \`${HEAD}\``);
    if (!(format <= FORMAT))
      throw new LoadError(this.line, `the dump has format ${format}, written by a newer release; this one reads formats up to ${FORMAT}`);
    this.state = 'change';
  }

  private numberOf(word: string, text: string, expected: string): number {
    if (word !== expected || !/^\d{1,15}$/.test(text)) throw new LoadError(this.line, `\`${expected}\` and a number are expected`);
    return Number(text);
  }

  private finish(operations: number): void {
    this.flush();
    if (operations !== this.operations)
      throw new LoadError(this.line, `there are ${this.operations} operations, ${operations} are expected`);
    this.state = 'end';
  }

  /** Adds the operation that is complete to the change. */
  private take(): void {
    const { pending, w } = this;
    if (pending === '') return;
    this.pending = '';
    try {
      const parser = new DumpParser(pending);
      const name = parser.word();
      const op = OP_NAMES.get(name);
      if (op === undefined) throw new DumpError(`there is no operation \`${name}\``, 0);
      this.offsets.push(w.size);
      this.lines.push(this.pendingLine);
      w.int(op);
      while (!parser.atEnd) parser.value(w);
    } catch (error) {
      if (!(error instanceof DumpError)) throw error;
      throw new LoadError(this.pendingLine + pending.slice(0, error.offset).split('\n').length - 1, error.message);
    }
    this.operations++;
    if (w.size > this.changeBytes) this.flush();
  }

  /** Applies what has gathered, as one change. */
  private flush(): void {
    const { w, database } = this;
    if (w.size === 0) return;
    const id = Math.max(this.changeId, database.changeId) + 1;
    const progress = { offset: 0 };
    try {
      applyChange(database, this.scope, w.bytes(), this.closures, progress);
    } catch (error) {
      const at = this.offsets.findLastIndex((offset) => offset <= progress.offset);
      const why = error instanceof Error ? error.message : 'the values are damaged';
      throw new LoadError(this.lines[at] ?? this.line, `this cannot be loaded: ${why}`);
    }
    this.offsets = [];
    this.lines = [];
    database.changeId = id;
    this.apply(id, this.scope, w.bytes());
    w.reset();
  }
}
