/** Steps of changes of a collection that change its types and enumerators. */
import { applyTypeOp, dropEnum, dropType } from '../model/apply-types.ts';
import { ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import { EnumDef } from '../model/enums.ts';
import { idHere } from '../model/foreign-values.ts';
import { addType, renameType, setAutoIndex, typeById } from '../model/schema-records.ts';
import { encodeMember, encodeStored, type StoredContext } from '../model/stored.ts';
import type { Transaction } from '../model/transaction.ts';
import { FieldDef, type TypeDef, takeOut } from '../model/types.ts';
import { ruleOf } from '../model/types-define.ts';
import { MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure } from '../values/closure.ts';
import type { Value } from '../values/value.ts';
import type { CollectionSteps } from './collection-steps.ts';

/** False for a step that is not known. */
export function applySchemaStep(operands: CollectionSteps, made: Collection, cx: StoredContext, tx: Transaction, step: number): boolean {
  return new SchemaSteps(operands, made, cx, tx).apply(step);
}

class SchemaSteps {
  private readonly o: CollectionSteps;
  private readonly made: Collection;
  private readonly cx: StoredContext;
  private readonly tx: Transaction;

  constructor(o: CollectionSteps, made: Collection, cx: StoredContext, tx: Transaction) {
    this.o = o;
    this.made = made;
    this.cx = cx;
    this.tx = tx;
  }

  apply(step: number): boolean {
    const isKnown = this.types(step) || this.fields(step) || this.enums(step);
    if (isKnown) this.made.schemaChanged();
    return isKnown;
  }

  /** Applies an operation of ours. */
  private operation(op: number, write: (w: MsgpackWriter) => void): void {
    const w = new MsgpackWriter(256);
    write(w);
    applyTypeOp(new MsgpackReader(w.take()), op, this.made, this.cx);
  }

  private type(name = 'type_id'): TypeDef {
    return typeById(this.made, idHere(this.o.int(name)));
  }

  /** The type and the time of its change, with which most operands begin. */
  private modified(): TypeDef {
    this.o.open();
    const type = this.type();
    type.modifiedAt = this.o.int('modified_at') || null;
    return type;
  }

  private types(step: number): boolean {
    const { o, made } = this;
    switch (step) {
      case 13:
        dropType(made, typeById(made, idHere(o.int())));
        return true;
      case 28:
        this.modified().wrapOnly = o.bool('wrap_only');
        return true;
      case 35: {
        o.open();
        const id = idHere(o.int('type_id'));
        const createdAt = o.int('created_at');
        const type = addType(made, id, o.str('name'), createdAt);
        type.wrapOnly = o.bool('wrap_only');
        type.hideId = o.bool('hide_id');
        setAutoIndex(type, o.bool('index'));
        return true;
      }
      case 41: {
        o.open();
        const type = this.type('id');
        renameType(made, type, o.str('name'));
        return true;
      }
      case 51:
        this.define();
        return true;
      case 71:
        this.modified().hideId = o.bool('hide_id');
        return true;
      case 85:
        setAutoIndex(this.modified(), o.bool('index'));
        return true;
      default:
        return false;
    }
  }

  private define(): void {
    const { o, made } = this;
    const type = this.modified();
    type.wrapOnly = o.bool('wrap_only');
    type.hideId = o.bool('hide_id');
    setAutoIndex(type, o.bool('index'));
    o.key('fields');
    const fields: FieldDef[] = [];
    for (let left = o.count(); left > 0; left--) {
      o.count();
      const name = o.str();
      const definition = o.definition();
      if (definition === '#') type.idName = name;
      else fields.push(new FieldDef(name, ruleOf(made, type, name, definition)));
    }
    type.setFields(fields);
    o.key('methods');
    const methods: [string, Closure][] = [];
    for (let left = o.open(); left > 0; left--) methods.push([o.str(), o.closure()]);
    type.methods.assign(methods);
  }

  private fields(step: number): boolean {
    const { o } = this;
    switch (step) {
      case 22:
      case 24:
        this.setField(step === 22);
        return true;
      case 23: {
        const type = this.modified();
        const name = o.str('name');
        if (type.methods.has(name)) type.methods.take(name);
        else if (type.idName === name) type.idName = null;
        else this.fieldOperation(ChangeOp.DEL_FIELD, type, name);
        return true;
      }
      case 25: {
        o.open();
        const modifiedAt = o.int('modified_at');
        const type = this.type('type1_id');
        const name = o.str('name1');
        const other = this.type('type2_id');
        const opposite = o.str('name2');
        type.modifiedAt = modifiedAt;
        other.modifiedAt = modifiedAt;
        this.fieldOperation(ChangeOp.RELATE, type, name, (w) => {
          w.int(other.id);
          w.str(opposite);
        });
        return true;
      }
      case 26: {
        o.open();
        const modifiedAt = o.int('modified_at');
        const type = this.type();
        const name = o.str('name');
        type.modifiedAt = modifiedAt;
        const other = type.field(name)?.relation?.type;
        if (other !== undefined) other.modifiedAt = modifiedAt;
        this.fieldOperation(ChangeOp.UNRELATE, type, name);
        return true;
      }
      case 27: {
        const type = this.modified();
        const name = o.str('name');
        const to = o.str('to');
        if (type.methods.has(name)) type.methods.rename(name, to);
        else if (type.idName === name) type.idName = to;
        else this.fieldOperation(ChangeOp.RENAME_FIELD, type, name, (w) => w.str(to));
        return true;
      }
      default:
        return false;
    }
  }

  private fieldOperation(op: number, type: TypeDef, name: string, more: (w: MsgpackWriter) => void = () => {}): void {
    this.operation(op, (w) => {
      w.int(type.id);
      w.str(name);
      more(w);
    });
  }

  /** A new field or method, or another definition of one that is there. */
  private setField(isNew: boolean): void {
    const { o } = this;
    const { r } = o;
    const count = o.open();
    const type = this.type();
    type.modifiedAt = o.int('modified_at') || null;
    const name = o.str('name');
    if (o.str() === 'closure') {
      const closure = o.closure();
      const methods = [...type.methods].map(([key, old]) => [key, key === name ? closure : old] as const);
      type.methods.assign(isNew ? [...methods, [name, closure]] : methods);
      return;
    }
    const definition = o.definition();
    if (definition === '#') {
      type.idName = name;
      return;
    }
    let value: Value = null;
    let known = 4;
    if (isNew) {
      o.key('dval');
      value = o.property();
      known++;
    }
    for (let left = count - known; left > 0; left--) {
      r.skip();
      r.skip();
    }
    this.fieldOperation(isNew ? ChangeOp.ADD_FIELD : ChangeOp.FIELD_RULE, type, name, (w) => {
      encodeMember(w, definition);
      if (isNew) encodeStored(w, value);
    });
  }

  // --- enumerators ---

  private enumeration(name = 'enum_id'): EnumDef {
    const enumeration = this.made.enumsById.get(idHere(this.o.int(name)));
    if (enumeration === undefined) throw new Error('there is no such enumerator');
    return enumeration;
  }

  private enums(step: number): boolean {
    const { o, made, tx } = this;
    switch (step) {
      case 6: {
        const enumeration = made.enumsById.get(idHere(o.int()));
        if (enumeration === undefined) throw new Error('there is no such enumerator');
        for (const { value } of enumeration.members.values()) tx.drop(value);
        dropEnum(made, enumeration);
        return true;
      }
      case 38: {
        o.open();
        const enumeration = this.enumeration('id');
        made.enums.delete(enumeration.name);
        enumeration.name = o.str('name');
        made.enums.set(enumeration.name, enumeration);
        return true;
      }
      case 45:
        this.defineEnum();
        return true;
      case 17:
      case 18:
      case 19:
      case 20:
      case 21:
        this.modifyEnum(step);
        return true;
      default:
        return false;
    }
  }

  private defineEnum(): void {
    const { o, made, tx } = this;
    o.open();
    const id = idHere(o.int('enum_id'));
    const createdAt = o.int('created_at');
    const enumeration = new EnumDef(id, o.str('name'), createdAt);
    o.key('members');
    for (let left = o.count(); left > 0; left--) {
      o.count();
      const name = o.str();
      const value = o.value();
      tx.keep(value);
      enumeration.add(name, value);
    }
    o.key('methods');
    const methods: [string, Closure][] = [];
    for (let left = o.count(); left > 0; left--) {
      o.count();
      methods.push([o.str(), o.closure()]);
    }
    enumeration.methods.assign(methods);
    made.enums.set(enumeration.name, enumeration);
    made.enumsById.set(id, enumeration);
    made.nextEnumId = Math.max(made.nextEnumId, id + 1);
  }

  private modifyEnum(step: number): void {
    const { o, tx } = this;
    o.open();
    const enumeration = this.enumeration();
    enumeration.modifiedAt = o.int('modified_at') || null;
    const { members, methods } = enumeration;
    if (step === 18) {
      const list = [...members.values()];
      const at = o.int('index');
      const [first, chosen] = [list[0], list[at]];
      if (first === undefined || chosen === undefined) throw new Error('there is no such member');
      list[0] = chosen;
      list[at] = first;
      enumeration.setMembers(list);
      return;
    }
    const name = o.str('name');
    if (step === 17 || step === 20) {
      o.key('value');
      const value = o.value();
      if (value instanceof Closure) {
        if (step === 17) methods.assign([...methods, [name, value]]);
        else methods.assign([...methods].map(([key, old]) => [key, key === name ? value : old] as const));
        return;
      }
      tx.keep(value);
      if (step === 17) enumeration.add(name, value);
      else {
        const member = enumeration.member(name);
        tx.drop(member.value);
        member.value = value;
      }
    } else if (step === 19) {
      if (methods.has(name)) methods.take(name);
      else {
        const member = enumeration.member(name);
        enumeration.setMembers(takeOut([...members.values()], (other) => other === member));
        tx.drop(member.value);
      }
    } else {
      const to = o.str('to');
      if (methods.has(name)) methods.rename(name, to);
      else {
        enumeration.member(name).name = to;
        enumeration.setMembers(members.values());
      }
    }
  }
}
