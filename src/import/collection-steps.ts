/** Steps of changes of a collection that change its things; those of its types and enumerators are in a file of their own. */
import type { Collection } from '../model/collection.ts';
import { idHere } from '../model/foreign-values.ts';
import { parseRestriction } from '../model/restrictions.ts';
import { type ClosureLoader, collectionContext, typeById } from '../model/schema-records.ts';
import type { Transaction } from '../model/transaction.ts';
import type { TypeDef } from '../model/types.ts';
import { toInstance, toPlain } from '../model/types-migrate.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { readCommit } from './commits.ts';
import { Operands } from './operands.ts';
import { applyProcedureStep } from './procedure-steps.ts';
import { applySchemaStep } from './schema-steps.ts';
import { applyTaskStep } from './task-steps.ts';

export class CollectionSteps extends Operands {
  private readonly tx: Transaction;

  constructor(r: MsgpackReader, collection: Collection, tx: Transaction, load: ClosureLoader) {
    super(r, collection, collectionContext(collection, load), load);
    this.tx = tx;
  }

  /** Applies a step to the thing of that id; false when it is not known. */
  apply(step: number, id: number): boolean {
    return this.things(step, id) || this.lists(step, id) || this.others(step) || applySchemaStep(this, this.made, this.cx, this.tx, step);
  }

  private thing(id: number): Thing {
    const thing = this.made.things.get(id);
    if (thing === undefined) throw new Error(`there is no thing ${id}`);
    return thing;
  }

  private things(step: number, id: number): boolean {
    const { tx, made } = this;
    switch (step) {
      case 0: {
        const thing = this.thing(id);
        for (let left = this.open(); left > 0; left--) {
          const key = this.str();
          tx.setProperty(thing, key, this.property(), true);
        }
        return true;
      }
      case 1:
        tx.deleteProperty(this.thing(id), this.str());
        return true;
      case 52: {
        const type = typeById(made, idHere(this.int()));
        const thing = this.thing(id);
        for (const value of toInstance(made, thing, type)) tx.keep(value);
        type.instances?.add(thing);
        return true;
      }
      case 56:
        this.r.skip();
        tx.clear(this.thing(id));
        return true;
      case 66: {
        const definition = this.restriction(this.int());
        tx.restrict(this.thing(id), definition === null ? null : parseRestriction(made, definition));
        return true;
      }
      case 67:
        for (let left = this.count(); left > 0; left--) tx.deleteProperty(this.thing(id), this.str());
        return true;
      case 70: {
        this.r.skip();
        const thing = this.thing(id);
        (thing.shape.type as TypeDef | null)?.instances?.delete(thing);
        toPlain(thing);
        return true;
      }
      case 72: {
        this.open();
        const from = this.str();
        tx.renameProperty(this.thing(id), from, this.str());
        return true;
      }
      default:
        return false;
    }
  }

  private lists(step: number, id: number): boolean {
    const { tx } = this;
    switch (step) {
      case 2: {
        this.open();
        const list = this.list(id, this.str());
        const count = this.count();
        const start = this.int();
        const taken = this.int();
        const items: Value[] = [];
        for (let left = count - 2; left > 0; left--) items.push(tx.item(this.value()));
        tx.splice(list, start, taken, items, true);
        return true;
      }
      case 3:
      case 4: {
        this.open();
        const set = this.set(id, this.str());
        const things: Thing[] = [];
        for (let left = this.count(); left > 0; left--) {
          const value = step === 3 ? this.value() : this.thing(this.int());
          if (value instanceof Thing) things.push(value);
        }
        if (step === 3) tx.addToSet(set, things);
        else tx.removeFromSet(set, things);
        return true;
      }
      case 55: {
        this.open();
        const list = this.list(id, this.str());
        const places: number[] = [];
        for (let left = this.count(); left > 0; left--) places.push(this.int());
        tx.removeItems(
          list,
          places.sort((a, b) => a - b),
        );
        return true;
      }
      case 57: {
        const list = this.list(id, this.str());
        tx.splice(list, 0, list.items.length, [], true);
        return true;
      }
      case 58: {
        const set = this.set(id, this.str());
        tx.removeFromSet(set, [...set.things]);
        return true;
      }
      case 73: {
        this.open();
        const list = this.list(id, this.str());
        const value = tx.item(this.value());
        tx.splice(
          list,
          0,
          list.items.length,
          list.items.map(() => value),
          true,
        );
        return true;
      }
      default:
        return false;
    }
  }

  private list(id: number, key: string): List {
    const list = this.thing(id).get(key);
    if (!(list instanceof List)) throw new Error(`\`${key}\` of thing ${id} is no list`);
    return list;
  }

  private set(id: number, key: string): SetValue {
    const set = this.thing(id).get(key);
    if (!(set instanceof SetValue)) throw new Error(`\`${key}\` of thing ${id} is no set`);
    return set;
  }

  private others(step: number): boolean {
    const { made } = this;
    if (applyProcedureStep(this, step, made.procedures)) return true;
    switch (step) {
      case 79: {
        this.count();
        const room = this.cx.room(this.int());
        made.nameRoom(room, this.strOrNil());
        return true;
      }
      case 84:
        made.history?.push(readCommit(this.r));
        return true;
      default:
        return applyTaskStep(this, made, step);
    }
  }

  private strOrNil(): string | null {
    return this.r.next() === Tok.NIL ? null : this.r.text();
  }

  // --- things that come with their first place ---

  protected override inline(isInstance: boolean): Thing {
    const head = this.int();
    const id = this.int();
    if (this.made.things.get(id) !== undefined) throw new Error(`thing ${id} comes a second time`);
    const thing = this.cx.thing(id);
    this.made.nextId = Math.max(this.made.nextId, id + 1);
    if (isInstance) this.instance(thing, typeById(this.made, idHere(head)));
    else this.plain(thing, head);
    return thing;
  }

  private plain(thing: Thing, restriction: number): void {
    const definition = this.restriction(restriction);
    thing.fill(Shape.empty, [], null, null);
    for (let left = this.open(); left > 0; left--) {
      const key = this.str();
      this.tx.setProperty(thing, key, this.property(), true);
    }
    if (definition !== null) thing.restriction = parseRestriction(this.made, definition);
  }

  private instance(thing: Thing, type: TypeDef): void {
    if (this.count() !== type.fields.length) throw new Error(`an instance of \`${type.name}\` with another number of values`);
    const slots: Value[] = [];
    for (const field of type.fields) {
      const value = this.property();
      if (value instanceof List || value instanceof SetValue) {
        value.parent = thing;
        value.key = field.name;
        value.restriction = field.rule.restriction;
      }
      this.tx.keep(value);
      slots.push(value);
    }
    thing.fill(type.shape, slots, null, null);
    type.instances?.add(thing);
  }
}
