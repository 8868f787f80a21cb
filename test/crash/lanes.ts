/**
 * What a connection does to a server, and what must come of it. A lane is a thing of its own under the root, with types, procedures and users of its own: its
 * operations follow one another, each a query whose effects are several, so that the state after any number of them is known here as well.
 */
import { isDeepStrictEqual } from 'node:util';

export type Random = (below: number) => number;

/** The state of a lane; sets and the fields of instances in any order. */
export interface LaneState {
  n: number;
  a: number;
  text: string;
  list: number[];
  /** Long enough in some lanes to be stored in parts. */
  big: number[];
  items: number[];
  /** Of instances that come many at a time, so that they need not come into memory when the log is read. */
  many: number[];
  dict: Record<string, number>;
  set: number[];
  typed: Record<string, number>[];
  /** Of each `B`, the number of the `A` that it is related to, or -1. */
  related: number[];
  /** The fields of the lane's type beside `n`. */
  fields: string[];
  procedures: string[];
  users: string[];
}

/** What an answer shows besides that the operation was done. */
export type Shows = 'nothing' | 'id' | 'position' | 'counter';

export interface Op {
  readonly scope: string;
  readonly code: string;
  readonly shows: Shows;
  /** What the position in the common list must hold, when the answer shows it. */
  readonly tag: string;
  /** Whether the query ends with an error, after it did what it does. */
  readonly fails: boolean;
  readonly apply: (state: LaneState) => void;
}

const RELATED = 3;
const STUFF = '//stuff';
const THINGSDB = '@thingsdb';

const BIG = 4050;
const bigStart = (lane: number): number[] => (lane < 2 ? Array.from({ length: BIG }, (_, i) => i) : []);

export function newState(lane: number): LaneState {
  return {
    n: 0,
    a: 0,
    text: '',
    list: [],
    big: bigStart(lane),
    items: [],
    many: [],
    dict: {},
    set: [],
    typed: [],
    related: Array.from({ length: RELATED }, () => -1),
    fields: [],
    procedures: [],
    users: [],
  };
}

/** Makes a lane, in one change. */
export function setupCode(lane: number): string {
  return `
    set_type('K${lane}', {n: 'int'});
    set_type('M${lane}', {n: 'int', s: 'str?'});
    set_type('B${lane}', {k: 'int'});
    set_type('A${lane}', {k: 'int', bs: '{B${lane}}'});
    mod_type('B${lane}', 'add', 'a', 'A${lane}?');
    mod_type('B${lane}', 'rel', 'a', 'bs');
    .l${lane} = {
      n: 0, a: 0, text: '', list: [], big: range(${lane < 2 ? BIG : 0}), items: [], many: [], dict: {}, set: set(), typed: [],
      as: range(${RELATED}).map(|k| A${lane}{k: k}), bs: range(${RELATED}).map(|k| B${lane}{k: k})
    };
    nil;`;
}

/** An expression with all that is stored of a lane, ids too, or nil for one that is not there. */
export function readCode(lane: number): string {
  const l = `.l${lane}`;
  return `(.has('l${lane}') ? [
    [${l}.n, ${l}.a, ${l}.text, ${l}.list, ${l}.dict.map(|k, v| [k, v]), ${l}.big],
    ${l}.items.map(|t| [t.id(), t.n]),
    ${l}.many.map(|t| [t.id(), t.n]),
    ${l}.set.map(|t| [t.id(), t.n]),
    ${l}.typed.map(|t| [t.id(), t.map(|k, v| [k, v])]),
    ${l}.bs.map(|b| is_nil(b.a) ? -1 : b.a.k),
    ${l}.as.map(|a| [a.k, a.bs.map(|b| b.k)])
  ] : nil)`;
}

type Pairs = [string, number][];
type Read = [
  [n: number, a: number, text: string, list: number[], dict: Pairs, big: number[]],
  items: [number, number][],
  many: [number, number][],
  set: [number, number][],
  typed: [number, Pairs][],
  related: number[],
  reverse: [number, number[]][],
];

export interface Observed {
  readonly state: LaneState;
  /** The number that each thing holds, by its id. */
  readonly ids: ReadonlyMap<number, number>;
}

/** What `readCode` gave, in the form of a state. Throws when the two sides of a relation differ. */
export function observe(lane: number, read: unknown, procedures: readonly string[], users: readonly string[]): Observed {
  const [[n, a, text, list, dict, big], items, many, set, typed, related, reverse] = read as Read;
  for (const [k, bs] of reverse) {
    const expected = related.flatMap((to, b) => (to === k ? [b] : []));
    if (!isDeepStrictEqual(bs.toSorted(), expected))
      throw new Error(`lane ${lane}: half a relation: ${JSON.stringify([related, reverse])}`);
  }
  const ids = new Map<number, number>();
  for (const [id, value] of [...items, ...many, ...set]) ids.set(id, value);
  const instances = typed.map(([id, pairs]) => {
    const fields = Object.fromEntries(pairs);
    ids.set(id, fields.n as number);
    return fields;
  });
  const state: LaneState = {
    n,
    a,
    text,
    list,
    big,
    items: items.map(([, value]) => value),
    many: many.map(([, value]) => value),
    dict: Object.fromEntries(dict),
    set: set.map(([, value]) => value).sort((x, y) => x - y),
    typed: instances,
    related,
    fields: [],
    procedures: procedures.filter((name) => name.startsWith(`p${lane}_`)).sort(),
    users: users.filter((name) => name.startsWith(`u${lane}_`)).sort(),
  };
  return { state, ids };
}

