/** Random changes of types, enumerators and instances, and what must hold after them. */
import type { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import type { LogEntry } from '../../src/storage/store.ts';
import { latin1 } from '../support.ts';
import { Checkpoints, recordingEngine, reopened } from './recording.ts';
import { inUse, wrongReferences } from './reference-check.ts';
import { brokenRelations } from './relation-check.ts';

const ADMIN = { id: 1, name: 'admin' };

/** Numbers that look random and are the same for the same seed. */
export function generator(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    let t = state ^ (state >>> 7);
    t = Math.imul(t ^ (t >>> 13), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Makes statements about the types A to D, the enumerators E and F, and things in the root. */
export class Statements {
  private readonly next: (below: number) => number;

  constructor(seed: number) {
    this.next = generator(seed);
  }

  private of<T>(items: readonly T[]): T {
    return items[this.next(items.length)] as T;
  }

  private type = (): string => this.of(['A', 'B', 'C', 'D']);
  private enumeration = (): string => this.of(['E', 'F']);
  private member = (): string => this.of(['X', 'Y', 'Z']);
  private field = (): string => this.of(['f', 'g', 'h', 'p', 'q']);
  private key = (): string => this.of(['a', 'b', 'c', 'd', 'e']);
  private place = (): string => this.of([`.${this.key()}`, `.${this.key()}`, `.${this.key()}`, '.l[0]', `.${this.key()}.${this.field()}`]);

  private definition(): string {
    const type = this.type();
    return this.of([
      'int',
      'str',
      'any',
      'int?',
      '[int]',
      '[str?]',
      '[]',
      '{}',
      'thing',
      'thing?',
      'room',
      'float',
      'int<1:9>',
      'str<1:5:ab>',
      '/^a*$/',
      type,
      `${type}?`,
      `${type}?`,
      `[${type}]`,
      `{${type}}`,
      `{${type}}`,
      `&${type}?`,
      this.enumeration(),
      `${this.enumeration()}{${this.member()}}`,
      'thing<int>',
      'closure',
      'enum',
      '[enum]',
      'thing<enum>',
      `thing<${type}>`,
    ]);
  }

  private value(): string {
    return this.of([
      '1',
      '7',
      '2.5',
      "'a'",
      "'zz'",
      'nil',
      '[]',
      '[1, 2]',
      '{}',
      '{n: 1}',
      'set()',
      `${this.type()}{}`,
      `${this.type()}{${this.field()}: ${this.place()}}`,
      this.place(),
      this.place(),
      `set(${this.place()})`,
      `[${this.place()}]`,
      `${this.enumeration()}{${this.member()}}`,
      '|x| x + 1',
      'room()',
      `${this.place()}.wrap('${this.type()}')`,
      `{${this.field()}: 1}.wrap(&{${this.field()}: '${this.definition()}'})`,
      `{${this.key()}: ${this.place()}}`,
    ]);
  }

  private fields(): string {
    const fields = new Set([this.field(), this.field(), this.field()]);
    return [...fields].map((field) => `${field}: '${this.definition()}'`).join(', ');
  }

  private schema(): string {
    const [type, field, enumeration] = [this.type(), this.field(), this.enumeration()];
    return this.of([
      `new_type('${type}');`,
      `set_type('${type}', {${this.fields()}});`,
      `set_type('${type}', {${this.fields()}, m: |this| this.${field}});`,
      `mod_type('${type}', 'add', '${field}', '${this.definition()}');`,
      `mod_type('${type}', 'add', '${field}', '${this.definition()}', ${this.value()});`,
      `mod_type('${type}', 'add', '${field}', '${this.definition()}', |t| ${this.value()});`,
      `mod_type('${type}', 'add', '${field}', |this| 1);`,
      `mod_type('${type}', 'add', 'key', '#');`,
      `mod_type('${type}', 'del', '${field}');`,
      `mod_type('${type}', 'del', '${field}', |t| {.b = t.${field};});`,
      `mod_type('${type}', 'mod', '${field}', '${this.definition()}');`,
      `mod_type('${type}', 'mod', '${field}', '${this.definition()}', |t| ${this.value()});`,
      `mod_type('${type}', 'ren', '${field}', '${this.field()}');`,
      `mod_type('${type}', 'rel', '${field}', '${this.field()}');`,
      `mod_type('${type}', 'rel', '${field}', '${this.field()}');`,
      `mod_type('${type}', 'rel', '${field}', nil);`,
      `mod_type('${type}', 'idx', true);`,
      `mod_type('${type}', 'hid', true);`,
      `mod_type('${type}', 'wpo', true);`,
      `mod_type('${type}', 'wpo', false);`,
      `mod_type('${type}', 'all', |t| {t.${field} = ${this.value()}; .a = t;});`,
      `del_type('${type}');`,
      `rename_type('${type}', '${this.type()}');`,
      `set_enum('${enumeration}', {X: ${this.of(['1', "'x'", '{}', '2.5'])}, Y: ${this.of(['2', "'y'", `${this.type()}{}`, '3.5'])}});`,
      `mod_enum('${enumeration}', 'add', '${this.member()}', ${this.of(['3', "'z'", '{}', '{k: 2}'])});`,
      `mod_enum('${enumeration}', 'del', '${this.member()}');`,
      `mod_enum('${enumeration}', 'mod', '${this.member()}', ${this.of(['4', "'w'", '{}', this.place()])});`,
      `mod_enum('${enumeration}', 'ren', '${this.member()}', '${this.member()}');`,
      `mod_enum('${enumeration}', 'def', '${this.member()}');`,
      `mod_enum('${enumeration}', 'add', 'm', |this| this.value());`,
      `del_enum('${enumeration}');`,
      `rename_enum('${enumeration}', '${this.enumeration()}');`,
    ]);
  }

  private data(): string {
    const [key, field, place] = [this.key(), this.field(), this.place()];
    return this.of([
      `.${key} = ${this.value()};`,
      `.${key} = ${this.type()}{};`,
      `.${key} = ${this.type()}{${field}: ${this.value()}};`,
      `.${key} = ${this.type()}{${field}: ${this.value()}, ${this.field()}: ${this.value()}};`,
      `${place}.${field} = ${this.value()};`,
      `${place}.${field} = ${this.place()};`,
      `${place}.${field} = ${this.place()};`,
      `${place}.${field}.add(${this.place()});`,
      `${place}.${field}.add(${this.place()}, ${this.type()}{});`,
      `${place}.${field} |= set(${this.place()});`,
      `${place}.${field}.remove(${this.place()});`,
      `${place}.${field}.remove(|t| t == .a);`,
      `${place}.${field}.clear();`,
      `${place}.${field}.push(${this.value()});`,
      `${place}.${field}.pop();`,
      `${place}.${field} = nil;`,
      `${place}.${field} += 1;`,
      `.del('${key}');`,
      `.${key}.del('${field}');`,
      `.l.push(${this.value()});`,
      `.l.splice(0, 1, ${this.value()});`,
      `${place}.assign(${this.place()});`,
      `${place}.to_thing();`,
      `${place}.to_type('${this.type()}');`,
      `.${key} = ${place}.copy(2);`,
      `.${key} = ${place}.dup(2);`,
      `.${key} = new('${this.type()}', ${this.place()});`,
      `${place}.restrict('${this.definition()}');`,
      `x = ${this.type()}{}; ${place}.${field} = x; x.${this.field()} = ${this.place()};`,
      `x = ${place}; .del('${key}'); .${this.key()} = x;`,
      `type_all('${this.type()}').each(|t| t.${field} = ${this.place()});`,
    ]);
  }

  /** A statement; it may well end in an error. */
  statement(): string {
    return this.next(3) === 0 ? this.schema() : this.data();
  }
}

/** What statements about relations find there: all kinds of relations, between two types and within one. */
export const RELATED = `
  new_type('B');
  set_type('A', {n: 'int', one: 'B?', kids: '{B}', all: '{B}', boss: 'A?', staff: '{A}', twin: 'A?', friends: '{A}'});
  set_type('B', {n: 'int', one: 'A?', mum: 'A?', all: '{A}'});
  mod_type('A', 'rel', 'one', 'one');
  mod_type('A', 'rel', 'kids', 'mum');
  mod_type('A', 'rel', 'all', 'all');
  mod_type('A', 'rel', 'boss', 'staff');
  mod_type('A', 'rel', 'twin', 'twin');
  mod_type('A', 'rel', 'friends', 'friends');
  .a = A{}; .b = A{}; .c = A{}; .d = A{}; .p = B{}; .q = B{}; .r = B{}; .s = B{}; .l = [];
`;

/** Makes statements about instances of `RELATED`. */
export class RelatedStatements {
  private readonly next: (below: number) => number;

  constructor(seed: number) {
    this.next = generator(seed);
  }

  private of<T>(items: readonly T[]): T {
    return items[this.next(items.length)] as T;
  }

  private a = (): string => this.of(['.a', '.a', '.b', '.b', '.c', '.d', '.l[0]', '.p.mum', '.q.one', '.a.boss', '.b.twin', 'x', 'A{}']);
  private b = (): string => this.of(['.p', '.p', '.q', '.q', '.r', '.s', '.a.one', '.b.one', 'y', 'B{}']);
  private sets = (): readonly [string, string] =>
    this.of([
      [`${this.a()}.kids`, this.b()],
      [`${this.a()}.all`, this.b()],
      [`${this.a()}.staff`, this.a()],
      [`${this.a()}.friends`, this.a()],
      [`${this.b()}.all`, this.a()],
    ]);
  private single = (): readonly [string, string] =>
    this.of([
      [`${this.a()}.one`, this.b()],
      [`${this.a()}.boss`, this.a()],
      [`${this.a()}.twin`, this.a()],
      [`${this.b()}.one`, this.a()],
      [`${this.b()}.mum`, this.a()],
    ]);

  private schema(): string {
    return this.of([
      "mod_type('A', 'rel', 'one', nil);",
      "mod_type('A', 'rel', 'kids', nil);",
      "mod_type('A', 'rel', 'all', nil);",
      "mod_type('A', 'rel', 'friends', nil);",
      "mod_type('A', 'rel', 'one', 'one');",
      "mod_type('A', 'rel', 'kids', 'mum');",
      "mod_type('A', 'rel', 'all', 'all');",
      "mod_type('A', 'rel', 'friends', 'friends');",
      "mod_type('A', 'del', 'n');",
      "mod_type('B', 'add', 'm', 'A?', .a);",
      "mod_type('B', 'del', 'm');",
      "mod_type('A', 'ren', 'kids', 'babies');",
      "mod_type('A', 'ren', 'babies', 'kids');",
      "mod_type('A', 'mod', 'n', 'int', |a| {a.one = .p; a.friends.add(.a); a.n + 1});",
      "mod_type('A', 'add', 'm', '{B}', |a| a.kids);",
      "mod_type('A', 'rel', 'm', 'x');",
      "mod_type('A', 'del', 'm');",
      "mod_type('A', 'all', |a| a.boss = .b);",
      "mod_type('B', 'all', |b| b.mum = .c);",
      "mod_type('A', 'idx', true);",
    ]);
  }

  private change(): string {
    const [set, other] = this.sets();
    const [field, value] = this.single();
    const key = this.of(['a', 'b', 'c', 'd']);
    return this.of([
      `${set}.add(${other});`,
      `${set}.add(${other});`,
      `${set}.add(${other}, ${other});`,
      `${set}.remove(${other});`,
      `${set}.remove(|t| t == .a || t == .q);`,
      `${set}.clear();`,
      `${set} = set(${other});`,
      `${set} = set(${other}, ${other});`,
      `${set} |= set(${other});`,
      `${set} -= set(${other});`,
      `${set} &= set(${other});`,
      `${set} ^= set(${other});`,
      `${set} = ${this.sets()[0]};`,
      `${field} = ${value};`,
      `${field} = ${value};`,
      `${field} = ${value};`,
      `${field} = nil;`,
      `.${key} = A{one: ${this.b()}, boss: ${this.a()}};`,
      `.${key} = A{all: set(${this.b()}, ${this.b()}), friends: set(${this.a()}, ${this.a()})};`,
      `.${this.of(['p', 'q', 'r', 's'])} = B{one: ${this.a()}, mum: ${this.a()}, all: set(${this.a()})};`,
      `x = A{}; y = B{}; ${this.change0()} ${this.change0()}`,
      `.del('${key}');`,
      `.l.push(${this.a()});`,
      '.l.shift();',
      `.${key} = ${this.a()}.copy(${this.next(3)});`,
      `.${key} = ${this.a()}.dup(${this.next(3)});`,
      `${this.a()}.assign(${this.a()});`,
      `${this.a()}.to_thing();`,
      `.${key} = new('A', ${this.a()});`,
      `.${key} = {one: ${this.b()}, n: 3}.to_type('A');`,
      `t = {n: 3, twin: ${this.a()}, one: ${this.b()}}; .${key} = t; t.to_type('A');`,
    ]);
  }

  /** A change that uses no variables of its own. */
  private change0(): string {
    const [field, value] = this.single();
    const [set, other] = this.sets();
    return this.of([`${field} = ${value};`, `${set}.add(${other});`, `.a.one = y;`, `x.boss = ${this.a()};`, `.l.push(x);`]);
  }

  /** A statement; it may well end in an error. */
  statement(): string {
    return `x = A{}; y = B{}; ${this.next(8) === 0 ? this.schema() : this.change()}`;
  }
}

/** Runs a statement; errors of the language are fine, others are not. */
function run(engine: LocalEngine, code: string): boolean {
  try {
    engine.query({ user: ADMIN, client: null, scope: '//stuff', code: latin1(`wse(); ${code}`), vars: null });
    return true;
  } catch (error) {
    if (error instanceof TiError) return false;
    throw error;
  }
}

/** What random statements find there. */
export const START =
  ".l = []; set_type('A', {f: 'A?', g: '{A}', h: 'int'}); set_type('B', {f: 'A?', p: 'str'}); .a = A{}; .b = B{}; .c = A{};";

/** What is wrong when all that is in no use has left. */
function afterCollecting(engine: LocalEngine, log: readonly LogEntry[]): string | null {
  const { database } = engine;
  for (const collection of database.collections.values()) collection.suspicious = true;
  engine.collectGarbage();
  for (const collection of database.collections.values()) {
    if (inUse(collection).size !== collection.things.size) return 'not all garbage was collected';
  }
  return firstDifference(database, reopened([], log).database) ?? brokenRelations(database)[0] ?? wrongReferences(database)[0] ?? null;
}

/** A checkpoint by somebody who has read the log and touched nothing since. */
function writtenAsItIs(log: readonly LogEntry[]): ReturnType<Checkpoints['end']> {
  const checkpoints = new Checkpoints(reopened([], log));
  checkpoints.begin();
  return checkpoints.end();
}

/** What is wrong with what these statements leave behind, null when nothing is; and how many of them ended well. */
export async function tryOut(codes: readonly string[]): Promise<{ readonly problem: string | null; readonly good: number }> {
  const { engine, log } = await recordingEngine();
  const checkpoints = new Checkpoints(engine);
  let good = 0;
  const middle = codes.length >> 1;
  for (const code of codes.slice(0, middle)) if (run(engine, code)) good++;
  checkpoints.begin();
  const at = engine.database.changeId;
  for (const code of codes.slice(middle)) if (run(engine, code)) good++;
  // Written only now, though it tells what was there when it began.
  const early = checkpoints.end();
  checkpoints.begin();
  const late = checkpoints.end();
  const { database } = engine;
  const behind = log.filter((entry) => entry.id > at);
  const problem =
    firstDifference(database, reopened([], log).database) ??
    firstDifference(database, reopened(early, behind).database) ??
    firstDifference(database, reopened(late, []).database) ??
    firstDifference(database, reopened(writtenAsItIs(log), []).database) ??
    brokenRelations(database)[0] ??
    wrongReferences(database)[0] ??
    afterCollecting(engine, log);
  return { problem, good };
}
