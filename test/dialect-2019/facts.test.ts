/** What the acceptance cases do not tell: each function with wrong arguments and receivers, words that cannot be names, what is in use, the root. */
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf2019, errorName2019 } from '../../src/wire/errors-2019.ts';
import { type Database2019, openDatabase } from './database.ts';

let database: Database2019;

beforeEach(async () => {
  database = await openDatabase();
  database.query("o = {a: {b: 1}, l: [{c: 1}], n: [1, [2]]}; l = [1, 2]; t = {p: 1, q: 2}; set('k', 1);");
  return () => database.close();
});

/** The answer, or the name of the error. */
function ask(code: string, target: string | number = 'stuff'): unknown {
  const answer = database.query(code, target, ['alpha', 'beta']);
  return answer.error === null ? answer.value : errorName2019(codeOf2019(answer.error.code));
}

const message = (code: string, target: string | number = 'stuff'): string => database.query(code, target).error?.message ?? '';

/** Texts that all fail with the same error. */
const BAD_REQUEST = [
  ...['blob()', 'blob(1.0)', "blob('a')", 'blob(true)', 'blob(0, 1)'],
  ...["del('1x')", "del('')", 'del(1)', 'del()', "del('a', 'b')", "{a: 1}.del('a')", "$t = {a: 1}; $t.del('a')"],
  ...["'abc'.endswith(1)", "'abc'.endswith()", "'abc'.startswith(1)", "'abc'.startswith('a', 'b')", "'abc'.endswith((1/0), 1)"],
  ...['[1].filter(1)', '[1].filter()', '[1].filter(x => 1, 2)', '[1].map(1)', '[1].find()', '[1].find(2)', '{}.map(nil)'],
  ...['get()', 'get(1)', "get('1x')", "get('x', 1)", "get('x', '')", 'hasattr(1)', 'hasattr()', 'hasprop(1)', 'hasprop()', 'o.id(1)'],
  ...['int(nil)', 'int([])', 'int({})', 'int(/a/)', 'int(x => x)', 'int()', 'int(1, 2)', "int(get('k'))", 'now(1)', 'ret(1)'],
  ...['isarray()', 'islist(1, 2)', "isinf('a')", 'isinf(nil)', 'isinf([])', "isnan('a')", 'isnan(nil)', "'a'.lower(1)", "'a'.upper(1)"],
  ...['l.push({})', 'l.push()', 'l.push([{}])', "l.push(get('k'))", 'o.l.push(1)', '[1, {}]', '[{}, 1]', '[[{}]]'],
  ...['[1, 2].map(x => (x == 1) ? {} : 1)', '[1].map(x => [{}])', "[1].map(x => get('k'))"],
  ...["rename('t')", "rename('t', 1)", "rename(1, 't')", "rename('t', '1x')", "rename('1x', 't')", "{a: 1}.rename('a', 'b')"],
  ...["set('k', nil)", "set('k', {})", "set('k', [])", "set('k', [{}])", "set('k', /a/)", "set('k', x => x)", "set('k', get('k'))"],
  ...["set('1k', 1)", 'set(1, 1)', "set('k')", "set('k', 1, 2)", "{}.set('k', 1)", "unset('1k')", 'unset()', "{}.unset('k')"],
  ...['l.splice(1)', "l.splice('a', 1)", 'l.splice(1, 1.0)', 'l.splice(0, 0, {})', 'str(1, 2)', "'a'.test('b')", "'a'.test(/(/)"],
  ...['thing()', "thing('a')", 'thing(1.0)', "thing(id(), 'a')", 'thing(true)', 'try()', "'a'.len(1)"],
  ...["try((1/0), 1, 'NOPE')", 'try((1/0), 1, 5)', 'try((1/0), 1, nil)', 'try((1/0), 1, 1.0)'],
  ...["c = get('k')", "$c = get('k')", "[get('k')]", "{a: get('k')}", "get('k').y", "get('k')[0]", "(get('k') == 1)", "(get('k') < 1)"],
  ...['f = x => y = 1', '[x => del(x)]', '[1].push(x => x.y = 1)', '5[0]', '{}[0]', 'nil[0]', "'abc'[0][0]"],
  ...["('a' + 1)", "('a' * 2)", '(nil + 1)', '([] + [])', '(5 & 1.0)', "(1 < 'a')", '(nil < 1)', '([] < [])', 'x = 1; x.y = 2'],
];

const INDEX_ERROR = [
  ...['nosuch', '$nosuch', '$a = $b', 'nosuch()', 'y += 1', '$zz += 1', 'l[2]', 'l[-3]', "'abc'[3]", 't.p.x', 't.r'],
  ...['blob(2)', 'blob(-3)', "'a'.blob(0)", "del('nox')", "rename('zz', 'y')", 'thing(0)', 'thing(999)', 'thing(id(), 999)', 'thing(999,)'],
  ...["endswith('a')", "5.endswith('a')", 'lower()', '[].lower()', "'abc'.filter(x => 1)", '5.map(x => x)', 'nil.find(x => 1)'],
  ...["5.get('x')", "5.hasprop('a')", '5.id()', "5.set('k', 1)", "'a'.del('a')", "[].rename('a', 'b')", "get('k').len()"],
  ...['push(1)', '[[1]][0].push(2)', '{}.push(1)', "'a'.push(1)", '[[1]][0].splice(0, 0)', "'abc'.splice(0, 0)", 'splice(0, 0)'],
  ...["/b/.test('abc')", 'test(/b/)', '5.len()', '5.push((1/0))', 'nosuch((1/0))', 'x = 1; x.y', 'users()'],
];

