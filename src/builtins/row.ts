/**
 * How a built-in is declared: one row beside its code. The machine checks arguments from it, the compiler reads its effect, and the reference
 * documentation, `help` and editors read the rest.
 */
import { ErrorCode, type Failed, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { ModuleHost } from '../model/modules.ts';
import type { RestoreOptions } from '../model/restore.ts';
import type { Right } from '../model/rights.ts';
import type { TaskRun } from '../model/tasks.ts';
import type { Transaction } from '../model/transaction.ts';
import type { Lockable } from '../model/types.ts';
import type { User } from '../model/users.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { PREFIX_2019, typeName2019, wantedType2019, writtenName } from '../values/dialect-2019.ts';
import { AnoType, Attribute, EnumMember, Future, ModuleRef, MpData, Room, Task, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type { Session2019 } from './dialect-2019/session.ts';

/** Types as bits, for checks of arguments and for finding methods. */
export const Kind = {
  nil: 1,
  bool: 2,
  int: 4,
  float: 8,
  str: 16,
  bytes: 32,
  regex: 64,
  list: 128,
  tuple: 256,
  set: 512,
  thing: 1024,
  closure: 2048,
  error: 4096,
  datetime: 8192,
  timeval: 16384,
  enum: 32768,
  room: 65536,
  task: 131072,
  wrap: 262144,
  ano: 524288,
  mpdata: 1048576,
  future: 2097152,
  module: 4194304,
  attribute: 8388608,
} as const;

/** `any`, a kind, or several: `int|float`; `number` is int, float and bool; `raw` is str and bytes; `array` is list and tuple. */
export type TypeSpec = string;

export interface Param {
  readonly name: string;
  readonly type: TypeSpec;
  readonly optional?: true;
  /** Takes all further arguments; only the last may. */
  readonly rest?: true;
  /** What a closure given here is called with, one after another, in the words of `gives`. */
  readonly takes?: readonly string[];
}

export type RightName = keyof typeof Right;

export type ScopeName = 'collection' | 'thingsdb' | 'node';

export const ScopeBit = { collection: 1, thingsdb: 2, node: 4 } as const;

/** A backup that is to be scheduled. */
export interface NewBackup {
  /** A byte string that ends in `.tar.gz`. */
  readonly template: string;
  /** UNIX time in seconds; null: now. */
  readonly start: number | null;
  /** Seconds between two runs; 0: it runs once. */
  readonly repeat: number;
  /** At least 1. */
  readonly maxFiles: number;
}

/** The backups of a node. */
export interface BackupsView {
  /** Gives the id, which counts from 0. */
  add(backup: NewBackup): number;
  has(id: number): boolean;
  ids(): readonly number[];
  /** Whether no last run has failed. */
  readonly isOk: boolean;
  remove(id: number, withFiles: boolean): void;
  /** `id` must be that of a backup. */
  writeInfo(w: MsgpackWriter, id: number): void;
}

/** What a node tells of itself, as MessagePack in the order in which it is told. */
export interface NodeView {
  writeInfo(w: MsgpackWriter): void;
  /** As one of the nodes. */
  writeNode(w: MsgpackWriter): void;
  writeCounters(w: MsgpackWriter): void;
  resetCounters(): void;
  /** 0 (all) to 4 (only what is critical); what is beyond counts as the nearest. */
  setLogLevel(level: number): void;
  readonly backups: BackupsView;
}

/** What a built-in may use of the machine that runs it. */
export interface Context {
  readonly database: Database;
  /** The collection of the query; null in the other scopes. */
  readonly collection: Collection | null;
  readonly scope: ScopeName;
  /** Records changes; its `change` is null when the query may not change anything. */
  readonly tx: Transaction;
  /** Runs a closure now, on top of the present frames. Prefer a Loop for a closure that is called for each item. */
  call(closure: Closure, ...args: Value[]): Value;
  /** The variable of that name that the caller sees. Throws lookup_err. */
  variable(name: string): Value;
  /** Has a future completed after the query. */
  addFuture(future: Future): void;
  /** How many futures the query has made. */
  readonly futureCount: number;
  /** A closure in the layout in which definitions are told, `depth` tabs deep. */
  definition(closure: Closure, depth: number): string;
  /** Whether a variable of the query holds a thing, or something is at work on it. */
  isInUse(thing: Thing): boolean;
  /** Counts work that no instruction counts (items copied, bytes searched) against the query's budget; throws when it is used up. */
  spend(units: number): void;
  /** Keeps a list, set, thing, type or enumerator from being changed until `unlock`, or until an error leaves the built-in. */
  lock(value: Lockable): void;
  unlock(): void;
  /** Who asks. */
  readonly user: User;
  /** Sets the password of a user, or takes it away; where the query can wait, it is hashed off the thread, and in force before the answer. */
  setPassword(user: User, password: string | null): void;
  /** Whether the user has a right in the scope of the query. */
  hasRight(right: RightName): boolean;
  /** Levels of things that the answer shows, 0 to 127; a built-in may set it. */
  deep: number;
  /** How things of types, wraps and tasks are told. */
  readonly hooks: EncodeHooks;
  /** All values, and arrays of values, that the query can still reach. */
  roots(): Iterable<unknown>;
  /** The task whose closure, or whose future's callback, runs; null for a query of a client. */
  readonly taskRun: TaskRun | null;
  /** To be called when a task came, went, or runs at another time. */
  tasksChanged(): void;
  /** Begins to restore a backup. Throws TiError when it cannot begin. */
  restore(file: string, options: RestoreOptions): void;
  /** Changes a collection within a change of the scope of users and collections. */
  within(collection: Collection, run: (tx: Transaction) => void): void;
  /** UNIX time in seconds with fractions. */
  preciseNow(): number;
  /** UNIX time in seconds, by the clock after which tasks run. */
  now(): number;
  /** A closure from its text. Throws TiError (-52) for what is none. */
  compile(text: string): Closure;
  /** Sends a line to the client that asks, if there is one to send it to. */
  warn(message: string): void;
  /** What a query in the 2019 dialect has beside others; null for any other query. */
  readonly session: Session2019 | null;
  /** Keeps the query with this message in the history of the scope. Throws operation_err, value_err. */
  commit(message: string): void;
  /** Throws operation_err when the scope keeps a history and the query has made no commit; `what` is the function that needs one. */
  checkCommit(what: string): void;
  /** Sends an event to those who joined a stored room; the arguments are packed as they are now. */
  emit(room: Room, event: string, args: readonly Value[], deep: number, flags: number): void;
  /** To be called with a collection that was removed: those who joined its rooms are told. */
  roomsGone(collection: Collection): void;
  readonly node: NodeView;
  readonly modules: ModuleHost;
  /** Ends the server after the answer. */
  requestShutdown(): void;
  /** To be called when a type, an enumerator or a procedure came or went: names may mean something else now. */
  namesChanged(): void;
}

/**
 * A built-in that calls a closure again and again without nesting the machine: the machine asks `next`, calls the closure with `a`, `b`, `c`, and
 * asks again with what it gave. Return one from `run`. The container in `lock` is locked meanwhile.
 */
export abstract class Loop {
  readonly closure: Closure;
  readonly lock: List | SetValue | Thing | null;
  a: Value = null;
  b: Value = null;
  c: Value = null;
  result: Value = null;

  constructor(closure: Closure, lock: List | SetValue | Thing | null) {
    this.closure = closure;
    this.lock = lock;
  }

  /** Sets the arguments and says true for a call; says false when `result` is complete. `previous` is undefined the first time. */
  abstract next(previous: Value | undefined): boolean;
}

interface RowBase {
  readonly name: string;
  readonly params: readonly Param[];
  /** Type of the result, for the documentation. */
  readonly returns: string;
  /**
   * The type of the result as tools that infer types need it, where it follows from what the call is given: types and, beside them, `self` (what it is
   * called on), `item` (what that holds), `arg1` and `arg2` (an argument; nil when it is left out), `result` (what the closure gives), `instance` (of the
   * type that the first argument names), `member` (of the enumerator that it names) and `never` (it always raises); in brackets, `[item]` is a list of
   * items and `{item}` a set.
   */
  readonly gives?: string;
  /** For a test of one value: the types of which it is true. Absent when the type alone does not tell. */
  readonly tests?: TypeSpec;
  /** Names that it had in earlier versions of the language. */
  readonly formerly?: readonly string[];
  /** One sentence. */
  readonly doc: string;
  /** Code and, behind `// => `, what it gives. */
  readonly example: string;
  /** Page of the reference, without the language's base address: what the error for a wrong number of arguments points to. */
  readonly page: string;
  /** In which kinds of scope a call changes something; none when absent. */
  readonly changes?: readonly ('collection' | 'thingsdb')[];
  /** The only scopes in which it exists; all when absent. */
  readonly scopes?: readonly ScopeName[];
  /** Where the scope keeps a history, the query must have made a commit before the call. */
  readonly commits?: true;
  /** A right in the scope of the query that a call needs, whatever its arguments are. */
  readonly right?: RightName;
  /** A closure that is written as its first argument runs after the query, in a change of its own: what it changes is no effect of the query. */
  readonly defers?: true;
}

/** Called as `name(...)`. `run` gets undefined for optional arguments that were not given; with a rest parameter, an array of the rest. */
export interface FunctionRow extends RowBase {
  readonly receiver?: undefined;
  /**
   * For a function whose first argument names a type or enumerator: finds it before the other arguments are evaluated, and keeps it from being
   * changed until the call. Undefined for one that is not there and need not be.
   */
  readonly names?: (cx: Context, name: string) => Lockable | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: arguments were checked against `params`, so each row names the types it declared.
  readonly run: (cx: Context, a: any, b: any, c: any, d: any) => Value | Loop | Failed;
}

/** Called as `receiver.name(...)`. */
export interface MethodRow extends RowBase {
  readonly receiver: TypeSpec;
  /** No effect on variables and literals (see `EffectRule.notOnVariable`). */
  readonly notOnVariable?: true;
  /** Whether an `nse(...)` in the text takes the effect back. */
  readonly notUnderNse?: true;
  /** The machine knows it without the row, which is there for those who read about it. */
  readonly byMachine?: true;
  /** The receiver is locked, and must not be in use, while the arguments are evaluated: for methods that change it. */
  readonly locks?: true;
  // biome-ignore lint/suspicious/noExplicitAny: see FunctionRow.
  readonly run: (cx: Context, self: any, a: any, b: any, c: any, d: any) => Value | Loop | Failed;
}

export type Row = FunctionRow | MethodRow;

const ANY = 0x7fffffff;

/** What scripts call the types of a group. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  number: ['int', 'float', 'bool'],
  raw: ['str', 'bytes'],
  array: ['list', 'tuple'],
  date: ['datetime', 'timeval'],
};

/** The bits that a type specification names. */
export function kindMask(spec: TypeSpec): number {
  let mask = 0;
  for (const name of spec.split('|').flatMap((each) => MEMBERS[each] ?? each)) {
    const bits = name === 'any' ? ANY : (Kind as Readonly<Record<string, number>>)[name];
    if (bits === undefined) throw new Error(`no such type in a row: ${name}`);
    mask |= bits;
  }
  return mask;
}

/** The bit of a value's type. */
export function kindOf(value: Value): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return Kind.int;
    case 'string':
      return Kind.str;
    case 'boolean':
      return Kind.bool;
    default:
      return value === null ? Kind.nil : kindOfObject(value as object);
  }
}

