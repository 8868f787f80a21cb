/** Rules: what a field, the items of a list, the things of a set or the values of a restricted thing must be. */
import { TiError } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { EnumMember, Future, Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { isEmail, isTel, isUrl } from '../values/patterns.ts';
import { Regex } from '../values/regex.ts';
import { Fault, type Restriction } from '../values/restriction.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { EnumDef } from './enums.ts';
import { matchesPattern } from './pattern-engine.ts';
import type { TypeDef } from './types.ts';

export const RuleKind = {
  ANY: 0,
  STR: 1,
  INT: 2,
  FLOAT: 3,
  BOOL: 4,
  NUMBER: 5,
  UINT: 6,
  PINT: 7,
  NINT: 8,
  UTF8: 9,
  RAW: 10,
  BYTES: 11,
  THING: 12,
  /** An instance of `type`. */
  TYPE: 13,
  /** A thing whose values `item` restricts. */
  RESTRICTED: 14,
  LIST: 15,
  SET: 16,
  /** A member of any enumerator, or nil. */
  ENUM: 17,
  /** A member of `enumeration`. */
  MEMBER: 18,
  REGEX: 19,
  CLOSURE: 20,
  ERROR: 21,
  DATETIME: 22,
  TIMEVAL: 23,
  ROOM: 24,
  TASK: 25,
  EMAIL: 26,
  URL: 27,
  TEL: 28,
  /** `min` to `max` bytes. */
  STR_RANGE: 29,
  UTF8_RANGE: 30,
  INT_RANGE: 31,
  FLOAT_RANGE: 32,
  PATTERN: 33,
  /** Only in wraps: a thing shown through the nested `type`. */
  NESTED: 34,
  /** Only in wraps: a list or set of such things. */
  NESTED_LIST: 35,
} as const;

/** What the characters before a definition ask of wraps. */
export const WrapFlag = {
  /** `&`: the value has as many levels as the thing itself. */
  SAME_DEEP: 1,
  /** `+`: all levels. */
  MAX_DEEP: 2,
  /** `-`: no levels; together with `&` one. */
  MIN_DEEP: 4,
  /** `^`: without ids. */
  NO_IDS: 8,
  /** `*`: members by name. */
  MEMBER_NAME: 16,
  /** `?`: left out when nil. */
  SKIP_NIL: 32,
  /** `!`: left out when false. */
  SKIP_FALSE: 64,
} as const;

export interface RuleParts {
  readonly kind: number;
  /** The definition without flags and question mark, for kinds that hold no names; else empty. */
  readonly base?: string;
  readonly nillable?: boolean;
  /** The flags as they were written. */
  readonly flagText?: string;
  readonly flags?: number;
  readonly item?: FieldRule | null;
  readonly type?: TypeDef | null;
  readonly enumeration?: EnumDef | null;
  /** What the definition names as the value to start with; undefined when it names none. */
  readonly preset?: Value;
  readonly min?: number | bigint;
  readonly max?: number | bigint;
  readonly pattern?: Regex | null;
  /** Only for ENUM: nil is refused. */
  readonly strict?: boolean;
}

export class FieldRule implements Restriction {
  readonly kind: number;
  readonly nillable: boolean;
  readonly flags: number;
  readonly item: FieldRule | null;
  readonly type: TypeDef | null;
  readonly enumeration: EnumDef | null;
  readonly preset: Value | undefined;
  readonly min: number | bigint;
  readonly max: number | bigint;
  readonly pattern: Regex | null;
  readonly strict: boolean;
  readonly flagText: string;
  private readonly base: string;

  constructor(parts: RuleParts) {
    this.kind = parts.kind;
    this.nillable = parts.nillable ?? false;
    this.flags = parts.flags ?? 0;
    this.item = parts.item ?? null;
    this.type = parts.type ?? null;
    this.enumeration = parts.enumeration ?? null;
    this.preset = parts.preset;
    this.min = parts.min ?? 0;
    this.max = parts.max ?? 0;
    this.pattern = parts.pattern ?? null;
    this.strict = parts.kind === RuleKind.ENUM && (parts.strict ?? false);
    this.flagText = parts.flagText ?? '';
    this.base = parts.base ?? '';
  }

  /** The definition, with the present names of types, enumerators and members; of a nested one only a mark. */
  get definition(): string {
    return `${this.flagText}${this.core()}${this.nillable ? '?' : ''}`;
  }

  private core(): string {
    switch (this.kind) {
      case RuleKind.TYPE:
        return (this.type as TypeDef).name;
      case RuleKind.MEMBER: {
        const { name } = this.enumeration as EnumDef;
        return this.preset instanceof EnumMember ? `${name}{${this.preset.name}}` : name;
      }
      case RuleKind.LIST:
        return `[${this.item?.definition ?? ''}]`;
      case RuleKind.SET:
        return `{${this.item?.definition ?? ''}}`;
      case RuleKind.RESTRICTED:
        return `thing<${this.item?.definition ?? ''}>`;
      case RuleKind.NESTED:
        return '{...}';
      case RuleKind.NESTED_LIST:
        return '[{...}]';
      default:
        return this.base;
    }
  }

  /** The type through which a wrap shows the things of this place; null for as they are. */
  get through(): TypeDef | null {
    switch (this.kind) {
      case RuleKind.TYPE:
      case RuleKind.NESTED:
      case RuleKind.NESTED_LIST:
        return this.type;
      case RuleKind.LIST:
      case RuleKind.SET:
        return this.item === null ? null : this.item.type;
      default:
        return null;
    }
  }

  /** What the items of a list or set, or the values of a thing, must be; null when they may be anything. */
  get restriction(): FieldRule | null {
    return this.item === null || this.item.kind === RuleKind.ANY ? null : this.item;
  }

  accepts(value: Value): boolean {
    return this.check(value) === Fault.NONE;
  }

  /** What is wrong with a value for this place: nothing, its type, or the value itself. */
  check(value: Value): number {
    if (value === null)
      return this.nillable || this.kind === RuleKind.ANY || (this.kind === RuleKind.ENUM && !this.strict) ? Fault.NONE : Fault.TYPE;
    switch (this.kind) {
      case RuleKind.ANY:
        return value instanceof Future ? Fault.TYPE : Fault.NONE;
      case RuleKind.STR:
        return typeof value === 'string' ? Fault.NONE : Fault.TYPE;
      case RuleKind.INT:
        return typeof value === 'number' || typeof value === 'bigint' ? Fault.NONE : Fault.TYPE;
      case RuleKind.BOOL:
        return typeof value === 'boolean' ? Fault.NONE : Fault.TYPE;
      case RuleKind.FLOAT:
        return value instanceof Float ? Fault.NONE : Fault.TYPE;
      case RuleKind.NUMBER:
        return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float ? Fault.NONE : Fault.TYPE;
      default:
        return this.checkOther(value);
    }
  }

  private checkOther(value: Exclude<Value, null>): number {
    switch (typeof value) {
      case 'string':
        return this.checkText(value);
      case 'number':
      case 'bigint':
        return this.checkInt(value);
      case 'object':
        return this.checkObject(value);
      default:
        return Fault.TYPE;
    }
  }

  private checkInt(value: number | bigint): number {
    switch (this.kind) {
      case RuleKind.UINT:
        return value >= 0 ? Fault.NONE : Fault.VALUE;
      case RuleKind.PINT:
        return value > 0 ? Fault.NONE : Fault.VALUE;
      case RuleKind.NINT:
        return value < 0 ? Fault.NONE : Fault.VALUE;
      case RuleKind.INT_RANGE:
        return value >= this.min && value <= this.max ? Fault.NONE : Fault.VALUE;
      default:
        return Fault.TYPE;
    }
  }

  private checkText(value: string): number {
    switch (this.kind) {
      case RuleKind.RAW:
        return Fault.NONE;
      case RuleKind.UTF8:
        return isUtf8(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.EMAIL:
        return this.isFree(value) || isEmail(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.URL:
        return this.isFree(value) || isUrl(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.TEL:
        return this.isFree(value) || isTel(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.STR_RANGE:
        return this.hasLength(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.UTF8_RANGE:
        return this.hasLength(value) && isUtf8(value) ? Fault.NONE : Fault.VALUE;
      case RuleKind.PATTERN:
        return matchesPattern(this.pattern as Regex, value) ? Fault.NONE : Fault.VALUE;
      default:
        return Fault.TYPE;
    }
  }

  /** An email address, URL or telephone number may be missing unless the definition has one to start with. */
  private isFree(value: string): boolean {
    return value === '' && this.preset === undefined;
  }

  private hasLength(value: string): boolean {
    return value.length >= this.min && value.length <= this.max;
  }

  private checkObject(value: object): number {
    switch (this.kind) {
      case RuleKind.THING:
        return value instanceof Thing ? Fault.NONE : Fault.TYPE;
      case RuleKind.TYPE:
        return value instanceof Thing && value.shape.type === this.type ? Fault.NONE : Fault.TYPE;
      case RuleKind.RESTRICTED:
        return value instanceof Thing ? this.checkRestricted(value) : Fault.TYPE;
      case RuleKind.LIST:
        return value instanceof List ? this.checkItems(value.items, value.restriction) : Fault.TYPE;
      case RuleKind.SET:
        return value instanceof SetValue ? this.checkItems(value.things, value.restriction) : Fault.TYPE;
      case RuleKind.ENUM:
        return value instanceof EnumMember ? Fault.NONE : Fault.TYPE;
      case RuleKind.MEMBER:
        return value instanceof EnumMember && value.enumeration === this.enumeration ? Fault.NONE : Fault.TYPE;
      case RuleKind.FLOAT_RANGE:
        if (!(value instanceof Float)) return Fault.TYPE;
        return value.value >= Number(this.min) && value.value <= Number(this.max) ? Fault.NONE : Fault.VALUE;
      default:
        return this.isOfClass(value) ? Fault.NONE : Fault.TYPE;
    }
  }

  private isOfClass(value: object): boolean {
    switch (this.kind) {
      case RuleKind.BYTES:
      case RuleKind.RAW:
        return value instanceof Bytes;
      case RuleKind.REGEX:
        return value instanceof Regex;
      case RuleKind.CLOSURE:
        return value instanceof Closure;
      case RuleKind.ERROR:
        return value instanceof TiError;
      case RuleKind.DATETIME:
        return value instanceof DateTime && !value.isTimeval;
      case RuleKind.TIMEVAL:
        return value instanceof DateTime && value.isTimeval;
      case RuleKind.ROOM:
        return value instanceof Room;
      case RuleKind.TASK:
        return value instanceof Task;
      default:
        return false;
    }
  }

  /** A thing that is restricted otherwise does not fit; one that is not restricted fits by its values, and is restricted from then on. */
  private checkRestricted(thing: Thing): number {
    if (thing.shape.type !== null) return Fault.TYPE;
    const rule = this.restriction;
    if (thing.restriction !== null)
      return thing.restriction.definition === (rule?.definition ?? '') || rule === null ? Fault.NONE : Fault.VALUE;
    return rule === null ? Fault.NONE : rule.worst(thing.dict === null ? thing.slots : thing.dict.values());
  }

  private checkItems(items: Iterable<Value>, known: Restriction | null): number {
    const rule = this.restriction;
    return rule === null || rule === known ? Fault.NONE : rule.worst(items);
  }

  /** The first fault among some values. */
  private worst(values: Iterable<Value>): number {
    for (const value of values) {
      const fault = this.check(value);
      if (fault !== Fault.NONE) return fault;
    }
    return Fault.NONE;
  }
}
