/** What is measured. `aim` is how many times as fast as the reference node a row is meant to be. */

/** A query whose answer is waited for; measured in milliseconds. */
export interface QueryRow {
  readonly name: string;
  readonly code: string;
  /** Run once before the row, unmeasured. */
  readonly setup?: string;
  readonly aim?: number;
}

/** The same query again and again over some connections, each with some requests in flight; measured in answers a second. */
export interface LoadRow {
  readonly name: string;
  /** The texts that are sent in turn. */
  readonly codes: readonly string[];
  readonly connections: number;
  readonly depth: number;
  readonly setup?: string;
  readonly aim?: number;
}

const STORED = '.rows = range(30000).map(|i| {n: i, text: "abc", group: i % 10}); nil;';

export const VM_ROWS: readonly QueryRow[] = [
  { name: 'map, 1e5', code: 'range(100000).map(|x| x * 2 + 1).len();', aim: 2 },
  { name: 'filter, 1e5', code: 'range(100000).filter(|x| x % 3 == 0).len();' },
  { name: 'reduce, 1e5', code: 'range(100000).reduce(|sum, x| sum + x);' },
  { name: 'for with an addition, 1e5', code: 'sum = 0; for (x in range(100000)) { sum += x; }; sum;', aim: 2 },
  { name: 'for with if/else, 1e5', code: 'sum = 0; for (x in range(100000)) { if (x % 2 == 0) { sum += x; } else { sum -= 1; }; }; sum;' },
  { name: 'for in for, 300 x 300', code: 'sum = 0; for (x in range(300)) for (y in range(300)) sum += x * y; sum;' },
  { name: 'recursive fib(18)', code: 'fib = |n| { if (n < 2) return n; fib(n - 1) + fib(n - 2); }; fib(18);', aim: 2 },
  { name: 'floats and sqrt, 5e4', code: 'sum = 0.0; for (x in range(50000)) { sum += sqrt(float(x)) * 0.5; }; sum;' },
  { name: 'template strings, 3e4', code: 'range(30000).map(|x| `number {x} of {x + 1}`).len();' },
  { name: 'join and split, 2e4', code: "range(20000).map(|x| str(x)).join(',').split(',').len();" },
  { name: 'sort ints, 3e4', code: 'range(30000).map(|x| (x * 7919) % 30011).sort().len();' },
  { name: 'sort by closure, 1e4', code: 'range(10000).map(|x| (x * 7919) % 10007).sort(|a, b| b - a).len();' },
  { name: 'build things, 3e4', code: 'list = []; for (x in range(30000)) { list.push({id: x, name: `n{x}`, ok: true}); }; list.len();' },
];

export const THING_ROWS: readonly QueryRow[] = [
  { name: 'store 3e4 things', code: STORED },
  { name: 'filter stored things', setup: STORED, code: '.rows.filter(|t| t.n > 15000).len();', aim: 1 },
  { name: 'sum of a property', setup: STORED, code: '.rows.map(|t| t.n).sum();' },
  { name: 'find the last', setup: STORED, code: '.rows.find(|t| t.n == 29999).text;' },
  {
    name: 'count by group',
    setup: STORED,
    code: 'counts = {}; .rows.each(|t| { key = str(t.group); counts.set(key, (counts.has(key) ? counts.get(key) : 0) + 1); }); counts.len();',
  },
  { name: 'sort by a property', setup: STORED, code: '.rows.sort(|a, b| b.n - a.n).len();' },
  { name: 'change a property of each', setup: STORED, code: '.rows.each(|t| t.n += 1); nil;' },
  { name: 'answer 3e4 things', setup: STORED, code: 'return .rows, 2;' },
  {
    name: 'make 2e4 typed things',
    setup: "try(set_type('Row', {name: 'str', n: 'int'})); nil;",
    code: ".typed = range(20000).map(|i| Row{name: 'n', n: i}); .typed.len();",
  },
  {
    name: 'a field for 1e5 instances, and back',
    setup: "try(set_type('Wide', {name: 'str', n: 'int'})); .wide = range(100000).map(|i| Wide{n: i}); nil;",
    code: "mod_type('Wide', 'add', 'more', 'int', 5); mod_type('Wide', 'del', 'more');",
  },
  { name: 'a closure for 1e5 instances', code: "mod_type('Wide', 'mod', 'n', 'int', |w| w.n + 1);" },
  { name: 'filter typed things, sum', code: '.typed.filter(|t| t.n > 100).map(|t| t.n).sum();' },
];

