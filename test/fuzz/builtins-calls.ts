/** Calls of built-ins with receivers and arguments of all types, as text. */
import fc from 'fast-check';
import { allRows } from '../../src/builtins/registry.ts';
import { Kind, kindMask, type Row } from '../../src/builtins/row.ts';

/** What a query is about to find: stored values of all kinds. Run before each batch, in the collection. */
export const SETUP = `
new_type('P'); set_type('P', {n: 'int', name: 'str', friends: '{P}', any: 'any', twice: |this| this.n * 2});
new_type('W'); set_type('W', {n: 'int'});
set_enum('E', {A: 1, B: 2}); set_enum('T', {X: {n: 1}});
.t = {child: {n: 1}, x: [1, [2, {n: 3}]]}; .l = [3, {n: 1}, 'a', [1, 2]]; .s = set(.t.child, {n: 5}); .p = P{n: 4}; .r = room();
.d = {}; .d.set('two words', 1); .f = |x| .t.x; .ints = [1, 2, 3].map(|x| x); .typed = [P{}, P{}]; .strs = {a: 'b'}.restrict('str');
new_procedure('proc', |a, b| [a, b]); .task = task(datetime().move('days', 1), |task| nil);
nil;`;

export const SETUP_THINGSDB = "new_user('iris'); new_collection('other'); new_procedure('proc', |a| a); nil;";

/** A byte string as text of the language; what is no UTF-8 stands there as it is. */
const str = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const TEXTS = [
  ...['', 'a', 'a b  c', '\xc3\xa9', '\xff\xfe', 'a\xc3', '\xed\xa0\x80', '\xf0\x9f\x98\x80', '\x01', ' \t\n', "it's", 'x'.repeat(300)],
  ...[
    '2020-01-01',
    '2020-02-03T04:05:06+0130',
    '2021-03-28T02:30:00',
    '%Y-%m-%d',
    '%c %z %Z',
    '%',
    '%s',
    'UTC',
    'Europe/Amsterdam',
    '+0530',
  ],
  ...['days', 'months', 'years', 'hours', 'weeks', 'year', 'gmt_offset', 'n', 'name', 'child', 'two words', '#', '*', '&'],
  ...[
    'int',
    'str',
    '[int]',
    '{P}',
    'P',
    'W',
    'E',
    'T',
    'any?',
    'int<0:9>',
    'thing',
    'admin',
    'iris',
    'stuff',
    '//stuff',
    '@t',
    '@n',
    'proc',
    'rooms',
  ],
  ...['add', 'mod', 'del', 'ren', 'rel', 'wpo', 'all', 'def'],
  ...[
    '{"a": [1, 2.5, null]}',
    '[[[',
    '1e5',
    '0x1F',
    '-',
    '9223372036854775808',
    '1e400',
    'inf',
    'YQ==',
    '====',
    '"\\ud800"',
    '{"a": 1, "a": 2}',
  ],
  ...[
    'i',
    'g',
    'gims',
    '(a+)+$',
    '[a-z]*',
    '(x)?(y)',
    '(?<=a)b',
    '(?R)',
    '(*UTF).',
    '[',
    '(?P<n>a)\\k<n>',
    '|x| x',
    '|',
    'http://a.b/c',
    'a@b.cd',
  ],
].map(str);

/** Values of each kind. */
const OF_KIND: Readonly<Record<keyof typeof Kind, readonly string[]>> = {
  nil: ['nil'],
  bool: ['true', 'false'],
  int: [
    ...[
      '0',
      '1',
      '-1',
      '2',
      '7',
      '-50',
      '-100',
      '127',
      '128',
      '255',
      '1024',
      '70000',
      '4294967296',
      '2147483648',
      '-2147483649',
      '253402300800',
    ],
    ...['9007199254740991', '9007199254740992', '-9007199254740993', 'INT_MAX', 'INT_MIN', '.t.id()', '.r.id()'],
  ],
  float: ['0.0', '-0.0', '0.5', '-1.5', '1.0e+300', '9.3e+18', '2.5', '5.0e-324', 'inf', '-inf', 'nan'],
  str: TEXTS,
  bytes: ["bytes('ab')", "base64_decode('/w==')", 'bytes()', "bytes('\xff')"],
  regex: ['/a/', '/(x)?(a)/g', '/x*/', '/(?=b)/', '/(a|b)*c/', '/^$/m', "regex('(*UTF).', 'g')", '/[\xc3]/', '/(a+)+$/i'],
  list: [
    '[]',
    '[1, 2.0, true]',
    "['b', 'a', 'b']",
    '[[3, [1]], {n: 1}, nil]',
    '.l',
    '.ints',
    '.typed',
    '.t.x',
    '[nan, inf, 1]',
    '[/a/, err(), || 1]',
  ],
  tuple: ['[[2, 1]][0]', '[[]][0]', '[[{n: 1}, [2]]][0]', '.l[3]'],
  set: ['set()', 'set({n: 1}, {n: 2})', '.s', '.p.friends', 'set(.t, .t.child)'],
  thing: [
    ...['{}', '{a: 1, b: [1], c: {d: set({})}}', '{limit: 2, deep: 3}', '.', '.t', '.t.child', '.d', '.p', 'P{}', 'P{n: 3}', '.strs'],
    ...["{year: 2000, day: '1'}", '{beautify: true, deep: 2}', "{n: 1, name: 'x'}", '{last: 2}', '{admin: 1}', "{x: 'int'}", '{days: 1}'],
  ],
  closure: [
    ...[
      '|| true',
      '|x| x',
      '|a, b| a',
      '|a, b, c| b',
      '|x| [x, {y: x}]',
      '|a, b| 1',
      '|x| .l.push(x)',
      '|x| .t.z = x',
      '|| raise(err())',
      '.f',
    ],
    ...[
      '|a, b| a > b',
      '|a, b| str(a) < str(b)',
      '|x| {x;}',
      '|x| return x, 3',
      "|| 'a'",
      '|x| x.n',
      '|x| nil',
      '|a, b| -1.5',
      '|x| !x',
      '|x| wse(x)',
    ],
  ],
  error: ['err()', "value_err('x')", 'try(1 / 0)', "err(-110, '\xff')", 'assert_err()'],
  datetime: [
    'datetime(0)',
    'datetime(INT_MAX)',
    "datetime(1616893200).to('Europe/Amsterdam')",
    "datetime(0).to('-01')",
    'datetime(-62167219200)',
    'datetime(253402300799)',
  ],
  timeval: ['timeval(0)', 'timeval(-9007199254740991)', 'timeval(1.0e+9)', 'timeval(1604192400)'],
  enum: ['E{A}', 'E{B}', 'T{X}', "enum('E')"],
  room: ['room()', '.r'],
  task: ['.task', 'tasks()[0]', 'task(datetime(), || 1)'],
  wrap: ["{n: 1}.wrap('W')", "P{}.wrap('W')", "{n: 'x'}.wrap(&{n: 'int'})", '.p.wrap("P")'],
  ano: ["&{n: 'int'}", "ano({a: 'str', b: '[int]'})", '&{f: |x| x.n}'],
  mpdata: ['time_zones_info()', "type_info('P')", "procedure_info('proc')", 'user_info()'],
  future: ['future(nil, 1)', 'future(|| 1)', 'future(|| 1 / 0)'],
  module: [],
  // Only the 2019 dialect has those.
  attribute: [],
};

