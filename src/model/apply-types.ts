/** Applies recorded changes of types, with what they do to the instances. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { ChangeOp } from './change.ts';
import type { Collection } from './collection.ts';
import { hold, releaseAll } from './counts.ts';
import type { EnumDef } from './enums.ts';
import { readInt, readStr } from './read.ts';
import { decodeType, decodeTypeInfo, fieldOf, removeEnum, removeType, typeById } from './schema-records.ts';
import { decodeMember, decodeProperty, type StoredContext } from './stored.ts';
import { FieldDef, own, type TypeDef } from './types.ts';
import { ruleOf } from './types-define.ts';
import { addField, endRestrictions, removeField, renameField, setRule, storedInstances, toPlain } from './types-migrate.ts';

/** Applies one operation on types. Throws when it is none, or damaged. */
export function applyTypeOp(r: MsgpackReader, op: number, collection: Collection, cx: StoredContext): void {
  switch (op) {
    case ChangeOp.TYPE:
      decodeType(r, collection, cx);
      return;
    case ChangeOp.TYPE_INFO:
      decodeTypeInfo(r, collection, cx);
      return;
    case ChangeOp.DEL_TYPE:
      dropType(collection, typeById(collection, readInt(r)));
      return;
    default:
      applyFieldOp(r, op, collection, cx);
  }
}

/** Removes a type: instances become plain things, restrictions to it end. */
export function dropType(collection: Collection, type: TypeDef): void {
  for (const thing of touched(collection, type)) toPlain(thing);
  endRestrictions(collection, (rule) => rule.type === type);
  removeType(collection, type);
}

/** Removes an enumerator: restrictions to it end. */
export function dropEnum(collection: Collection, enumeration: EnumDef): void {
  endRestrictions(collection, (rule) => rule.enumeration === enumeration);
  removeEnum(collection, enumeration);
}

/** The stored instances of a type, all about to change. */
export function touched(collection: Collection, type: TypeDef): Thing[] {
  const instances = storedInstances(collection, type);
  for (const thing of instances) collection.touch(thing.id);
  return instances;
}

function applyFieldOp(r: MsgpackReader, op: number, collection: Collection, cx: StoredContext): void {
  const type = typeById(collection, readInt(r));
  const name = readStr(r);
  switch (op) {
    case ChangeOp.ADD_FIELD: {
      const field = new FieldDef(name, ruleOf(collection, type, name, decodeMember(r, cx)));
      const value = decodeProperty(r, cx);
      const valueFor = (thing: Thing): Value => {
        hold(collection, value);
        return ownCopy(thing, field, value);
      };
      addField(type, field, touched(collection, type), valueFor);
      break;
    }
    case ChangeOp.DEL_FIELD:
      releaseAll(collection, removeField(type, fieldOf(type, name), touched(collection, type)));
      break;
    case ChangeOp.RENAME_FIELD:
      renameField(type, fieldOf(type, name), readStr(r), touched(collection, type));
      break;
    case ChangeOp.FIELD_RULE:
      setRule(type, fieldOf(type, name), ruleOf(collection, type, name, decodeMember(r, cx)), storedInstances(collection, type));
      break;
    case ChangeOp.RELATE: {
      const other = typeById(collection, readInt(r));
      const field = fieldOf(other, readStr(r));
      const own = fieldOf(type, name);
      own.relation = { type: other, field };
      field.relation = { type, field: own };
      break;
    }
    case ChangeOp.UNRELATE: {
      const field = fieldOf(type, name);
      if (field.relation !== null) field.relation.field.relation = null;
      field.relation = null;
      break;
    }
    default:
      throw new Error(`damaged change: unknown operation ${op}`);
  }
  collection.schemaChanged();
}

/** The value as one instance has it: lists and sets are its own. */
function ownCopy(thing: Thing, { name, rule }: FieldDef, value: Value): Value {
  if (!(value instanceof List) && !(value instanceof SetValue)) return value;
  const copy = value instanceof List ? new List(value.items.slice()) : new SetValue(new Set(value.things));
  copy.restriction = rule.restriction;
  return own(thing, name, copy);
}
