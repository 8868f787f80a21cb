/** What a wrap shows of a thing. */
import { EnumMember, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { type FieldRule, RuleKind, WrapFlag } from './rules.ts';
import { fitsWrap, isShown } from './rules-fit.ts';
import type { FieldDef, TypeDef } from './types.ts';

/** A field of a wrap that is shown. */
export interface ShownField {
  readonly name: string;
  readonly value: Value;
  readonly rule: FieldRule;
}

/** Which slots of instances of one type are shown by the fields of another. */
interface Mapping {
  readonly schema: number;
  readonly pairs: readonly (readonly [FieldDef, number])[];
}

const mappings = new WeakMap<TypeDef, Map<TypeDef, Mapping>>();

function mappingOf(source: TypeDef, type: TypeDef, schema: number): Mapping {
  let bySource = mappings.get(type);
  if (bySource === undefined) {
    bySource = new Map();
    mappings.set(type, bySource);
  }
  const known = bySource.get(source);
  if (known !== undefined && known.schema === schema) return known;
  const pairs: (readonly [FieldDef, number])[] = [];
  for (const field of type.fields) {
    const slot = source.shape.slotOf.get(field.name);
    if (slot !== undefined && (source === type || isShown(source.rule(slot), field.rule))) pairs.push([field, slot]);
  }
  const mapping = { schema, pairs };
  bySource.set(source, mapping);
  return mapping;
}

/** The fields of `type` that a thing has and that fit, in the order of the type. `schema` is that of the collection. */
export function shownFields(thing: Thing, type: TypeDef, schema: number): ShownField[] {
  const shown: ShownField[] = [];
  const source = thing.shape.type as TypeDef | null;
  if (source !== null && source.shape === thing.shape) {
    for (const [field, slot] of mappingOf(source, type, schema).pairs) show(shown, field, thing.slots[slot] as Value);
    return shown;
  }
  for (const field of type.fields) {
    const value = thing.get(field.name);
    if (value !== undefined && fitsWrap(field.rule, value)) show(shown, field, value);
  }
  return shown;
}

function show(shown: ShownField[], { name, rule }: FieldDef, value: Value): void {
  if ((rule.flags & WrapFlag.SKIP_NIL) !== 0 && value === null) return;
  if ((rule.flags & WrapFlag.SKIP_FALSE) !== 0 && !truthy(value)) return;
  if (rule.kind === RuleKind.NESTED && !(value instanceof Thing)) return;
  if (rule.kind === RuleKind.NESTED_LIST && !(value instanceof List) && !(value instanceof SetValue)) return;
  const isFree = rule.kind === RuleKind.ANY || (rule.kind === RuleKind.LIST && rule.restriction === null);
  const bare = isFree ? unwrapped(value) : value;
  shown.push({ name, rule, value: (rule.flags & WrapFlag.MEMBER_NAME) === 0 ? bare : withNames(bare) });
}

/** Wraps as the things in them: a wrap shows what it holds in its own way. */
function unwrapped(value: Value): Value {
  if (value instanceof Wrapped) return value.thing;
  if (!(value instanceof List)) return value;
  return value.items.some((item) => item instanceof Wrapped) ? new List(value.items.map(unwrapped)) : value;
}

/** Members as their names. */
function withNames(value: Value): Value {
  if (value instanceof EnumMember) return value.name;
  if (!(value instanceof List)) return value;
  return value.items.some((item) => item instanceof EnumMember) ? new List(value.items.map(withNames)) : value;
}

/** Levels of things to show in a field, when the thing itself has `deep` levels left behind it. */
export function deepOf({ flags, kind }: FieldRule, deep: number): number {
  if ((flags & WrapFlag.MIN_DEEP) !== 0) return (flags & WrapFlag.SAME_DEEP) === 0 ? 0 : 1;
  if ((flags & WrapFlag.MAX_DEEP) !== 0) return 126;
  const isSame = (flags & WrapFlag.SAME_DEEP) !== 0 || kind === RuleKind.NESTED || kind === RuleKind.NESTED_LIST;
  return isSame ? deep + 1 : deep;
}
