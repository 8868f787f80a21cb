/** Functions and methods of scalar values, run as scripts: values, and codes of errors. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;

beforeAll(async () => {
  engine = await memoryEngine();
});

const f = (value: number | string) => ({ $f: String(value) });
const i = (value: string) => ({ $i: value });
const b = (text: string) => ({ $b: Buffer.from(text, 'latin1').toString('base64') });

type Rows = readonly (readonly [code: string, answer: unknown])[];

const GROUPS: Readonly<Record<string, Rows>> = {
  'clocks that change': [
    ["datetime(2021, 3, 28, 2, 30, 'Europe/Amsterdam')", '2021-03-28T03:30:00+0200'],
    ["datetime(2021, 10, 31, 2, 30, 'Europe/Amsterdam')", '2021-10-31T02:30:00+0200'],
    ["datetime(2021, 7, 1, 12, 'Europe/Amsterdam')", '2021-07-01T12:00:00+0200'],
    ["datetime(2021, 10, 31, 2, 30, 'Europe/Amsterdam').move('hours', 1)", '2021-10-31T02:30:00+0100'],
    ["datetime(2021, 3, 27, 2, 30, 'Europe/Amsterdam').move('days', 1)", '2021-03-28T03:30:00+0200'],
    ["datetime(2021, 3, 27, 12, 'Europe/Amsterdam').move('days', 1)", '2021-03-28T12:00:00+0200'],
  ],
  'conversions to int': [
    ["[int(), int(2.9), int(-2.9), int(true), int(' +12x'), int('x')]", [0, 2, -2, 1, 12, 0]],
    ["[int('0x1F'), int('-0x10'), int('017'), int('08'), int('0')]", [31, -16, 15, 0, 0]],
    ["[int('9223372036854775807'), int('-9223372036854775808')]", [i('9223372036854775807'), i('-9223372036854775808')]],
    ["[int(datetime(5)), int(err(-101)), int('123456789012345678')]", [5, -101, i('123456789012345678')]],
    ['int(9.2e+18)', i('9200000000000000000')],
  ],
  'conversions to float': [
    ["[float('1.5x'), float('.5'), float('1e3'), float('0x1p4'), float('x'), float(true)]", [f(1.5), f(0.5), f(1000), f(16), f(0), f(1)]],
    ["[float('inf'), float('-Infinity'), is_nan(float('nan'))]", [f('inf'), f('-inf'), true]],
    ['float(INT_MAX)', f(9223372036854776000)],
  ],
  'conversions to str': [
    [
      '[str(1.0), str(0.1), str(1234567.0), str(0.00001), str(1.0 / 3), str(123456.5)]',
      ['1', '0.1', '1.23457e+06', '1e-05', '0.333333', '123456'],
    ],
    // Halves go to the even digit; the shortest form of a number may look like a half and be none.
    [
      '[str(1234565.0), str(1234575.0), str(54016450000.0), str(-54016450000.0), str(0.000001234565), str(0.1234565)]',
      ['1.23456e+06', '1.23458e+06', '5.40164e+10', '-5.40164e+10', '1.23457e-06', '0.123456'],
    ],
    ['[str(inf), str(-inf), str(nan), str(-0.0), str(99999.95), str(1.5e-10)]', ['inf', '-inf', 'nan', '0', '99999.9', '1.5e-10']],
    [
      "[str(nil), str(true), str(INT_MIN), str('a'), str(bytes('b')), str(/a/i)]",
      ['nil', 'true', '-9223372036854775808', 'a', 'b', '/a/i'],
    ],
    [
      '[str({}), str(err()), str(datetime(0)), str(timeval(0)), str(room())]',
      ['thing:nil', 'error:-100', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'room:nil'],
    ],
  ],
  'conversions to bytes and bool': [
    ["[bytes(), bytes('é'), bytes(bytes('x'))]", [b(''), b('\xc3\xa9'), b('x')]],
    ["[bool(), bool(0), bool(''), bool([]), bool(err()), bool(0.1), bool('0')]", [false, false, false, false, false, true, true]],
  ],
  mathematics: [
    ['[abs(-5), abs(-1.5), ceil(1.1), floor(-1.1), ceil(-0.5)]', [5, f(1.5), 2, -2, 0]],
    ['[round(2.5), round(-2.5), round(0.49999999999999994), round(1234.5678, -2), round(15, -1)]', [f(3), f(-3), f(0), f(1200), 20]],
    ['[pow(2, 10), pow(1, nan), pow(nan, 0), pow(-1, inf)]', [f(1024), f(1), f(1), f(1)]],
    ['[sqrt(16), loge(1), log2(8), log10(1000), exp(0), is_nan(sqrt(nan))]', [f(4), f(0), f(3), f(3), f(1), true]],
    ['[(255).bit_count(), (-1).bit_count(), INT_MIN.bit_count(), INT_MAX.bit_count()]', [8, 1, 1, 63]],
  ],
  random: [
    ['range(100).every(|| { r = randint(-2, 2); r >= -2 && r < 2; })', true],
    ['[randint(INT_MIN, INT_MIN + 1), randint(5, 6)]', [i('-9223372036854775808'), 5]],
    ["[randstr(0), randstr(20).len(), randstr(3, 'x')]", ['', 20, 'xxx']],
    ['r = rand(); r >= 0 && r < 1', true],
  ],
  strings: [
    ["['aé'.upper(), 'AÉ'.lower(), 'é'.len(), '日本'.starts_with('日')]", ['Aé', 'aÉ', 2, true]],
    ["[' \t a b\n'.trim(), ' a '.trim_left(), ' a '.trim_right(), '\u00a0a'.trim().len()]", ['a b', 'a ', ' a', 3]],
    [
      "['a  b c'.split(), ' a b '.split(), ''.split(), 'a b c'.split(1), 'a b c'.split(-1)]",
      [['a', 'b', 'c'], ['', 'a', 'b', ''], [''], ['a', 'b c'], ['a b', 'c']],
    ],
    [
      "['a,b,c'.split(','), 'a,b,c'.split(',', 1), 'a,b,c'.split(',', -1), ''.split(',')]",
      [['a', 'b', 'c'], ['a', 'b,c'], ['a,b', 'c'], ['']],
    ],
    [
      "['a1b22c'.split(/[0-9]+/), 'a1b2'.split(/([0-9])/, 1), 'abc'.split(/x*/)]",
      [
        ['a', 'b', 'c'],
        ['a', '1', 'b2'],
        ['', 'abc'],
      ],
    ],
    [
      "['aaa'.replace('a', 'bb'), 'aaa'.replace('a', 'b', 2), 'aaa'.replace('a', 'b', -1), 'a'.replace('x', 'y')]",
      ['bbbbbb', 'bba', 'aab', 'a'],
    ],
    ["['a1b22'.replace(/[0-9]+/, '#'), 'abc'.replace(/b/, '$&'), 'abc'.replace(/(?=b)/, '-')]", ['a#b#', 'a$&c', 'a--bc']],
    ["['ab'.replace('b', |s, e, o| `{s}{e}{o}`), 'ab'.replace('b', |a, b, c, d| type(d))]", ['a12ab', 'anil']],
    [
      "['k=v'.replace(/(\\w)=(\\w)/, |a, b| b + a), 'xk=v'.replace(/(\\w)=(\\w)/, |a, b, m, s, e, o| `{a}{b}{m}{s}{e}{o}`)]",
      ['vk', 'xkvk=v14xk=v'],
    ],
    ["'aba'.replace('a', |s| str(s), -1)", 'ab2'],
  ],
  regex: [
    [
      "[/b/.test('abc'), /(a)(b)/.match('ab'), /x/.match('a'), /[0-9]/g.match('a1b2'), /x/g.match('a')]",
      [true, ['ab', 'a', 'b'], null, ['1', '2'], []],
    ],
    ["[regex('a', 'i').test('A'), str(regex('a/b', 'g')), regex('a') == /a/]", [true, '/a/b/g', true]],
    ["/\\b/g.match('a b')", ['']],
  ],
  errors: [
    [
      "[err().code(), err(-60).msg(), err(-99).msg(), err(-101, 'm').msg()]",
      [-100, 'object has the right type but an inappropriate value', 'error:-99', 'm'],
    ],
    ["[value_err().code(), type_err('t').msg(), cancelled_err().code()]", [-60, 't', -64]],
    ["[try(raise()).code(), try(raise('x')).msg(), try(raise(err(-111))).code(), try(raise(bytes('b'))).msg()]", [-100, 'x', -111, 'b']],
    ["[assert(1), try(assert(0)).code(), try(assert(nil, 'no')).msg(), assert(1, raise('late'))]", [null, -50, 'no', null]],
    [
      "[alt_raise(1, raise('late')), try(alt_raise(1 / 0, -101)).msg(), try(alt_raise(1 / 0, -101, 'm')).msg()]",
      [1, 'division or modulo by zero', 'm'],
    ],
    [
      '[type_assert(1, "int"), try(type_assert(1, ["str"])).msg(), try(type_assert(1, "str", "m")).code()]',
      [null, 'invalid type `int`', -61],
    ],
  ],
  JSON: [
    ["[json_dump([1, 1.0, nil, true, 'é\"', {a: {}}]), json_dump({a: {b: 1}}, {deep: 0})]", ['[1,1.0,null,true,"é\\"",{"a":{}}]', '{}']],
    ['json_dump([1], {beautify: true})', '[\n    1\n]\n'],
    ['json_dump({a: {}, b: [[]]}, {beautify: true, deep: 2})', '{\n    "a": {\n\n    },\n    "b": [\n        [\n\n        ]\n    ]\n}\n'],
    // What lies right between two becomes the even one, whether JavaScript would round it up or not.
    ['json_dump([12345.0000152587890625, 12345.0000457763671875])', '[12345.000015258789062,12345.000045776367188]'],
    ['json_dump([-1.00000095367431640625, 0.000000000931322574615478515625])', '[-1.0000009536743164062,9.3132257461547851562e-10]'],
    [
      "[json_load('[1, 1.0, 1e2, -0, true, null, \"\\u00e9\"]'), json_load('12'), json_load('')]",
      [[1, f(1), f(100), 0, true, null, 'é'], 12, null],
    ],
    [
      "json_load('[9223372036854775807, -9223372036854775808, 9007199254740993]')",
      [i('9223372036854775807'), i('-9223372036854775808'), i('9007199254740993')],
    ],
    ['l = json_load(\'[[1], {"a": [2]}]\'); [type(l), type(l[0]), type(l[1].a)]', ['list', 'tuple', 'list']],
    ['json_load(\'["\\ud83c\\udf89", "a\\u0000"]\')', ['🎉', 'a\0']],
    [
      '[INT_MIN, INT_MAX, 0.1, 1e+300, 5.0].map(|x| json_load(json_dump(x)) == x)'.replace('1e+300', '1.0e+300'),
      [true, true, true, true, true],
    ],
    ['t = json_load(\'{"a": [1]}\'); .t = t; .t.a.push(2); .t.a', [1, 2]],
    ['[time_zones_info().load()[0], time_zones_info().len() > 5000]', ['UTC', true]],
  ],
  base64: [
    [
      "[base64_encode('hi'), base64_encode(bytes('~~?')), str(base64_decode('aGk=')), str(base64_decode('aGk'))]",
      ['aGk=', 'fn4/', 'hi', 'hi'],
    ],
    ["[base64_decode('-_8=') == base64_decode('+/8='), base64_decode('YQ==YQ==')]", [true, b('a\0\0a')]],
    [
      "[base64_decode('.,8=') == base64_decode('+/8='), base64_decode('.,') == base64_decode('+/'), base64_decode('1.5')]",
      [true, true, b('\xd7\xee')],
    ],
  ],
  'numbers of lists and the query': [
    [
      '[range(3), range(2, 5), range(5, 0, -2), range(-3), range(INT_MAX - 1, INT_MAX)]',
      [[0, 1, 2], [2, 3, 4], [5, 3, 1], [], [i('9223372036854775806')]],
    ],
    ['[type(1), type(1.0), type({}), type([]), type([[]][0]), type(err())]', ['int', 'float', 'thing', 'list', 'tuple', 'error']],
    ['[deep(), deep(5), deep()]', [1, 5, 5]],
    ['[change_id(), nse(5), log(1.5), now() > 1.0e+9]', [null, 5, null, true]],
    ['t = timeit(1 + 1); [t.data, is_float(t.time), t.keys()]', [2, true, ['data', 'time']]],
    ['[closure(), closure("|x, y| /* sum */ x + y"), |x| x].map(|c| str(c))', ['|| nil', '|x, y| x + y', '|x| x']],
    ['closure()', '||nil'],
    ['closure("|x, y| /* sum */ x + y")', '|x,y|x+y'],
    ['c = closure("|x| x * 2"); [closure().doc(), (|| {"doc"; 1}).doc(), c(4)]', ['', 'doc', 8]],
  ],
  predicates: [
    ["[is_nan(nan), is_nan('1'), is_nan(1), is_inf(-inf), is_inf(1)]", [true, true, false, true, false]],
    [
      "[is_ascii('a'), is_ascii('é'), is_utf8('é'), is_utf8('é'[0]), is_raw(bytes('a')), is_utf8(bytes('a'))]",
      [true, false, true, false, true, false],
    ],
    ["['a@b', 'a b@c', 'a@b.', 'a@b\n'].map(|t| is_email(t))", [true, false, false, false]],
    ["['112', '+31 20 123', '12', '(1)(2)123', '1.2.3'].map(|t| is_tel(t))", [true, true, false, true, false]],
    ["['http://a', 'ftp://x.y/z?q#f', 'HTTP://a', 'http://', 'http://a b'].map(|t| is_url(t))", [true, true, false, false, false]],
    ["['UTC', 'Europe/Amsterdam', 'utc'].map(|t| is_time_zone(t))", [true, true, false]],
    [
      '[is_list([]), is_list([[]][0]), is_tuple([[]][0]), is_array([[]][0]), is_set(set()), is_thing({})]',
      [true, false, true, true, true, true],
    ],
  ],
  datetimes: [
    [
      "[datetime(0), datetime(-1.5), datetime('2020'), datetime('2020-02-03 04:05:06'), datetime('2020-02-03T04:05:06-0530')]",
      ['1970-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '2020-01-01T00:00:00Z', '2020-02-03T04:05:06Z', '2020-02-03T04:05:06-0530'],
    ],
    [
      "[datetime(2021, 7, 1, 'Europe/Amsterdam'), datetime(2021, 3, 28, 2, 30, 'Europe/Amsterdam'), datetime(1, 1, 1)]",
      ['2021-07-01T00:00:00+0200', '2021-03-28T03:30:00+0200', '1-01-01T00:00:00Z'],
    ],
    ["[datetime('2020 +0130', '%Y%z'), datetime('2020  +0130', '%Y%z')]", ['2020-01-01T00:00:00+0130', '2020-01-01T00:00:00+0130']],
    [
      "[datetime('37 2013', '%j %Y'), datetime('2020 +0130', '%Y %z'), datetime('2020-1-5Z', '%Y-%m-%dZ')]",
      ['2013-02-06T00:00:00Z', '2020-01-01T00:00:00+0130', '2020-01-05T00:00:00Z'],
    ],
    [
      "d = datetime(2021, 3, 27, 12, 'Europe/Amsterdam'); [d.move('days', 1), d.move('hours', 24), d.move('months', -1)]",
      ['2021-03-28T12:00:00+0200', '2021-03-28T13:00:00+0200', '2021-02-27T12:00:00+0100'],
    ],
    [
      "[datetime(2021, 1, 31).move('months', 1), datetime(2020, 2, 29).move('years', 1), datetime(0).move('months', -1)]",
      ['2021-03-03T00:00:00Z', '2021-03-01T00:00:00Z', '1969-12-01T00:00:00Z'],
    ],
    [
      "d = datetime(2021, 3, 4, 5, 6, 7, '+01'); [d.extract('hour'), d.extract().gmt_offset, d.replace({day: 31, x: 1}), d.zone()]",
      [5, 3600, '2021-03-31T05:06:07+0100', null],
    ],
    [
      "d = datetime(2020, 12, 31); [d.week(), d.weekday(), d.yday(), d.format('%A %j'), d.to('Asia/Tokyo')]",
      [52, 4, 365, 'Thursday 366', '2020-12-31T09:00:00+0900'],
    ],
    [
      "[timeval(2020, 1, 1), timeval(5).move('days', 1), type(timeval(5).to('UTC')), datetime(5) == timeval(5)]",
      [1577836800, 86405, 'timeval', true],
    ],
    [
      '[timeval(INT_MAX), datetime(INT_MAX), int(datetime(INT_MIN))]',
      [i('9223372036854775807'), '1970-01-01T00:00:00Z', i('-9223372036854775808')],
    ],
  ],
};

