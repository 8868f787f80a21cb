/** Values that stand for something the model or the server keeps: members of enumerators, rooms, tasks, wraps, types, futures, modules. */

import type { TiError } from '../errors.ts';
import type { Closure } from './closure.ts';
import type { List } from './list.ts';
import type { TypeInfo } from './shape.ts';
import type { Thing } from './thing.ts';
import type { Value } from './value.ts';
import { truthy } from './value.ts';

export interface EnumInfo {
  readonly id: number;
  readonly name: string;
}

/** A member of an enumerator. */
export class EnumMember {
  readonly enumeration: EnumInfo;
  /** Within the enumerator, and never used again there. */
  readonly id: number;
  name: string;
  value: Value;

  constructor(enumeration: EnumInfo, name: string, value: Value, id = 0) {
    this.enumeration = enumeration;
    this.name = name;
    this.value = value;
    this.id = id;
  }

  get typeName(): string {
    return this.enumeration.name;
  }

  truth(): boolean {
    return truthy(this.value);
  }
}

export class Room {
  /** 0 while not stored. */
  id = 0;
  /** Only a stored room has one, and no other room of its collection has the same. */
  name: string | null = null;
  /** How many stored places hold it; it leaves its collection when none does. */
  refs = 0;

  get typeName(): string {
    return 'room';
  }

  /** A room that is not stored is nowhere. */
  truth(): boolean {
    return this.id !== 0;
  }
}

/** A closure that runs at its time. A task that has done its work, or was removed, is empty: all who hold it see that by its id. */
export class Task {
  /** 0: empty. */
  id = 0;
  /** UNIX time in seconds at which it runs; 0: it is not scheduled. */
  runAt = 0;
  /** The user whose rights it has. */
  ownerId = 0;
  /** Null when empty. */
  closure: Closure | null = null;
  /** A tuple with what the closure is called with after the task itself; null when empty. */
  args: List | null = null;
  /** Whether its last run ended well; null before the first. */
  succeeded: boolean | null = null;
  /** How its last run failed, or that it was cancelled. */
  error: TiError | null = null;
  /** See `Lockable`. */
  locks = 0;

  get typeName(): string {
    return 'task';
  }

  /** Whether it will run. */
  truth(): boolean {
    return this.runAt !== 0;
  }
}

/** A thing seen through a type: only the fields of the type that it has. */
export class Wrapped {
  readonly thing: Thing;
  readonly type: TypeInfo;

  constructor(thing: Thing, type: TypeInfo) {
    this.thing = thing;
    this.type = type;
  }

  get typeName(): string {
    return `<${this.type.name}>`;
  }

  truth(): boolean {
    return this.thing.size > 0;
  }
}

/** An anonymous type, `&{...}`; it can only wrap. */
export class AnoType {
  readonly type: TypeInfo;
  /** The definition as it is told to clients: field and definition. */
  readonly fields: ReadonlyMap<string, Value>;
  /** Equal for anonymous types with the same definition. */
  readonly signature: string;

  constructor(type: TypeInfo, fields: ReadonlyMap<string, Value>, signature = '') {
    this.type = type;
    this.fields = fields;
    this.signature = signature;
  }

  get typeName(): string {
    return '<anonymous>';
  }
}

/** A value that is kept as MessagePack, such as what the info functions give. */
export class MpData {
  readonly data: Uint8Array;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  get typeName(): string {
    return 'mpdata';
  }
}

/** How a module is asked. */
export interface ModuleRequest {
  readonly module: string;
  /** Levels of things that the request shows below its own. */
  readonly deep: number;
  /** Whether the answer becomes a value; else it stays MessagePack. */
  readonly load: boolean;
}

/** A result that is there after the query: callbacks run then, each in a change of its own. */
export class Future {
  /** Null until the future is done. */
  value: Value = null;
  /** What the callback is called with; with a module, its request and later its answer come first. */
  args: readonly Value[];
  /** What it waits for; null for nothing but the end of the query. */
  request: ModuleRequest | null = null;
  /** Called when the future succeeds; its value is that of the future. Null: the arguments are the value, as a list. */
  onSuccess: Closure | null = null;
  /** Called instead when what the future waits for fails, with the error in place of the first argument. */
  onFailure: Closure | null = null;

  constructor(args: readonly Value[] = []) {
    this.args = args;
  }

  get typeName(): string {
    return 'future';
  }
}

export class ModuleRef {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get typeName(): string {
    return 'module';
  }
}

/** What the 2019 dialect's `get` gives: the value of an attribute, which can be returned and nothing else. */
export class Attribute {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }

  get typeName(): string {
    return 'attribute';
  }
}