/** Whether `kind` is the bit of a value's type: for those who know what to expect, at the cost of one test. */
export function isOfKind(value: Value, kind: number): boolean {
  switch (kind) {
    case Kind.str:
      return typeof value === 'string';
    case Kind.list:
      return value instanceof List && !value.isTuple;
    case Kind.thing:
      return value instanceof Thing;
    case Kind.datetime:
      return value instanceof DateTime && !value.isTimeval;
    case Kind.regex:
      return value instanceof Regex;
    case Kind.closure:
      return value instanceof Closure;
    default:
      return kindOf(value) === kind;
  }
}

function kindOfObject(value: object): number {
  if (value instanceof List) return value.isTuple ? Kind.tuple : Kind.list;
  if (value instanceof Thing) return Kind.thing;
  if (value instanceof Float) return Kind.float;
  if (value instanceof Closure) return Kind.closure;
  if (value instanceof SetValue) return Kind.set;
  if (value instanceof TiError) return Kind.error;
  if (value instanceof Bytes) return Kind.bytes;
  if (value instanceof Regex) return Kind.regex;
  if (value instanceof DateTime) return value.isTimeval ? Kind.timeval : Kind.datetime;
  if (value instanceof EnumMember) return Kind.enum;
  if (value instanceof Room) return Kind.room;
  if (value instanceof Task) return Kind.task;
  if (value instanceof Wrapped) return Kind.wrap;
  if (value instanceof AnoType) return Kind.ano;
  if (value instanceof MpData) return Kind.mpdata;
  if (value instanceof Future) return Kind.future;
  if (value instanceof ModuleRef) return Kind.module;
  if (value instanceof Attribute) return Kind.attribute;
  throw new Error('a value of no known type');
}

