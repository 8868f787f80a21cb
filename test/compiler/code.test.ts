/** The code of small texts. After a change to the compiler that is meant, `npx vitest run test/compiler/code -u` writes it anew. */
import { expect, test } from 'vitest';
import { listing } from './listing.ts';

test('arithmetic', () => {
  expect(listing('x = 2; x * 3 + (x - 1) / x;')).toMatchInlineSnapshot(`
    "
    function 0, main: locals x, stack 4
             0   0  INT            2
             1   1  STORE_POP      x
             2   0  LOAD           x
             3   1  MUL_INT        3
             4   1  LOAD           x
             5   2  SUB_INT        1
             6   2  LOAD           x
             7   3  BINARY         /
             8   2  ADD
             9   1  RETURN
    "
  `);
});

test('conditions', () => {
  expect(listing('if (a > 1 && b) c() else if (d == 2) 3;')).toMatchInlineSnapshot(`
    "
    function 0, main: stack 2
             0   0  LOAD_NAME      a
             2   1  GT_INT         1
             3   1  AND            L1
             4   0  LOAD_NAME      b
        L1:
             6   1  JUMP_FALSE     L2
             7   0  RESOLVE        c
             9   1  CALL           0
            10   1  JUMP           L3
        L2:
            11   0  LOAD_NAME      d
            13   1  EQ_INT         2
            14   1  AND            L3
            15   0  INT            3
        L3:
            16   1  RETURN
    "
  `);
});

test('a loop with break and continue', () => {
  expect(listing('for (x, i in l) { if (x == 1) continue; if (i > 2) break; n += x; };')).toMatchInlineSnapshot(`
    "
    function 0, main: locals x i, stack 3
             0   0  LOAD_NAME      l
             2   1  FOR            L5, x i
             4   1  JUMP           L4
        L1:
             5   1  LOAD           x
             6   2  UNLESS_EQ_INT  L2, 1
             8   1  FOR_TRIM       0
             9   1  JUMP           L4
            10   -  POP
        L2:
            11   1  LOAD           i
            12   2  UNLESS_GT_INT  L3, 2
            14   1  FOR_BREAK      0
            15   1  JUMP           L5
            16   -  POP
        L3:
            17   1  LOAD           x
            18   2  COMPOUND_NAME  n, +=
            20   2  POP
        L4:
            21   1  FOR_NEXT       L1, x i
        L5:
            23   1  RETURN
    "
  `);
});

test('a closure and its call', () => {
  expect(listing('f = |a, b| a + b; f(1, g());')).toMatchInlineSnapshot(`
    "
    function 0, main: locals f, stack 4
             0   0  CLOSURE        function 1
             2   1  STORE_POP      f
             3   0  RESOLVE_LOCAL  f, f
             5   1  INT            1
             6   2  SKIP_ARG       L1, 1
             8   2  RESOLVE        g
            10   3  CALL           0
        L1:
            11   3  CALL           2
            12   1  RETURN

    function 1, |a, b| on line 1: locals a b, stack 3
             0   0  LOAD_SET       a
             1   1  LOAD_SET       b
             2   2  ADD
             3   1  RETURN
    "
  `);
});

test('methods', () => {
  expect(listing('[1, 2].map(|x| x * x).filter(|x| x > 1).len();')).toMatchInlineSnapshot(`
    "
    function 0, main: stack 4
             0   0  INT            1
             1   1  INT            2
             2   2  ARRAY          2
             3   1  METHOD         .map, 1
             5   2  SKIP_ARG       L1, 0
             7   2  CLOSURE        function 1
        L1:
             9   3  CALL_METHOD    1
            10   1  METHOD         .filter, 1
            12   2  SKIP_ARG       L2, 0
            14   2  CLOSURE        function 2
        L2:
            16   3  CALL_METHOD    1
            17   1  METHOD         .len, 0
            19   2  CALL_METHOD    0
            20   1  RETURN

    function 1, |x| on line 1: locals x, stack 3
             0   0  LOAD_SET       x
             1   1  LOAD_SET       x
             2   2  MUL
             3   1  RETURN

    function 2, |x| on line 1: locals x, stack 2
             0   0  LOAD_SET       x
             1   1  GT_INT         1
             2   1  RETURN
    "
  `);
});

test('assignments to properties', () => {
  expect(listing('.a.b = [1]; .a.c += 2; x.d = y;')).toMatchInlineSnapshot(`
    "
    changes the collection: assignment to the property \`b\` (line 1, column 3)

    function 0, main: stack 3, changes collection
             0   0  ROOT
             1   1  GET_PROP       a
             3   1  LOCK_PROP      b
             4   1  INT            1
             5   2  ARRAY          1
             6   2  SET_PROP       b, fresh
             8   1  POP
             9   0  ROOT
            10   1  GET_PROP       a
            12   1  LOCK_PROP      c
            13   1  INT            2
            14   2  COMPOUND_PROP  c, +=
            16   1  POP
            17   0  LOAD_NAME      x
            19   1  LOCK_PROP      d
            20   1  LOAD_NAME      y
            22   2  SET_PROP       d
            24   1  RETURN
    "
  `);
});

