/** An answer as a drawing: things and what leads from one to another. Things of which only the id is known can be asked for. */
import { ThingValue, type Value } from '../net/values.ts';
import { h } from '../ui/dom.ts';
import { type Box, drawing, type Line } from '../ui/drawing.ts';
import type { ThingOf } from './result-tree.ts';
import { summary } from './values.ts';

/** More things are not drawn. */
const MAX_THINGS = 150;
const MAX_FIELDS = 6;

interface Found {
  readonly key: string;
  thing: ThingValue;
}

/** The things of an answer, and how they hang together. */
class Collector {
  readonly things = new Map<string, Found>();
  readonly lines = new Map<string, Line>();
  private readonly loaded: ReadonlyMap<number, ThingValue>;
  private unnamed = 0;
  left = 0;

  constructor(loaded: ReadonlyMap<number, ThingValue>) {
    this.loaded = loaded;
  }

  /** The key of a thing; null for one that is too many. */
  private add(told: ThingValue): string | null {
    const thing = told.id === null ? told : this.fuller(told, told.id);
    const key = thing.id === null ? `unnamed ${this.unnamed++}` : `#${thing.id}`;
    const known = this.things.get(key);
    if (known === undefined) {
      if (this.things.size >= MAX_THINGS) {
        this.left += 1;
        return null;
      }
      this.things.set(key, { key, thing });
    } else if (!known.thing.isReference || thing.isReference) return key;
    else known.thing = thing;
    for (const [name, value] of thing.fields) this.walk(value, key, name);
    return key;
  }

  private fuller(told: ThingValue, id: number): ThingValue {
    return told.isReference ? (this.loaded.get(id) ?? told) : told;
  }

  walk(value: Value, from: string | null, label: string): void {
    if (Array.isArray(value)) {
      for (const item of value as readonly Value[]) this.walk(item, from, label);
    } else if (value instanceof ThingValue) {
      const to = this.add(value);
      if (from !== null && to !== null) this.lines.set(`${from}\0${label}\0${to}`, { from, to, label, isDashed: false, isMutual: false });
    }
  }
}

/** Whether a value is told by lines; empty lists, which may be lists of things, are told by none. */
const holdsThings = (value: Value): boolean =>
  value instanceof ThingValue || (Array.isArray(value) && (value as readonly Value[]).every(holdsThings));

/** `open` asks for a thing of which only the id is known; null when it is known. */
function boxOf({ key, thing }: Found, open: (() => void) | null): Box {
  const plain = [...thing.fields].filter(([, value]) => !holdsThings(value));
  const lines = plain.slice(0, MAX_FIELDS).map(([name, value]): [string, string] => [name, summary(value).text]);
  if (plain.length > MAX_FIELDS) lines.push(['…', '']);
  const { id } = thing;
  const box = { key, title: id === null ? '{ }' : `#${id}`, lines, style: open !== null ? 'reference' : id === null ? 'loose' : 'thing' };
  return open === null ? box : { ...box, onChoose: open };
}

export function resultGraph(value: Value, thingOf: ThingOf): HTMLElement {
  const loaded = new Map<number, ThingValue>();
  const frame = h('div', { class: 'fill' });
  const draw = (): void => {
    const found = new Collector(loaded);
    found.walk(value, null, '');
    if (found.things.size === 0) {
      frame.replaceChildren(h('p', { class: 'empty' }, 'There are no things in this result.'));
      return;
    }
    const boxes = [...found.things.values()].map((each) => {
      const { id, isReference } = each.thing;
      return boxOf(each, id !== null && isReference && !loaded.has(id) ? () => open(id) : null);
    });
    const left = found.left === 0 ? null : h('p', { class: 'note' }, `The first ${MAX_THINGS} things are drawn.`);
    frame.replaceChildren(drawing('Things of the result', boxes, [...found.lines.values()]), left ?? '');
  };
  const open = (id: number): void => {
    void thingOf(id).then(
      (thing) => {
        if (!(thing instanceof ThingValue)) return;
        loaded.set(id, thing);
        draw();
        frame.querySelector<SVGGElement>(`[data-key="#${id}"]`)?.focus();
      },
      () => {},
    );
  };
  draw();
  return frame;
}
