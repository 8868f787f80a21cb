/** Methods that change a set, and the loops that only sets need. */
import { typeErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { wrongArgument, wrongCount } from './lists-common.ts';
import { ItemLoop, Mode, setSource } from './lists-loops.ts';
import type { Context, Loop, MethodRow, Row } from './row.ts';

const REMOVE = 'data-types/set/remove';

/** The things at some places of what a loop went through. */
export const thingsAt = (things: readonly Value[], places: readonly Value[]): Thing[] =>
  places.map((place) => things[place as number] as Thing);

const CHANGES = { receiver: 'set', changes: ['collection'], notUnderNse: true, locks: true } as const;

const add: MethodRow = {
  ...CHANGES,
  name: 'add',
  notOnVariable: true,
  params: [
    { name: 'thing', type: 'any' },
    { name: 'more', type: 'any', rest: true },
  ],
  returns: 'int',
  doc: 'Adds things and gives how many were not in the set before.',
  example: 's = set(); t = {}; [s.add(t), s.add(t, {}), s.len()];  // => [1, 1, 2]',
  page: 'data-types/set/add',
  run: ({ tx }, self: SetValue, thing: Value, more: readonly Value[]) => {
    const things = [thing, ...more];
    for (const item of things) {
      if (!(item instanceof Thing)) throw typeErr(`a \`set\` holds things only; cannot add type \`${typeName(item)}\``);
    }
    return tx.addToSet(self, things as Thing[]);
  },
};

function removeWhere(cx: Context, self: SetValue, closure: Closure, more: readonly Value[]): Loop {
  if (more.length > 1)
    throw wrongCount(`function \`remove\` takes at most 2 arguments with a \`closure\` but ${more.length + 1} were given`, REMOVE);
  const limit = more[0] ?? null;
  if (more.length > 0 && typeof limit !== 'number' && typeof limit !== 'bigint') throw wrongArgument('remove', REMOVE, 2, '`int`', limit);
  const source = setSource(self, closure);
  const finish = (places: Value[]) => new List(cx.tx.removeFromSet(self, thingsAt(source.first, places)));
  // A set has no end to start from, so a negative limit is none.
  const most = limit === null || (limit as number) < 0 ? Number.POSITIVE_INFINITY : Number(limit);
  return ItemLoop.collecting(Mode.PICK, source, closure, finish, most);
}

const remove: MethodRow = {
  ...CHANGES,
  name: 'remove',
  params: [
    { name: 'closure_or_thing', type: 'closure|thing' },
    { name: 'more', type: 'any', rest: true },
  ],
  returns: 'list',
  gives: '[item]',
  doc: 'Removes things: those given, or those for which a closure gives something true, at most as many as a limit says. Gives a list of them.',
  example: 's = set({a: 1}, {a: 2}); [s.remove(|t| t.a > 1), s];  // => [[{"a": 2}], [{"a": 1}]]',
  page: REMOVE,
  run: (cx, self: SetValue, what: Closure | Thing, more: readonly Value[]) => {
    if (what instanceof Closure) return removeWhere(cx, self, what, more);
    const things = new Set<Thing>([what]);
    more.forEach((thing, i) => {
      if (!(thing instanceof Thing)) throw wrongArgument('remove', REMOVE, i + 2, '`thing`', thing);
      things.add(thing);
    });
    return new List(cx.tx.removeFromSet(self, things));
  },
};

const clear: MethodRow = {
  ...CHANGES,
  name: 'clear',
  params: [],
  returns: 'nil',
  doc: 'Removes all things from the set.',
  example: 's = set({}); s.clear(); s;  // => []',
  page: 'data-types/set/clear',
  run: (cx, self: SetValue) => {
    cx.spend(self.things.size);
    cx.tx.removeFromSet(self, self.things);
    return null;
  },
};

export const setChangeRows: readonly Row[] = [add, remove, clear];