export const minArgs = (row: Row): number => row.params.filter((p) => !p.optional && !p.rest).length;
/** -1: no limit. */
export const maxArgs = (row: Row): number => (row.params.at(-1)?.rest ? -1 : row.params.length);

const pointer = (row: Row): string => (row.page === '' ? '' : `; see ${DOCS}${row.page}`);

const DOCS = 'https://docs.thingsdb.io/v1/';
const plural = (n: number): string => `${n} argument${n === 1 ? '' : 's'}`;

/** The error for a wrong number of arguments. */
export function argumentCountError(row: Row, given: number): TiError {
  const min = minArgs(row);
  const max = maxArgs(row);
  const want = min === max ? `takes ${plural(min)}` : given < min ? `requires at least ${plural(min)}` : `takes at most ${plural(max)}`;
  return new TiError(
    ErrorCode.NUM_ARGUMENTS,
    `function \`${writtenName(row.name)}\` ${want} but ${given} ${given === 1 ? 'was' : 'were'} given${pointer(row)}`,
  );
}

/** The error for an argument of a wrong type; `index` counts from 0. */
export function argumentTypeError(row: Row, index: number, value: Value): TiError {
  const param = row.params[Math.min(index, row.params.length - 1)] as Param;
  const is2019 = row.name.startsWith(PREFIX_2019);
  const wanted = param.type
    .split('|')
    .flatMap((type) => (is2019 ? wantedType2019(type) : (MEMBERS[type] ?? type)))
    .map((type) => `\`${type}\``)
    .join(' or ');
  const found = is2019 ? typeName2019(value) : typeName(value);
  return new TiError(
    ErrorCode.TYPE,
    `function \`${writtenName(row.name)}\` expects argument ${index + 1} to be of type ${wanted} but got type \`${found}\` instead${pointer(row)}`,
  );
}
