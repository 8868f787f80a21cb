/**
 * A simple model of instances with relations: a relation is a list of pairs, and nothing is kept from both sides. What a database says after a command is compared
 * with what this model says.
 */

/** Both sides of a relation: a field of a type, which names one thing or many. */
interface Side {
  readonly type: 'A' | 'B';
  readonly field: string;
  readonly many: boolean;
}

interface Relation {
  readonly left: Side;
  /** The same as `left` when a relation is between things of one field. */
  readonly right: Side;
  /** Numbers of things. */
  pairs: (readonly [number, number])[];
}

const side = (type: 'A' | 'B', field: string, many: boolean): Side => ({ type, field, many });

function relation(left: Side, right: Side = left): Relation {
  return { left, right, pairs: [] };
}

/** What the model describes; the names of things follow. */
export const SCHEMA = `
  new_type('B'); set_enum('E', {X: 1, Y: 2});
  set_type('A', {no: 'int', one: 'B?', kids: '{B}', all: '{B}', boss: 'A?', staff: '{A}', twin: 'A?', friends: '{A}', e: 'E', l: '[int]', d: 'thing<int>'});
  set_type('B', {no: 'int', one: 'A?', mum: 'A?', all: '{A}'});
  mod_type('A', 'rel', 'one', 'one');
  mod_type('A', 'rel', 'kids', 'mum');
  mod_type('A', 'rel', 'all', 'all');
  mod_type('A', 'rel', 'boss', 'staff');
  mod_type('A', 'rel', 'twin', 'twin');
  mod_type('A', 'rel', 'friends', 'friends');
`;

const OWN_FIELDS = ['no', 'one', 'kids', 'all', 'boss', 'staff', 'twin', 'friends', 'e', 'l', 'd'];

interface Instance {
  readonly type: 'A' | 'B';
  readonly no: number;
  member: string;
  list: number[];
  readonly dict: Map<string, number>;
  /** Values of the fields that were added. */
  readonly more: Map<string, number | string>;
}

type FieldOf = (typeof SINGLE)[number] | (typeof MANY)[number];
/** Type, field, and the type on the other side. */
export const SINGLE = [
  ['A', 'one', 'B'],
  ['A', 'boss', 'A'],
  ['A', 'twin', 'A'],
  ['B', 'one', 'A'],
  ['B', 'mum', 'A'],
] as const;
export const MANY = [
  ['A', 'kids', 'B'],
  ['A', 'all', 'B'],
  ['A', 'staff', 'A'],
  ['A', 'friends', 'A'],
  ['B', 'all', 'A'],
] as const;

export class Oracle {
  private readonly relations: readonly Relation[] = [
    relation(side('A', 'one', false), side('B', 'one', false)),
    relation(side('A', 'kids', true), side('B', 'mum', false)),
    relation(side('A', 'all', true), side('B', 'all', true)),
    relation(side('A', 'boss', false), side('A', 'staff', true)),
    relation(side('A', 'twin', false)),
    relation(side('A', 'friends', true)),
  ];
  private readonly instances: Instance[] = [];
  /** Numbers by the names that the root has. */
  readonly names = new Map<string, number>();
  /** Fields of A in order. */
  fields = [...OWN_FIELDS];
  /** Fields that were added to A: what begins them. */
  readonly added = new Map<string, number | string>();
  members = new Map([
    ['X', 1],
    ['Y', 2],
  ]);

  /** Makes a thing under a name; gives its number. */
  make(name: string, type: 'A' | 'B'): number {
    const no = this.instances.length;
    const more = type === 'A' ? new Map(this.added) : new Map<string, number | string>();
    this.instances.push({ type, no, member: 'X', list: [], dict: new Map(), more });
    this.names.set(name, no);
    return no;
  }

  instance(name: string): Instance {
    return this.instances[this.names.get(name) as number] as Instance;
  }

  all(type: 'A' | 'B'): Instance[] {
    return this.instances.filter((instance) => instance.type === type);
  }

  private find([type, field]: FieldOf): readonly [Relation, boolean] {
    for (const found of this.relations) {
      if (found.left.type === type && found.left.field === field) return [found, true];
      if (found.right.type === type && found.right.field === field) return [found, false];
    }
    throw new Error('no such relation');
  }

  /** The numbers that a thing names in a field. */
  named(no: number, field: FieldOf): number[] {
    const [{ pairs }, isLeft] = this.find(field);
    return pairs.filter((pair) => pair[isLeft ? 0 : 1] === no).map((pair) => pair[isLeft ? 1 : 0]);
  }

  unlink(no: number, field: FieldOf, other: number): void {
    const [found, isLeft] = this.find(field);
    const [a, b] = isLeft ? [no, other] : [other, no];
    const isSame = found.left === found.right;
    found.pairs = found.pairs.filter(([x, y]) => !(x === a && y === b) && !(isSame && x === b && y === a));
  }

  link(no: number, field: FieldOf, other: number): void {
    const [found, isLeft] = this.find(field);
    const [a, b] = isLeft ? [no, other] : [other, no];
    if (found.pairs.some(([x, y]) => x === a && y === b)) return;
    const isSame = found.left === found.right;
    const isTaken = ([x, y]: readonly [number, number]): boolean =>
      (!found.left.many && (x === a || (isSame && x === b))) || (!found.right.many && (y === b || (isSame && y === a)));
    found.pairs = found.pairs.filter((pair) => !isTaken(pair));
    found.pairs.push([a, b]);
    if (isSame && a !== b) found.pairs.push([b, a]);
  }

  assign(no: number, field: FieldOf, others: readonly number[]): void {
    for (const other of this.named(no, field)) if (!others.includes(other)) this.unlink(no, field, other);
    for (const other of others) this.link(no, field, other);
  }

  /** What `question` asks, as the answer should be. */
  state(): unknown {
    const sorted = (no: number, field: FieldOf): number[] => this.named(no, field).sort((x, y) => x - y);
    return [
      this.fields,
      ...[...this.names].map(([, no]) => {
        const { type, member, list, dict, more } = this.instances[no] as Instance;
        const own = type === 'A' ? [member, list, [...dict].sort(), this.fields.filter((f) => more.has(f)).map((f) => more.get(f))] : [];
        const single = SINGLE.filter((field) => field[0] === type).map((field) => this.named(no, field)[0] ?? null);
        return [no, ...single, ...MANY.filter((field) => field[0] === type).map((field) => sorted(no, field)), ...own];
      }),
    ];
  }

  /** The query that tells the state. */
  question(): string {
    const parts = [...this.names].map(([name, no]) => {
      const { type, more } = this.instances[no] as Instance;
      const single = SINGLE.filter((field) => field[0] === type).map(([, field]) => `.${name}.${field}..no`);
      const many = MANY.filter((field) => field[0] === type).map(([, field]) => `.${name}.${field}.map(|t| t.no).sort()`);
      const added = this.fields.filter((field) => more.has(field)).map((field) => `.${name}.${field}`);
      const own =
        type === 'A'
          ? [`.${name}.e.name()`, `.${name}.l`, `.${name}.d.map(|k, v| [k, v]).sort(|a, b| a[0] > b[0] ? 1 : -1)`, `[${added.join(', ')}]`]
          : [];
      return `[${[`.${name}.no`, ...single, ...many, ...own].join(', ')}]`;
    });
    return `[type_info('A').load().fields.map(|f| f[0]), ${parts.join(', ')}];`;
  }
}
