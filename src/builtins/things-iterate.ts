/** Methods of things that call a closure for each property. */
import type { Transaction } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import type { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { EachLoop, MapLoop, thingSource } from './lists-loops.ts';
import { Loop, type MethodRow, type Param, type Row } from './row.ts';
import { emptyLike } from './things-common.ts';

const CALLBACK: Param = { name: 'callback', type: 'closure' };

/** Makes a thing of those properties for which the closure gives something true. */
class FilterLoop extends Loop {
  private readonly tx: Transaction;
  private readonly keys: readonly string[];
  private readonly values: readonly Value[];
  private readonly made: Thing;
  private at = 0;

  constructor(tx: Transaction, thing: Thing, closure: Closure) {
    super(closure, thing);
    const { first, second } = thingSource(thing);
    this.tx = tx;
    this.keys = first as readonly string[];
    this.values = second as readonly Value[];
    this.made = emptyLike(thing);
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous !== undefined && truthy(previous)) {
      const key = this.keys[i - 1] as string;
      this.made.put(key, this.tx.property(this.made, key, this.values[i - 1] as Value, false));
    }
    if (i === this.keys.length) {
      this.result = this.made;
      return false;
    }
    this.a = this.keys[i] as string;
    this.b = this.values[i] as Value;
    this.at = i + 1;
    return true;
  }
}

/** Makes a thing with the same keys and what the closure gives for the values. */
class ValueMapLoop extends Loop {
  private readonly tx: Transaction;
  private readonly keys: readonly string[];
  private readonly values: readonly Value[];
  private readonly made: Thing;
  private at = 0;

  constructor(tx: Transaction, thing: Thing, closure: Closure) {
    super(closure, thing);
    const { first, second } = thingSource(thing);
    this.tx = tx;
    this.keys = first as readonly string[];
    this.values = second as readonly Value[];
    this.made = emptyLike(thing);
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous !== undefined) {
      const key = this.keys[i - 1] as string;
      this.made.put(key, this.tx.property(this.made, key, previous, false));
    }
    if (i === this.keys.length) {
      this.result = this.made;
      return false;
    }
    this.a = this.values[i] as Value;
    this.at = i + 1;
    return true;
  }
}

const each: MethodRow = {
  name: 'each',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'nil',
  doc: 'Calls a closure with the name and the value of each property.',
  example: 'l = []; {a: 1}.each(|k, v| l.push(k, v)); l;  // => ["a", 1]',
  page: 'data-types/thing/each',
  run: (_cx, self: Thing, callback: Closure) => new EachLoop(thingSource(self), callback),
};

const map: MethodRow = {
  name: 'map',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'list',
  doc: 'Gives a list of what a closure gives for the name and the value of each property.',
  example: '{a: 1, b: 2}.map(|k, v| [k, v]);  // => [["a", 1], ["b", 2]]',
  page: 'data-types/thing/map',
  run: (cx, self: Thing, callback: Closure) => new MapLoop(thingSource(self), callback, cx.tx),
};

const filter: MethodRow = {
  name: 'filter',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'thing',
  doc: 'Gives a new thing with the properties for which a closure gives something true.',
  example: '{a: 1, b: 2}.filter(|k, v| v > 1);  // => {"b": 2}',
  page: 'data-types/thing/filter',
  run: (cx, self: Thing, callback: Closure) => new FilterLoop(cx.tx, self, callback),
};

const vmap: MethodRow = {
  name: 'vmap',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'thing',
  doc: 'Gives a new thing with the same names and what a closure gives for each value.',
  example: '{a: 1, b: 2}.vmap(|v| v * 10);  // => {"a": 10, "b": 20}',
  page: 'data-types/thing/vmap',
  run: (cx, self: Thing, callback: Closure) => new ValueMapLoop(cx.tx, self, callback),
};

export const thingIterateRows: readonly Row[] = [each, map, filter, vmap];