const kinds = Object.keys(OF_KIND).filter((name) => OF_KIND[name as keyof typeof Kind].length > 0) as (keyof typeof Kind)[];
const anyOf = (names: readonly (keyof typeof Kind)[]): fc.Arbitrary<string> =>
  names.length === 0 ? fc.constant('nil') : fc.oneof(...names.map((name) => fc.constantFrom(...OF_KIND[name])));

const simple = anyOf(kinds);

/** Any value: mostly one of the above, or values within values. */
const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 12, arbitrary: simple },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`) },
    { weight: 1, arbitrary: fc.tuple(tie('value'), tie('value')).map(([a, b]) => `{n: ${a}, other: ${b}}`) },
    { weight: 1, arbitrary: tie('value').map((item) => `|a, b| ${item}`) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 12 }).map(str),
    },
    { weight: 1, arbitrary: fc.maxSafeInteger().map(String) },
    {
      weight: 1,
      arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => `${x.toExponential(6).replace(/e([+-])/, 'e$1')}`),
    },
  ),
})).value;

const inMask = (spec: string): fc.Arbitrary<string> => {
  const mask = kindMask(spec);
  return anyOf(kinds.filter((name) => (Kind[name] & mask) !== 0));
};

/** Arguments that mostly have the types that the row asks for. */
function fitting(row: Row): fc.Arbitrary<string> {
  const given = row.params.flatMap((param) => (param.rest ? [param, param, param] : [param]));
  const all = given.map((param) => fc.oneof({ weight: 9, arbitrary: inMask(param.type) }, { weight: 1, arbitrary: value }));
  return fc
    .tuple(fc.nat({ max: given.length }), fc.tuple(...all))
    .map(([skipped, args]) => args.slice(0, args.length - (skipped >> 1)).join(', '));
}

const loose = fc.array(value, { maxLength: 4 }).map((all) => all.join(', '));

function callOf(row: Row): fc.Arbitrary<string> {
  const args = fc.oneof({ weight: 3, arbitrary: fitting(row) }, { weight: 1, arbitrary: loose });
  if (row.receiver === undefined) return args.map((given) => `${row.name}(${given})`);
  const receiver = fc.oneof({ weight: 9, arbitrary: inMask(row.receiver) }, { weight: 1, arbitrary: value });
  return fc.tuple(receiver, args).map(([self, given]) => `(${self}).${row.name}(${given})`);
}

export interface Call {
  readonly scope: string;
  readonly code: string;
}

/** What would end the server, or leave it for the disk of this machine. */
const ELSEWHERE = new Set(['shutdown', 'new_backup', 'restore', 'set_password']);

const SCOPES = { collection: '//stuff', thingsdb: '@thingsdb', node: '@node' } as const;

function rowCall(row: Row): fc.Arbitrary<Call> {
  const scopes = (row.scopes ?? (['collection', 'collection', 'thingsdb'] as const)).map((name) => SCOPES[name]);
  const wrapped = fc.constantFrom<(call: string) => string>(
    ...[(call: string) => call, (call: string) => call, (call: string) => `try(${call})`, (call: string) => `x = ${call}; x`],
    ...[(call: string) => `json_dump(${call})`, (call: string) => `[1, 2].map(|x| ${call})`, (call: string) => `.v = ${call}`],
  );
  return fc.tuple(fc.constantFrom(...scopes), wrapped, callOf(row)).map(([scope, wrap, call]) => ({ scope, code: `${wrap(call)};` }));
}

export const call: fc.Arbitrary<Call> = fc.oneof(...allRows.filter((row) => !ELSEWHERE.has(row.name)).map(rowCall));
