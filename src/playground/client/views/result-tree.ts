/** An answer as a tree. Things of which only the id is told are asked for when they are opened. */
import { ThingValue, type Value } from '../net/values.ts';
import { h } from '../ui/dom.ts';
import { Tree, type TreeItem } from '../ui/tree.ts';
import { summaryElement } from './values.ts';

/** Asks the server for a thing; null when it cannot be had. */
export type ThingOf = (id: number) => Promise<Value>;

function fieldsOf(value: ThingValue | readonly Value[]): readonly (readonly [string, Value])[] {
  return value instanceof ThingValue ? [...value.fields] : value.map((item, i) => [String(i), item]);
}

const isEmpty = (value: ThingValue | readonly Value[]): boolean =>
  value instanceof ThingValue ? value.id === null && value.fields.size === 0 : value.length === 0;

function itemOf(name: string | null, value: Value, thingOf: ThingOf, isOpen: boolean): TreeItem {
  const head = name === null ? [] : [h('span', { class: 'key' }, name), h('span', { class: 'dim' }, ': ')];
  const content = [...head, summaryElement(value)];
  if (!(value instanceof ThingValue || Array.isArray(value)) || isEmpty(value as ThingValue | readonly Value[]))
    return { content, children: null };
  const inner = value as ThingValue | readonly Value[];
  return { content, isOpen, children: () => childrenOf(inner, thingOf) };
}

const itemsOf = (value: ThingValue | readonly Value[], thingOf: ThingOf): TreeItem[] =>
  fieldsOf(value).map(([key, field]) => itemOf(key, field, thingOf, false));

function childrenOf(value: ThingValue | readonly Value[], thingOf: ThingOf): readonly TreeItem[] | Promise<readonly TreeItem[]> {
  if (!(value instanceof ThingValue) || !value.isReference) return itemsOf(value, thingOf);
  return thingOf(value.id as number).then(
    (found) =>
      found instanceof ThingValue && !found.isReference
        ? itemsOf(found, thingOf)
        : [{ content: [h('span', { class: 'dim' }, 'empty')], children: null }],
    (error: unknown) => [
      { content: [h('span', { class: 'is-error' }, error instanceof Error ? error.message : String(error))], children: null },
    ],
  );
}

export function resultTree(value: Value, thingOf: ThingOf): HTMLElement {
  return new Tree('Result', [itemOf(null, value, thingOf, true)]).element;
}
