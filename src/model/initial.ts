/** What fields hold when nobody says what: the values that definitions begin with. */
import { ErrorCode, TiError } from '../errors.ts';
import { offsetAt } from '../time/zones.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import type { EnumDef } from './enums.ts';
import { type FieldRule, RuleKind } from './rules.ts';
import { type FieldDef, own, type TypeDef } from './types.ts';

/** The code of a closure that does nothing; it is compiled when somebody calls it. */
const NOTHING: ClosureCode = { params: [], effects: 0, text: '|| nil', compactText: '||nil', definition: '|| nil', doc: '' };

function emptyClosure(): Closure {
  const closure = new Closure(NOTHING);
  closure.unbound = true;
  return closure;
}

/** A new value for a field that nobody gave one, made for this field alone. Lists and sets have their restriction, but no owner yet. */
export function initialValue(collection: Collection, rule: FieldRule): Value {
  if (rule.preset !== undefined) return rule.preset;
  if (rule.nillable) return null;
  switch (rule.kind) {
    case RuleKind.STR:
    case RuleKind.UTF8:
    case RuleKind.RAW:
    case RuleKind.EMAIL:
    case RuleKind.URL:
    case RuleKind.TEL:
    case RuleKind.PATTERN:
      return '';
    case RuleKind.INT:
    case RuleKind.UINT:
    case RuleKind.NUMBER:
      return 0;
    case RuleKind.PINT:
      return 1;
    case RuleKind.NINT:
      return -1;
    case RuleKind.BOOL:
      return false;
    case RuleKind.INT_RANGE:
      return nearestZero(rule.min, rule.max, 0);
    case RuleKind.FLOAT_RANGE:
      return new Float(Number(nearestZero(Number(rule.min), Number(rule.max), 0)));
    case RuleKind.STR_RANGE:
    case RuleKind.UTF8_RANGE:
      return '-'.repeat(Number(rule.min));
    case RuleKind.MEMBER:
      return (rule.enumeration as EnumDef).first;
    default:
      return initialObject(collection, rule);
  }
}

function initialObject(collection: Collection, rule: FieldRule): Value {
  switch (rule.kind) {
    case RuleKind.FLOAT:
      return new Float(0);
    case RuleKind.BYTES:
      return new Bytes('');
    case RuleKind.THING:
      return new Thing(Shape.empty, []);
    case RuleKind.TYPE:
      return defaultInstance(collection, rule.type as TypeDef);
    case RuleKind.RESTRICTED: {
      const thing = new Thing(Shape.empty, []);
      thing.restriction = rule.restriction;
      return thing;
    }
    case RuleKind.LIST: {
      const list = new List([]);
      list.restriction = rule.restriction;
      return list;
    }
    case RuleKind.SET: {
      const set = new SetValue();
      set.restriction = rule.restriction;
      return set;
    }
    case RuleKind.REGEX:
      return new Regex('.*', '');
    case RuleKind.CLOSURE:
      return emptyClosure();
    case RuleKind.ERROR:
      return new TiError(ErrorCode.CUSTOM, `error:${ErrorCode.CUSTOM}`);
    case RuleKind.DATETIME:
      return now(collection, false);
    case RuleKind.TIMEVAL:
      return now(collection, true);
    case RuleKind.ROOM:
      return new Room();
    case RuleKind.TASK:
      return new Task();
    default:
      return null;
  }
}

function now(collection: Collection, isTimeval: boolean): DateTime {
  const seconds = Math.floor(Date.now() / 1000);
  return new DateTime(seconds, offsetAt(collection.timeZone, seconds), collection.timeZone, isTimeval);
}

const SHARED: ReadonlySet<number> = new Set([
  RuleKind.STR,
  RuleKind.UTF8,
  RuleKind.RAW,
  RuleKind.EMAIL,
  RuleKind.URL,
  RuleKind.TEL,
  RuleKind.PATTERN,
  RuleKind.INT,
  RuleKind.UINT,
  RuleKind.NUMBER,
  RuleKind.PINT,
  RuleKind.NINT,
  RuleKind.BOOL,
  RuleKind.INT_RANGE,
  RuleKind.FLOAT_RANGE,
  RuleKind.STR_RANGE,
  RuleKind.UTF8_RANGE,
  RuleKind.MEMBER,
  RuleKind.ENUM,
  RuleKind.ANY,
  RuleKind.FLOAT,
  RuleKind.BYTES,
  RuleKind.REGEX,
]);

/** Whether all instances may begin with the same value, because nothing can change it. */
const isSharedInitial = (rule: FieldRule): boolean => rule.preset !== undefined || rule.nillable || SHARED.has(rule.kind);

/** What instances of a type begin with. */
export interface Template {
  /** Of which `Collection.schema` this is; another number: it is to be made anew. */
  readonly schema: number;
  readonly slots: readonly Value[];
  /** The slots whose values must be made for each instance. */
  readonly fresh: readonly number[];
}

const templates = new WeakMap<TypeDef, Template>();

export function templateOf(collection: Collection, type: TypeDef): Template {
  const known = templates.get(type);
  if (known !== undefined && known.schema === collection.schema) return known;
  const slots: Value[] = [];
  const fresh: number[] = [];
  type.fields.forEach(({ rule }, slot) => {
    const isShared = isSharedInitial(rule);
    slots.push(isShared ? initialValue(collection, rule) : null);
    if (!isShared) fresh.push(slot);
  });
  const template = { schema: collection.schema, slots, fresh };
  templates.set(type, template);
  return template;
}

/** An instance whose fields all hold what they begin with. */
export function defaultInstance(collection: Collection, type: TypeDef): Thing {
  const { slots, fresh } = templateOf(collection, type);
  const thing = new Thing(type.shape, slots.slice());
  for (const slot of fresh) thing.slots[slot] = initialFor(collection, thing, slot);
  return thing;
}

/** A new value for the field in that slot, which the instance owns if it is a list or set. */
export function initialFor(collection: Collection, thing: Thing, slot: number): Value {
  const { name, rule } = (thing.shape.type as TypeDef).fields[slot] as FieldDef;
  return own(thing, name, initialValue(collection, rule));
}

/** The value of a range that is nearest to zero. */
function nearestZero<T extends number | bigint>(min: T, max: T, zero: T): T {
  if (min > 0) return min;
  return max < 0 ? max : zero;
}
