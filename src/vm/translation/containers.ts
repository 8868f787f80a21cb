/** Properties and indexes, and the making of values that hold others. */
import type { List } from '../../values/list.ts';
import type { Emitters } from './writer.ts';

export const CONTAINERS: Emitters = {
  GET_PROP: (w, i) => {
    const x = w.pop().text;
    const c = w.cache(i.b);
    // Only things have a shape, and the cache never holds undefined.
    w.result(
      `(typeof ${x} === 'object' && ${x} !== null && ${x}.layout === ${c}.shape) ? ${x}.cells[${c}.slot] : (${w.at(i)}, m.getProperty(${x}, N[${i.a}], ${c}))`,
    );
  },
  LOCK_PROP: (w, i) => {
    w.settle();
    w.line(`${w.at(i)}; m.lockForProperty(${w.top.text});`);
  },
  SET_PROP: (w, i) => {
    const y = w.pop();
    const x = w.pop();
    w.line('m.unlock();');
    w.result(`(${w.at(i)}, m.tx.setProperty(${x.text}, N[${i.a}], ${y.text}, ${i.b === 1}))`);
  },
  COMPOUND_PROP: (w, i) => {
    const y = w.pop();
    const x = w.pop();
    w.line('m.unlock();');
    w.result(`(${w.at(i)}, compoundProperty(m, ${x.text}, N[${i.a}], ${i.b}, ${y.text}))`);
  },
  INDEX: (w, i) => {
    const y = w.pop().text;
    const x = w.pop().text;
    w.result(
      `(typeof ${y} === 'number' && ${x} instanceof List && ${y} >= 0 && ${y} < ${x}.items.length) ? ${x}.items[${y}] : (${w.at(i)}, indexValue(${x}, ${y}))`,
    );
  },
  SLICE: (w, i) => {
    w.lay((i.a & 1) + ((i.a >> 1) & 1) + (i.a >> 2), 0);
    w.result(`(${w.at(i)}, sliceValue(${w.pop().text}, ${i.a}, S, m.sp))`);
  },
  LOCK_INDEX: (w, i) => {
    w.settle();
    w.line(`${w.at(i)}; m.lockForIndex(${w.top.text});`);
  },
  CHECK_INDEX: (w, i) => {
    const y = w.pop();
    w.result(`(${w.at(i)}, checkIndex(${w.top.text}, ${y.text}))`);
  },
  SET_INDEX: (w, i) => {
    const y = w.pop();
    const at = w.pop();
    const x = w.pop();
    w.line('m.unlock();');
    w.result(`(${w.at(i)}, setIndex(m.tx, ${x.text}, ${at.text}, ${i.a}, ${y.text}))`);
  },
  ARRAY: (w, i) => {
    const items = w.take(i.a).map((o) => (o.isInt ? o.text : `m.tx.item(${o.text})`));
    w.result(`new List([${items.join(', ')}])`);
  },
  ITEM: (w) => w.result(`m.tx.item(${w.pop().text})`),
  OWN: (w) => w.result(`own(${w.pop().text})`),
  THING: (w, i) => {
    const slots = w.take(i.b).map((o) => o.text);
    w.result(`(${w.at(i)}, thingOf(m, program, ${i.a}, [${slots.join(', ')}]))`);
  },
  TYPE_TEST: (w, i) => w.result(`(${w.at(i)}, beginInstance(m, N[${i.a}]))`),
  INSTANCE: (w, i) => {
    w.lay((w.fn.program.constants[i.b] as List).items.length, 0);
    w.result(`(${w.at(i)}, finishInstance(m, ${w.pop().text}, K[${i.b}].items, m.sp))`);
  },
  ENUM: (w, i) => w.result(`(${w.at(i)}, enumOf(m, N[${i.a}]).member(N[${i.b}]))`),
  TEMPLATE: (w, i) => {
    const parts = w.take(i.a).map((o) => `(typeof ${o.text} === 'string' ? ${o.text} : textOf(${o.text}))`);
    w.result(parts.length === 0 ? `''` : `(${w.at(i)}, checkedText(${parts.join(' + ')}${parts.length === 1 ? ` + ''` : ''}))`);
  },
  REGEX: (w, i) => w.result(`(${w.at(i)}, regex(K[${i.a}]))`),
};