for (const [name, rows] of Object.entries(GROUPS)) {
  describe(name, () => {
    it.each(rows)('%s', (code, answer) => {
      expect(ask(engine, `${code};`)).toEqual(answer);
    });
  });
}

describe('errors', () => {
  it.each([
    ['int({})', -61],
    ['int(1.0e+19)', -59],
    ['int(nan)', -59],
    ["int('9223372036854775808')", -59],
    ['float(nil)', -61],
    ['str([])', -61],
    ["str(base64_decode('/w=='))", -60],
    ['bytes(1)', -61],
    ['abs(INT_MIN)', -59],
    ['abs(true)', -61],
    ['ceil(inf)', -59],
    ['round(INT_MAX)', -59],
    ['sqrt(-1)', -60],
    ['log2(0)', -60],
    ['sin(inf)', -60],
    ['pow(1)', -62],
    ['randint(1, 1)', -60],
    ['randint(INT_MIN, INT_MAX)', -59],
    ['randstr(1025)', -60],
    ["randstr(1, 'é')", -60],
    ['range(100001)', -63],
    ['range(INT_MIN, INT_MAX)', -63],
    ['range(0, 1, 0)', -60],
    ["'a'.split('')", -60],
    ["'a'.split(1, 1)", -62],
    ["'a'.split(',', nil)", -61],
    ["'a'.split(/a/, -1)", -60],
    ["'a'.split(INT_MIN)", -59],
    ["'a'.replace('', 'x')", -60],
    ["'a'.replace('a', || 1)", -61],
    ["'a'.replace(/a/, 'b', -1)", -60],
    ["'a'.upper(1)", -62],
    ["bytes('a').upper()", -54],
    ["regex('(')", -60],
    ["regex('a', 'q')", -60],
    ['/a/x', -60],
    ['/a/.test(1)', -61],
    ['err(-1)', -60],
    ['err(-128)', -60],
    ["err(-100, 'é'[0])", -60],
    ['raise(1)', -61],
    ['assert(false, 1)', -61],
    ['alt_raise(1 / 0, 1)', -60],
    ['alt_raise(1 / 0)', -62],
    ["type_assert(1, 'str', 1)", -61],
    ['type_assert(1, [1])', -61],
    // No text tells that this query changes something, should `x` be stored.
    ["c = closure('|x| x.a = 2'); t = {a: 1}; c(t)", -63],
    ['json_dump(nan)', -61],
    ["json_dump(bytes('a'))", -61],
    ['json_dump(1, {deep: 128})', -60],
    ['json_dump(1, {x: 1})', -54],
    ["json_load('[1')", -60],
    ["json_load('1 2')", -60],
    ["json_load('[01]')", -60],
    ['json_load(\'{"#": 1}\')', -60],
    ["json_load('[9223372036854775808]')", -60],
    ["json_load('\"' + 'é'[0] + '\"')", -60],
    ["s = ''; for (i in range(200)) s += '['; json_load(s)", -63],
    ['deep(128)', -60],
    ["deep('1')", -61],
    ["closure('x')", -53],
    ['closure(1)', -61],
    ['log([])', -61],
    ["is_inf('inf')", -61],
    ['datetime(true)', -61],
    ['datetime(inf)', -59],
    ["datetime('x')", -60],
    ["datetime('2020-02-03T04:05:06+1230')", -60],
    ["datetime('2020', '%')", -60],
    ["datetime(2020, '%Y')", -61],
    ['datetime(2021, 2, 29)', -60],
    ['datetime(2020, 1, 1, nil)', -61],
    ["datetime(2020, 1, 1, 'Mars')", -60],
    ['datetime(1, 2, 3, 4, 5, 6, 7, 8)', -62],
    ["datetime(0).move('day', 1)", -60],
    ["datetime(0).move('days', 2147483648)", -59],
    ["datetime(1).move('seconds', INT_MAX)", -59],
    ["datetime(0).format('%c %c %c %c %c')", -60],
    ["datetime(0).extract('zone')", -60],
    ['datetime(0).replace({month: 13})', -60],
    ["datetime(0).replace({day: '1'})", -61],
    ["datetime(0).to('+13')", -60],
    ['str(datetime(INT_MAX))', -60],
    ['datetime(INT_MAX).week()', -59],
  ])('%s gives %i', (code, error) => {
    expect(errorOf(engine, `${code};`)).toBe(error);
  });
});