/** Whether what was read is this state. */
export function isState(observed: LaneState, state: LaneState): boolean {
  const { fields: _, ...expected } = state;
  const { fields: __, ...found } = observed;
  return isDeepStrictEqual(found, { ...expected, procedures: expected.procedures.toSorted(), users: expected.users.toSorted() });
}

type Maker = (lane: number, n: number, state: LaneState, random: Random) => Partial<Op> & Pick<Op, 'code' | 'apply'>;

const numbers = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + i);

const remove = <T>(items: T[], item: T): void => void items.splice(items.indexOf(item), 1);

const MAKERS: readonly Maker[] = [
  (lane, n, { big }) =>
    big.length < 6000
      ? {
          code: `.l${lane}.big.extend(range(${n}, ${n + 40})); nil;`,
          apply: (s) => void s.big.push(...numbers(n, 40)),
        }
      : { code: `.l${lane}.big.splice(0, 1700); nil;`, apply: (s) => void s.big.splice(0, 1700) },
  (lane, n, { big }, random) => {
    const at = random(big.length + 1);
    return { code: `.l${lane}.big.splice(${at}, 30, ${n}); nil;`, apply: (s) => void s.big.splice(at, 30, n) };
  },
  (lane, n, { many }) =>
    many.length < 1200
      ? {
          code: `.l${lane}.many.extend(range(300).map(|i| M${lane}{n: ${n} + i})); nil;`,
          apply: (s) => void s.many.push(...numbers(n, 300)),
        }
      : { code: `.l${lane}.many.splice(0, 700); nil;`, apply: (s) => void s.many.splice(0, 700) },
  (lane, n, _, random) =>
    random(3) > 0
      ? {
          code: `for (i in range(70)) .l${lane}.many.push(M${lane}{n: ${n} + i, s: 'text'}); nil;`,
          apply: (s) => void s.many.push(...numbers(n, 70)),
        }
      : {
          code: `.l${lane}.many = range(280).map(|i| M${lane}{n: ${n} + i}); nil;`,
          apply: (s) => {
            s.many = numbers(n, 280);
          },
        },
  (lane, n, { many }, random) => {
    const at = random(many.length);
    if (many.length === 0) return { code: 'nil;', apply: () => undefined };
    return {
      code: `.l${lane}.many[${at}].n = ${n}; nil;`,
      apply: (s) => {
        s.many[at] = n;
      },
    };
  },
  (lane, n, _, random) => {
    const text = 'abcdefgh'.repeat(random(12) === 0 ? 2500 : random(20));
    return {
      code: `.l${lane}.a = ${n * 7}; .l${lane}.text = '${text}'; nil;`,
      apply: (s) => {
        s.a = n * 7;
        s.text = text;
      },
    };
  },
  (lane, n) => ({
    code: `.l${lane}.list.push(${n}); .l${lane}.a = ${n}; nil;`,
    apply: (s) => {
      s.list.push(n);
      s.a = n;
    },
  }),
  (lane, n, { list }) =>
    list.length < 20
      ? { code: `.l${lane}.list.extend([${n}, ${n + 1}, ${n + 2}]); nil;`, apply: (s) => void s.list.push(n, n + 1, n + 2) }
      : { code: `.l${lane}.list.splice(3, 12, ${n}); nil;`, apply: (s) => void s.list.splice(3, 12, n) },
  (lane, n) => ({ code: `t = {n: ${n}}; .l${lane}.items.push(t); t.id();`, shows: 'id', apply: (s) => void s.items.push(n) }),
  (lane, _, { items }, random) => {
    const count = random(items.length + 1);
    return { code: `.l${lane}.items.splice(0, ${count}); nil;`, apply: (s) => void s.items.splice(0, count) };
  },
  (lane, n, _, random) => {
    const key = `k${random(8)}`;
    return {
      code: `.l${lane}.dict.set('${key}', ${n}); nil;`,
      apply: (s) => {
        s.dict[key] = n;
      },
    };
  },
  (lane, _, { dict }) => {
    const key = Object.keys(dict)[0];
    if (key === undefined) return { code: 'nil;', apply: () => undefined };
    return {
      code: `.l${lane}.dict.del('${key}'); nil;`,
      apply: (s) => {
        delete s.dict[key];
      },
    };
  },
  (lane, n) => ({ code: `t = {n: ${n}}; .l${lane}.set.add(t); t.id();`, shows: 'id', apply: (s) => void s.set.push(n) }),
  (lane, n, _, random) => {
    const limit = n - random(60);
    return {
      code: `.l${lane}.set.remove(|t| t.n < ${limit}); nil;`,
      apply: (s) => {
        s.set = s.set.filter((value) => value >= limit);
      },
    };
  },
  (lane, n) => ({
    code: `t = K${lane}{n: ${n}}; .l${lane}.typed.push(t); t.id();`,
    shows: 'id',
    apply: (s) => void s.typed.push(Object.fromEntries([['n', n], ...s.fields.map((name) => [name, 0])])),
  }),
  (lane, n, { typed }, random) => {
    const at = random(typed.length);
    if (typed.length === 0) return { code: 'nil;', apply: () => undefined };
    if (typed.length > 12) return { code: `.l${lane}.typed.splice(0, 8); nil;`, apply: (s) => void s.typed.splice(0, 8) };
    return {
      code: `.l${lane}.typed[${at}].n = ${n}; nil;`,
      apply: (s) => {
        (s.typed[at] as Record<string, number>).n = n;
      },
    };
  },
  (lane, n, { fields }) => {
    const [first] = fields;
    if (first === undefined || fields.length < 3) {
      return {
        code: `mod_type('K${lane}', 'add', 'f${n}', 'int', ${n}); nil;`,
        apply: (s) => {
          s.fields.push(`f${n}`);
          for (const instance of s.typed) instance[`f${n}`] = n;
        },
      };
    }
    return {
      code: `mod_type('K${lane}', 'del', '${first}'); nil;`,
      apply: (s) => {
        s.fields.shift();
        for (const instance of s.typed) delete instance[first];
      },
    };
  },
  (lane, n, { fields }) => {
    const [first] = fields;
    if (first === undefined) return { code: 'nil;', apply: () => undefined };
    return {
      code: `mod_type('K${lane}', 'ren', '${first}', 'g${n}'); nil;`,
      apply: (s) => {
        s.fields[0] = `g${n}`;
        for (const instance of s.typed) {
          instance[`g${n}`] = instance[first] as number;
          delete instance[first];
        }
      },
    };
  },
  (lane, _, __, random) => {
    const b = random(RELATED);
    const a = random(RELATED);
    const codes = [`.l${lane}.bs[${b}].a = .l${lane}.as[${a}]; nil;`, `.l${lane}.as[${a}].bs.add(.l${lane}.bs[${b}]); nil;`];
    return {
      code: codes[random(2)] as string,
      apply: (s) => {
        s.related[b] = a;
      },
    };
  },
  (lane, _, __, random) => {
    const b = random(RELATED);
    return {
      code: `.l${lane}.bs[${b}].a = nil; nil;`,
      apply: (s) => {
        s.related[b] = -1;
      },
    };
  },
  (lane, n, { procedures }) => {
    const [first] = procedures;
    if (first !== undefined && procedures.length > 2) {
      return { code: `del_procedure('${first}'); nil;`, apply: (s) => void s.procedures.shift() };
    }
    return { code: `new_procedure('p${lane}_${n}', |x| x + ${n}); nil;`, apply: (s) => void s.procedures.push(`p${lane}_${n}`) };
  },
  (lane, n, { users }) => {
    const [first] = users;
    if (first !== undefined && users.length > 2)
      return { scope: THINGSDB, code: `del_user('${first}'); nil;`, apply: (s) => remove(s.users, first) };
    const name = `u${lane}_${n}`;
    return {
      scope: THINGSDB,
      code: `new_user('${name}'); grant('//stuff', '${name}', QUERY); nil;`,
      apply: (s) => void s.users.push(name),
    };
  },
  (lane, n) => ({
    code: `.l${lane}.a = ${n}; .l${lane}.list.push(${n}); raise('stop');`,
    fails: true,
    apply: (s) => {
      s.a = n;
      s.list.push(n);
    },
  }),
  () => ({ code: '.counter += 1; .counter;', shows: 'counter', apply: () => undefined }),
  (lane, n) => ({ code: `.order.push('${lane}:${n}');`, shows: 'position', tag: `${lane}:${n}`, apply: () => undefined }),
];

/** A random operation for a lane in this state. Those on the collection also set the lane's `n`, so that none can be there by half. */
export function makeOp(lane: number, n: number, state: LaneState, random: Random): Op {
  const made = (MAKERS[random(MAKERS.length)] as Maker)(lane, n, state, random);
  const op: Op = { scope: STUFF, shows: 'nothing', tag: '', fails: false, ...made };
  if (op.scope !== STUFF) return op;
  return {
    ...op,
    code: `.l${lane}.n = ${n}; ${op.code}`,
    apply: (s) => {
      s.n = n;
      op.apply(s);
    },
  };
}
