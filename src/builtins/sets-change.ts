/** Methods that change a set, and the loops that only sets need. */
import { typeErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { truthy, typeName, type Value } from '../values/value.ts';
import { wrongArgument, wrongCount } from './lists-common.ts';
import { setSource } from './lists-loops.ts';
import { type Context, Loop, type MethodRow, type Row } from './row.ts';

const REMOVE = 'data-types/set/remove';

/** Goes through the things of a set and notes those for which the closure gives something true, until there are `limit` of them. */
abstract class PickLoop extends Loop {
  protected readonly picked: Thing[] = [];
  private readonly things: readonly Value[];
  private readonly ids: readonly Value[] | null;
  private readonly limit: number;
  private at = 0;

  constructor(set: SetValue, closure: Closure, limit: number) {
    super(closure, set);
    const { first, second } = setSource(set, closure);
    this.things = first;
    this.ids = second;
    this.limit = limit;
  }

  protected abstract finish(): Value;

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous !== undefined && truthy(previous)) this.picked.push(this.things[i - 1] as Thing);
    if (i === this.things.length || this.picked.length >= this.limit) {
      this.result = this.finish();
      return false;
    }
    this.a = this.things[i] as Value;
    this.b = this.ids === null ? null : (this.ids[i] as Value);
    this.at = i + 1;
    return true;
  }
}

export class SetFilterLoop extends PickLoop {
  constructor(set: SetValue, closure: Closure) {
    super(set, closure, Number.POSITIVE_INFINITY);
  }

  protected override finish(): Value {
    return new SetValue(new Set(this.picked));
  }
}

class RemoveLoop extends PickLoop {
  private readonly cx: Context;
  private readonly set: SetValue;

  constructor(cx: Context, set: SetValue, closure: Closure, limit: number) {
    super(set, closure, limit);
    this.cx = cx;
    this.set = set;
  }

  protected override finish(): Value {
    return new List(this.cx.tx.removeFromSet(this.set, this.picked));
  }
}

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
  const limit = more[0];
  if (limit === undefined) return new RemoveLoop(cx, self, closure, Number.POSITIVE_INFINITY);
  if (typeof limit !== 'number' && typeof limit !== 'bigint') throw wrongArgument('remove', REMOVE, 2, '`int`', limit);
  // A set has no end to start from.
  return new RemoveLoop(cx, self, closure, limit < 0 ? Number.POSITIVE_INFINITY : Number(limit));
}

const remove: MethodRow = {
  ...CHANGES,
  name: 'remove',
  params: [
    { name: 'closure_or_thing', type: 'closure|thing' },
    { name: 'more', type: 'any', rest: true },
  ],
  returns: 'list',
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
