/** Random changes with many things at a time: what a log makes of them need not come into memory when it is read. */
import { generator } from './schema-statements.ts';

/** What these statements find there. */
export const BULK =
  ".a = []; .b = []; .n = 0; .o = {l: []}; set_type('P', {x: 'int', s: 'str?'}); set_type('Q', {p: 'P?', l: '[int]'}); set_type('I', {x: 'int'}); mod_type('I', 'idx', true);";

export class BulkStatements {
  private readonly next: (below: number) => number;

  constructor(seed: number) {
    this.next = generator(seed);
  }

  private of<T>(items: readonly T[]): T {
    return items[this.next(items.length)] as T;
  }

  private list = (): string => this.of(['.a', '.a', '.a', '.b', '.o.l']);
  private place = (): string => this.of(['0', '1', '40', '300', '-1', '-300']);

  /** What makes one of many things. */
  private item(): string {
    return this.of([
      'P{x: i}',
      'P{x: i}',
      'P{x: i * 1000003, s: `s{i}`}',
      'P{x: i, s: (i % 7 == 0 ? nil : "long enough not to be short at all, not by far")}',
      '{x: i}',
      '{x: i, s: "t", f: i / 2.0, t: true}',
      'Q{p: P{x: i}}',
      'Q{l: [i]}',
      '{x: {x: i}}',
      'I{x: i}',
      'i',
    ]);
  }

  private many(): string {
    return `range(${this.of([30, 64, 100, 255, 256, 300, 700, 1500])}).map(|i| ${this.item()})`;
  }

  private one(): string {
    const list = this.list();
    return this.of([
      `${list}.push(P{x: 1});`,
      `${list}.push(${list}[${this.place()}]);`,
      `${list}.splice(2, 0, {x: 5}, P{x: 6});`,
      `${list}.splice(${list}.len() / 2, 0, 7);`,
      `${list}.pop();`,
      `${list}.splice(${this.place()}, 20);`,
      `${list}[${this.place()}].x = ${this.next(100)};`,
      `${list}[${this.place()}].s = "other";`,
      '.n = .n + 1;',
      `.m = ${this.of(['1', 'nil', '"text"', '[1, 2]', '.a[40]', '{}'])};`,
      ".del('m');",
      `.rename('b', 'c'); .b = [];`,
      `${list} = ${list}.filter(|t| is_thing(t) && t.x != 3);`,
      `.s = set(${list}.filter(|t| is_thing(t)));`,
      '.a = []; .b = [1]; .a.push(P{x: 1}); .b.push(P{x: 2}); .a.push(P{x: 3});',
      '.a.extend(.b);',
      '.o = {l: .a};',
      `.o = {l: ${this.many()}};`,
    ]);
  }

  /** What happens between two of many that are put at the end of a list. */
  private between(): string {
    const list = this.list();
    return this.of([
      '',
      '',
      '',
      `${list}.push(P{x: 3});`,
      `if (i % 10 == 0) ${list}.pop();`,
      'if (i == 20) { .rename("a", "tmp"); .rename("tmp", "a"); };',
      'if (i == 20) { .b = .a; };',
      'if (i == 20) .n = i;',
      `if (i == 20) ${list}[1].x = 4;`,
      'if (i == 20) .o = {l: []};',
      'if (i == 20) { t = .a; .del("a"); .a = t; };',
      'if (i == 20) raise("enough");',
    ]);
  }

  private schema(): string {
    return this.of([
      "mod_type('P', 'add', 'y', 'int', 5);",
      "mod_type('P', 'del', 'y');",
      "mod_type('P', 'ren', 's', 't');",
      "mod_type('P', 'ren', 't', 's');",
      "mod_type('P', 'add', 'z', 'str', |p| `z{p.x}`);",
      "mod_type('P', 'idx', true);",
      "mod_type('P', 'idx', false);",
      "del_type('Q'); set_type('Q', {p: 'P?', l: '[int]'});",
    ]);
  }

  /** A statement; it may well end in an error. */
  statement(): string {
    const list = this.list();
    const kind = this.next(22);
    if (kind < 4) return `${list}.extend(${this.many()}); nil;`;
    if (kind < 6) return `${list} = ${this.many()}; nil;`;
    if (kind === 6 || kind > 19) return `for (i in range(${this.of([40, 300])})) { ${list}.push(${this.item()}); ${this.between()} }; nil;`;
    if (kind === 7) return `.o.l = ${this.many()}; .n = 3; ${list}.extend(${this.many()}); nil;`;
    if (kind === 9) return `${list} = ${this.many()}; ${list}.splice(3, 0, 8, 9); ${list}.extend(${this.many()}); ${list}.push(1); nil;`;
    if (kind === 8) return `${this.schema()} nil;`;
    return `${this.one()} nil;`;
  }
}
