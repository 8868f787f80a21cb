/** Methods of things that call a closure for each property. */
import type { Transaction } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { ItemLoop, Mode, thingSource, valuesInOrder } from './lists-loops.ts';
import type { MethodRow, Param, Row } from './row.ts';
import { emptyLike } from './things-common.ts';

const CALLBACK: Param = { name: 'callback', type: 'closure', takes: ['str', 'any'] };

/** A thing of its own with some keys and values, told in the same kind of order as `like`. */
function build(tx: Transaction, like: Thing, keys: readonly string[], values: readonly Value[]): Thing {
  const made = emptyLike(like);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    made.put(key, tx.property(made, key, values[i] as Value, false));
  }
  return made;
}

const each: MethodRow = {
  name: 'each',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'nil',
  doc: 'Calls a closure with the name and the value of each property.',
  example: 'l = []; {a: 1}.each(|k, v| l.push(k, v)); l;  // => ["a", 1]',
  page: 'data-types/thing/each',
  run: (_cx, self: Thing, callback: Closure) => ItemLoop.seeking(Mode.EACH, thingSource(self), callback, null),
};

const map: MethodRow = {
  name: 'map',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'list',
  gives: '[result]',
  doc: 'Gives a list of what a closure gives for the name and the value of each property.',
  example: '{a: 1, b: 2}.map(|k, v| [k, v]);  // => [["a", 1], ["b", 2]]',
  page: 'data-types/thing/map',
  run: (cx, self: Thing, callback: Closure) => ItemLoop.listing(Mode.MAP, thingSource(self), callback, cx.tx),
};

const filter: MethodRow = {
  name: 'filter',
  receiver: 'thing',
  params: [CALLBACK],
  returns: 'thing',
  doc: 'Gives a new thing with the properties for which a closure gives something true.',
  example: '{a: 1, b: 2}.filter(|k, v| v > 1);  // => {"b": 2}',
  page: 'data-types/thing/filter',
  run: ({ tx }, self: Thing, callback: Closure) => {
    const keys = self.keys();
    const values = valuesInOrder(self, keys);
    const at = <T>(places: readonly Value[], from: readonly T[]): T[] => places.map((place) => from[place as number] as T);
    return ItemLoop.collecting(Mode.PICK, { lock: self, first: keys, second: values }, callback, (places) =>
      build(tx, self, at(places, keys), at(places, values)),
    );
  },
};

const vmap: MethodRow = {
  name: 'vmap',
  receiver: 'thing',
  params: [{ ...CALLBACK, takes: ['any'] }],
  returns: 'thing',
  doc: 'Gives a new thing with the same names and what a closure gives for each value.',
  example: '{a: 1, b: 2}.vmap(|v| v * 10);  // => {"a": 10, "b": 20}',
  page: 'data-types/thing/vmap',
  run: ({ tx }, self: Thing, callback: Closure) => {
    const keys = self.keys();
    const source = { lock: self, first: valuesInOrder(self, keys), second: keys.map(() => null) };
    return ItemLoop.collecting(Mode.COLLECT, source, callback, (values) => build(tx, self, keys, values));
  },
};

export const thingIterateRows: readonly Row[] = [each, map, filter, vmap];