const QUERY_ERROR = [
  ';',
  ';;',
  '1;;2',
  '1 + 2',
  '()',
  '(1, 2)',
  '.x',
  '[1][1.0]',
  '[1][0:1]',
  '[1][i]',
  'l[0] = 3',
  "{'a': 1}",
  '{a}',
  '[,]',
].concat([
  '[1,,2]',
  '(1) ? 2',
  '1 ? 2 : 3',
  '/a/g',
  '1 // x',
  '(x) => x',
  '() => 1',
  '0B1',
  '1e5',
  '1.5e3',
  '2.',
  'true = 1',
  'nil()',
  'true => 1',
]);

describe('errors of the collection', () => {
  it.each([
    ['BAD_REQUEST', BAD_REQUEST],
    ['INDEX_ERROR', INDEX_ERROR],
    ['QUERY_ERROR', QUERY_ERROR],
    [
      'OVERFLOW_ERROR',
      ['9223372036854775808', '-9223372036854775808', '(9223372036854775807 + 1)', "int('9223372036854775808')", 'int(inf)'],
    ],
    [
      'ZERO_DIV_ERROR',
      ['(1/0)', '(1//0)', '(1%0)', '(1/0.0)', '(1//0.0)', '(1%0.0)', '(1/false)', 'try((1/0), 1, 96)', 'try((1/0), (1/0))'],
    ],
  ])('are %s', (name, texts) => {
    for (const code of texts) expect([code, ask(code)]).toEqual([code, name]);
  });

  it('tell names and types as the dialect has them', () => {
    expect(message('5.foo()')).toBe('type `int` has no function `foo`');
    expect(message('foo()')).toBe('type `thing` has no function `foo`');
    expect(message('o.l.test(/a/)')).toBe('type `array-of-things` has no function `test`');
    expect(message("get('a', 1)")).toBe('function `get` expects argument 2 to be of type `raw` but got type `int` instead');
    expect(message('del(x => 1)')).toBe('function `del` expects argument 1 to be of type `raw` but got type `arrow-function` instead');
    expect(message("thing('a', 1)")).toContain('function `thing` expects');
    expect(message("[1].filter('a')")).toContain('to be of type `arrow-function` but got type `raw`');
  });
});

describe('what is gone through', () => {
  it.each([
    't.map(k => t = 1)',
    't.filter(k => t.p = 1)',
    't.find(k => t.r = 1)',
    "t.map(k => t.del('p'))",
    "t.map(k => t.rename('p', 'z'))",
    'l.map(x => l = 3)',
    'l.find(x => l.push(1))',
    'l.filter(x => l.splice(0, 0))',
    "l.map(x => del('l'))",
    "l.map(x => rename('l', 'm'))",
    '$t = [1]; $t.map(x => $t = 2)',
    '$t = [1]; $t.map(x => [1].map(y => $t.push(2)))',
    'o.a.map(k => o.a = 1)',
    '[1].map(x => x = 1)',
  ])('is not changed by %s', (code) => {
    expect(ask(code)).toBe('BAD_REQUEST');
  });

  it('may be held by others', () => {
    expect(ask('t.map(k => last = t); (last == t)')).toEqual([[null, null], true]);
    expect(ask('t.map(k => $last = t); ($last == t)')).toEqual([[null, null], true]);
    expect(ask('l.map(x => m = l); m')).toEqual([
      [null, null],
      [1, 2],
    ]);
    expect(ask('o.a.map(k => o.c = 1); o.c')).toEqual([[null], 1]);
    expect(ask('o.l.map(l => [1].map(x => t.p = x)); t.p')).toEqual([[[null]], 1]);
  });
});

describe('words that mean something', () => {
  it('are names behind a dot and as keys', () => {
    expect(ask('x = {true: 1, nil: 2}; x.true; x.nil = 4; x.nil')).toEqual([null, 1, null, 4]);
    expect(ask('id = 3; id; map = 4; (id + map)')).toEqual([null, 3, null, 7]);
  });
});

describe("values of today's language", () => {
  it('are taken where they mean the same', () => {
    const { engine } = database;
    engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', code: ".b = bytes('t'); .s = set(.o.a);", vars: null });
    expect(ask('hasprop(b); b.len(); (b == "t"); rename(b, "u"); u.p; s')).toEqual([true, 1, true, null, 1, [{ '#': expect.any(Number) }]]);
  });
});