/** The function library: what a call of each kind costs, in loops that do little else. */
export const VALUE_ROWS: readonly QueryRow[] = [
  { name: 'map with index, 5e4', code: 'range(50000).map(|x, i| x - i).len();', aim: 1 },
  { name: 'sort texts, 1e4', code: 'range(10000).map(|x| `k{(x * 7919) % 10007}`).sort().len();', aim: 1 },
  { name: 'sort by a key, 1e4', code: 'range(10000).map(|x| (x * 7919) % 10007).sort(|x| -x).len();', aim: 1 },
  { name: 'unique, 2e4', code: 'range(20000).map(|x| x % 100).unique().len();', aim: 1 },
  { name: 'upper and lower, 3e4', code: "for (x in range(30000)) { 'Hello World'.upper(); 'Hello World'.lower(); }; nil;", aim: 1 },
  { name: 'trim, 2e4', code: "for (x in range(20000)) '  some text '.trim(); nil;", aim: 1 },
  {
    name: 'starts_with and contains, 3e4',
    code: "for (x in range(30000)) { 'hello world'.starts_with('hello'); 'hello world'.contains('wor'); }; nil;",
    aim: 1,
  },
  { name: 'replace, 3e4', code: "for (x in range(30000)) 'one two one'.replace('one', 'three'); nil;", aim: 1 },
  { name: 'split a short text, 3e4', code: "for (x in range(30000)) 'a,b,c,d'.split(','); nil;", aim: 1 },
  { name: 'join a short list, 3e4', code: "l = ['a', 'b', 'c', 'd']; for (x in range(30000)) l.join(','); nil;", aim: 1 },
  { name: 'regex test, 3e4', code: "for (x in range(30000)) /^[a-z]+-[0-9]+$/.test('item-2024'); nil;", aim: 1 },
  { name: 'regex test of distinct texts, 3e4', code: 'for (x in range(30000)) /^item-[0-9]+$/.test(`item-{x}`); nil;', aim: 1 },
  { name: 'regex match, 3e4', code: "for (x in range(30000)) /([a-z]+)-([0-9]+)/.match('an item-2024'); nil;", aim: 1 },
  { name: 'regex replace, 3e4', code: "for (x in range(30000)) 'a1b22c333'.replace(/[0-9]+/, '#'); nil;", aim: 1 },
  {
    name: 'json_dump of a small thing, 3e4',
    code: "t = {name: 'Iris', age: 6, tags: ['a', 'b']}; for (x in range(30000)) json_dump(t); nil;",
    aim: 1,
  },
  { name: 'json_dump of a list of 2e4', code: 'l = range(20000).map(|x| `text {x}`); json_dump(l).len();', aim: 1 },
  {
    name: 'json_load of a small text, 3e4',
    code: `s = '{"name": "Iris", "age": 6, "tags": ["a", "b"]}'; for (x in range(30000)) json_load(s); nil;`,
    aim: 1,
  },
  { name: 'format a datetime, 1.5e4', code: "for (x in range(15000)) datetime(1600000000 + x).format('%Y-%m-%d %H:%M:%S'); nil;", aim: 1 },
  {
    name: 'format with a zone, 1.5e4',
    code: "for (x in range(15000)) datetime(1600000000 + x * 86400).to('Europe/Amsterdam').format('%Y-%m-%d %H:%M:%S %z'); nil;",
    aim: 1,
  },
  { name: 'datetime as text, 1.5e4', code: 'for (x in range(15000)) str(datetime(1600000000 + x)); nil;', aim: 1 },
  { name: 'parse a datetime, 1.5e4', code: "for (x in range(15000)) datetime('2013-02-06T13:00:00Z'); nil;", aim: 1 },
  {
    name: 'move and extract, 1.5e4',
    code: "d = datetime(1600000000); for (x in range(15000)) d.move('days', x).extract('month'); nil;",
    aim: 1,
  },
  { name: 'try without an error, 2e4', code: 'for (x in range(20000)) try(x + 1); nil;', aim: 1 },
  { name: 'try with an error, 2e4', code: 'for (x in range(20000)) try(x / 0); nil;', aim: 1 },
  { name: 'try with an error of a built-in, 3e4', code: "for (x in range(30000)) try(int('x').foo()); nil;", aim: 1 },
  { name: 'str and int, 2e4', code: 'for (x in range(20000)) int(str(x)); nil;', aim: 1 },
  { name: 'is_ and type, 2e4', code: 'for (x in range(20000)) { is_int(x); type(x); }; nil;', aim: 1 },
  { name: 'base64 both ways, 3e4', code: "for (x in range(30000)) base64_decode(base64_encode('hello world')); nil;", aim: 1 },
  { name: 'range, slice, reverse, 1.5e4', code: 'for (x in range(15000)) range(20)[2:10].reverse(); nil;', aim: 1 },
  {
    name: 'count in a dictionary, 2e4',
    code: 'd = {}; for (x in range(20000)) { k = `k{x % 50}`; d[k] = (d.get(k) || 0) + 1; }; d.len();',
    aim: 1,
  },
];

const DISTINCT = Array.from({ length: 8192 }, (_, i) => `x = ${i}.25; x + ${i};`);

export const LOAD_ROWS: readonly LoadRow[] = [
  { name: '1 + 1, 1 connection', codes: ['1 + 1;'], connections: 1, depth: 1 },
  { name: '1 + 1, 64 connections', codes: ['1 + 1;'], connections: 64, depth: 1, aim: 1 },
  { name: '1 + 1, 4 connections x 64', codes: ['1 + 1;'], connections: 4, depth: 64, aim: 20 },
  { name: 'read a property, 64 connections', setup: '.v = 1;', codes: ['.v;'], connections: 64, depth: 1 },
  { name: 'write a property, 1 connection', codes: ['.v = 5;'], connections: 1, depth: 1 },
  { name: 'write a property, 64 connections', codes: ['.v = 5;'], connections: 64, depth: 1, aim: 1 },
  { name: 'write a property, 4 connections x 64', codes: ['.v = 5;'], connections: 4, depth: 64 },
  { name: 'a small thing, 64 connections', codes: ["{a: 1, b: 'hello', c: [1, 2, 3]};"], connections: 64, depth: 1 },
  { name: 'texts never seen, 64 connections', codes: DISTINCT, connections: 64, depth: 1 },
];