test('indexes and slices', () => {
  expect(listing('x[0] = x[1]; x[i] += 1; x[1:] = x[:y:2];')).toMatchInlineSnapshot(`
    "
    changes the collection: assignment by index (line 1, column 2)

    function 0, main: stack 6, changes collection
             0   0  LOAD_NAME      x
             2   1  LOCK_INDEX
             3   1  INT            0
             4   2  CHECK_INDEX
             5   2  LOAD_NAME      x
             7   3  INT            1
             8   4  INDEX
             9   3  SET_INDEX      =
            10   1  POP
            11   0  LOAD_NAME      x
            13   1  LOCK_INDEX
            14   1  LOAD_NAME      i
            16   2  CHECK_INDEX
            17   2  INT            1
            18   3  SET_INDEX      +=
            19   1  POP
            20   0  LOAD_NAME      x
            22   1  LOCK_SLICE
            23   1  INT            1
            24   2  CHECK_SLICE    from
            25   2  LOAD_NAME      x
            27   3  SLICE_TEST     L1
            28   3  LOAD_NAME      y
            30   4  INT            2
            31   5  SLICE          to step
        L1:
            32   3  SET_SLICE      =
            33   1  RETURN
    "
  `);
});

test('chains that may end early', () => {
  expect(listing('x..a.b(c)..d;')).toMatchInlineSnapshot(`
    "
    function 0, main: stack 4
             0   0  LOAD_NAME      x
             2   1  CHAIN_TEST     L2
             3   1  GET_PROP       a
             5   1  METHOD         .b, 1
             7   2  SKIP_ARG       L1, 0
             9   2  LOAD_NAME      c
        L1:
            11   3  CALL_METHOD    1
            12   1  CHAIN_TEST     L2
            13   1  GET_PROP       d
        L2:
            15   1  RETURN
    "
  `);
});

test('errors that are caught', () => {
  expect(listing('for (x in l) try({ if (x) break; f(x); }, lookup_err());')).toMatchInlineSnapshot(`
    "
    function 0, main: locals x, stack 4
             0   0  LOAD_NAME      l
             2   1  FOR            L7, x
             4   1  JUMP           L6
        L1:
             5   1  TRY            L4
             6   1  LOAD           x
             7   2  JUMP_FALSE     L2
             8   1  DROP_TRY       1
             9   1  FOR_BREAK      0
            10   1  JUMP           L7
            11   -  POP
        L2:
            12   1  RESOLVE        f
            14   2  SKIP_ARG       L3, 0
            16   2  LOAD           x
        L3:
            17   3  CALL           1
            18   2  END_TRY
            19   2  JUMP           L5
        L4:
            20   2  BUILTIN        lookup_err, 0
            22   3  CATCH          1
        L5:
            23   2  POP
        L6:
            24   1  FOR_NEXT       L1, x
        L7:
            26   1  RETURN
    "
  `);
});

test('things, instances and members', () => {
  expect(listing("p = {name: 'x', n:}; Person{age: 3}; Colour{RED}; Colour{|| 'RED'}; &{a: 'int'};")).toMatchInlineSnapshot(`
    "
    function 0, main: locals p, stack 3
             0   0  CONST          'x'
             1   1  LOAD_VARIABLE  n
             2   2  THING          {name, n}, 2
             4   1  STORE_POP      p
             5   0  TYPE_TEST      Person
             6   1  INT            3
             7   2  INSTANCE       Person, {age}
             9   1  POP
            10   0  ENUM           Colour, RED
            12   1  POP
            13   0  CLOSURE        function 1
            15   1  CALL           0
            16   1  ENUM_BY_NAME   Colour
            17   1  POP
            18   0  CONST          'int'
            19   1  ANO            {a}
            20   1  RETURN

    function 1, || on line 1: stack 2
             0   0  CONST          'RED'
             1   1  RETURN
    "
  `);
});

test('templates and regexes', () => {
  expect(listing('`{a} and {b + 1}`; /x[yz]/i;')).toMatchInlineSnapshot(`
    "
    function 0, main: stack 4
             0   0  LOAD_NAME      a
             2   1  CONST          ' and '
             3   2  LOAD_NAME      b
             5   3  ADD_INT        1
             6   3  TEMPLATE       3
             7   1  POP
             8   0  REGEX          /x[yz]/i
             9   1  RETURN
    "
  `);
});

test('built-ins', () => {
  expect(listing("new_collection('x'); range(1, 5); int(1, 2);")).toMatchInlineSnapshot(`
    "
    changes users or collections: \`new_collection\` (line 1, column 1)

    function 0, main: stack 3, changes thingsdb
             0   0  SCOPE_TEST     new_collection
             1   0  CONST          'x'
             2   1  BUILTIN        new_collection, 1
             4   1  POP
             5   0  INT            1
             6   1  INT            5
             7   2  BUILTIN        range, 2
             9   1  POP
            10   0  THROW_ARGC     int, 2
            12   -  RETURN
    "
  `);
});

test('return with levels and flags', () => {
  expect(listing('return .a, 2, NO_IDS;')).toMatchInlineSnapshot(`
    "
    function 0, main: stack 2
             0   0  INT            2
             1   1  SET_DEEP
             2   0  LOAD_NAME      NO_IDS
             4   1  SET_FLAGS
             5   0  ROOT
             6   1  GET_PROP       a
             8   1  RETURN
             9   -  RETURN
    "
  `);
});

test('values that nobody wants', () => {
  expect(listing('1; if (a) { b; } else c = 1; (d); { e += 1; 2; }; f;')).toMatchInlineSnapshot(`
    "
    function 0, main: locals c, stack 2
             0   0  LOAD_NAME      a
             2   1  JUMP_FALSE     L1
             3   0  LOAD_NAME      b
             5   1  POP
             6   0  JUMP           L2
        L1:
             7   0  INT            1
             8   1  STORE_POP      c
        L2:
             9   0  LOAD_NAME      d
            11   1  POP
            12   0  INT            1
            13   1  COMPOUND_NAME  e, +=
            15   1  POP
            16   0  LOAD_NAME      f
            18   1  RETURN
    "
  `);
});