describe('the root', () => {
  it.each([
    ['BAD_REQUEST', ['x = 1', '$x', '$x = 1', '[]', '{}', 'x => 1', "'abc'[0]", "'abc'.len()", '(1 + users())', '!users()', '(users())']],
    [
      'BAD_REQUEST',
      ['collection()', 'collection(1.0)', 'collection(nil)', 'collections(1)', 'counters(1)', 'user(1)', 'users(1)', 'user()'],
    ],
    ['BAD_REQUEST', ["new_collection('1a')", "new_collection('')", 'new_collection(1)', 'new_collection()', "new_collection('a b')"]],
    [
      'BAD_REQUEST',
      ['rename_collection(nil, 1)', "rename_collection('stuff', '1')", 'del_collection(nil)', 'del_user(1)', "del_user('admin')"],
    ],
    ['BAD_REQUEST', ["new_user('1', 'x')", "new_user('u', '')", "new_user('u', 'a b')", "new_user('u', 'é')", "new_user('u', nil)"]],
    [
      'BAD_REQUEST',
      ["new_user('u')", `new_user('${'u'.repeat(128)}', 'x')`, `new_user('u', '${'x'.repeat(128)}')`, "rename_user('ann', '1')"],
    ],
    ['BAD_REQUEST', ["set_password('ann', '')", "set_password('ann', nil)", "grant('stuff', 'ann', 'x')", "grant(1.5, 'ann', READ)"]],
    ['BAD_REQUEST', ["revoke('stuff', 'admin', GRANT)", "revoke(0, 'admin', FULL)", "revoke(0, 'admin', 8)", "revoke(0, 'ann', nil)"]],
    [
      'BAD_REQUEST',
      ['set_zone(256)', 'set_zone(-1)', "set_zone('a')", 'set_loglevel(1.0)', 'reset_counters(1)', 'shutdown(1)', 'pop_node(1)'],
    ],
    ['BAD_REQUEST', ["set_quota('stuff', 'things', 'x')", "set_quota('stuff', 'things', 1.5)", "set_quota('stuff', 1, 5)", 'new_node(1)']],
    ['INDEX_ERROR', ['nope', 'id()', 'str(1)', 'now()', 'nope()', 'try(1)', 'collection(0)', "collection('nope')", 'collection(99)']],
    [
      'INDEX_ERROR',
      ["new_collection('stuff')", "rename_collection('nope', 'd')", "rename_collection('stuff', 'stuff')", 'del_collection(0)'],
    ],
    [
      'INDEX_ERROR',
      ["new_user('ann', 'x')", "user('nope')", "del_user('nope')", "rename_user('nope', 'x')", "rename_user('ann', 'admin')"],
    ],
    [
      'INDEX_ERROR',
      ["set_password('nope', 'x')", "grant('nope', 'ann', READ)", "grant('stuff', 'nope', READ)", "revoke('stuff', 'nope', READ)"],
    ],
    [
      'INDEX_ERROR',
      ["set_quota('nope', 'things', 5)", "set_quota('stuff', 'nope', 5)", "set_quota('stuff', 'thing', 5)", "set_quota(0, 'things', 5)"],
    ],
    ['NODE_ERROR', ['pop_node()']],
  ])('answers %s', (name, texts) => {
    database.query("new_user('ann', 'x')", 0);
    for (const code of texts) expect([code, ask(code, 0)]).toEqual([code, name]);
  });

  it('fails where it comes to, and keeps what statements before did', () => {
    expect(ask("new_user('bob', 'x'); []", 0)).toBe('BAD_REQUEST');
    expect(ask("user('bob')", 0)).toMatchObject({ name: 'bob' });
    expect(ask('(0) ? [] : 1; (false && users()); (1) ? DEBUG : nope', 0)).toEqual([1, false, 0]);
  });

  it('translates masks both ways', () => {
    database.query("new_user('ann', 'x')", 0);
    const rights = (code: string): unknown => {
      database.query(code, 0);
      return (ask("user('ann')", 0) as { access: { privileges: string }[] }).access[0]?.privileges;
    };
    expect(rights("grant('stuff', 'ann', WATCH)")).toBe('WATCH');
    expect(rights("grant('stuff', 'ann', MODIFY)")).toBe('READ|MODIFY|WATCH');
    expect(rights("grant('stuff', 'ann', GRANT)")).toBe('FULL');
    expect(rights("revoke('stuff', 'ann', 8)")).toBe('READ|MODIFY|WATCH');
    expect(rights("revoke('stuff', 'ann', GRANT)")).toBe('WATCH');
    expect(rights("grant('stuff', 'ann', 16)")).toBe('WATCH');
    expect(rights("grant('stuff', 'ann', FULL)")).toBe('FULL');
    expect(rights("revoke('stuff', 'ann', FULL)")).toBe(undefined);
    const { engine } = database;
    const today = (code: string): unknown =>
      engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '@thingsdb', code, vars: null }).value;
    today("grant('//stuff', 'ann', QUERY | JOIN)");
    expect(rights('1')).toBe('READ|WATCH');
    today("grant('//stuff', 'ann', RUN)");
    today("revoke('//stuff', 'ann', QUERY | JOIN)");
    expect(rights('1')).toBe('NO_ACCESS');
  });
});
