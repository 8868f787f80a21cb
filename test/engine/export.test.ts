/** Collections as scripts and dumps, and dumps put into other collections. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { Bytes } from '../../src/values/scalars.ts';
import { recordingEngine, reopened } from '../model/recording.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };

/** What the reference server gave for the content that `REFERENCE` names; base64. */
const REFERENCE_DUMP = Buffer.from(readFileSync(new URL('./reference-dump.txt', import.meta.url), 'latin1'), 'base64');

const SCHEMA = `
  new_type('H', HID); new_type('Ix', IDX); new_type('W', WPO|HID); new_type('Q'); new_type('R');
  set_enum('Color', {RED: "r'x", GREEN: 'g', m: |this| this.value().upper()});
  set_enum('Th', {A: {x: 1}, B: {y: [1, 2]}});
  set_enum('Num', {A: 1.5, B: 0.123456789, C: -2.0});
  set_type('W', {id: '#', x: '&any', nested: {a: 'int', b: [{c: '-str'}]}, m: |w| w.x});
  set_type('Ix', {k: 'str'});
  set_type('Q', {id: '#', a: 'str', c: 'Color', r: '{R}', d: |this| { 'a doc'; this.a; }});
  set_type('R', {q: 'Q?', l: '[int]'});
  mod_type('Q', 'rel', 'r', 'q');
  new_procedure('p', |a, b| { 'adds'; a + b; });
  nil;`;

const DATA = `
  .q = Q{a: 'x', c: Color{GREEN}}; .q.r.add(R{l: [1, 2]}); .eth = Th{A};
  .l = [1, [2, 3], {q: 1}]; .set = set({a: 1}, {b: 2}); .same = .set; .self = .q; .me = root();
  .re = /x.*/i; .cl = |x| x + 1; .er = err(-100, 'msg'); .dt = datetime(2020, 1, 1, 'Europe/Amsterdam'); .tv = timeval(5);
  .room = room(); .room.set_name('lobby'); .task = task(datetime(4000000000), |t, a, b| a, [5, {tt: 1}]); .empty = task();
  .wr = .q.wrap('W'); .wa = .q.wrap(&{a: 'any'}); .ano = &{a: 'int'}; .dict = {}; .dict.set('a b', 1);
  .res = {}.restrict('int'); .res.x = 5; .by = bytes('ab'); .ix = Ix{k: 'z'}; .h = H{}; .n = nil; .big = 9223372036854775807;
  nil;`;

function dumpOf(engine: LocalEngine, scope = '//stuff'): Bytes {
  const { value } = engine.query({ user: ADMIN, client: null, scope, code: 'export({dump: true})', vars: null });
  if (!(value instanceof Bytes)) throw new Error('a dump is bytes');
  return value;
}

/** Imports into a new collection; gives the code of the error. */
function importInto(engine: LocalEngine, name: string, data: string, options = '{}'): number | null {
  ask(engine, `new_collection('${name}');`, '@t');
  const vars = new MsgpackWriter();
  vars.mapHeader(1);
  vars.str('data');
  vars.bin(data);
  try {
    engine.query({ user: ADMIN, client: null, scope: `//${name}`, code: `import(data, ${options});`, vars: vars.take() });
    return null;
  } catch (error) {
    if (error instanceof TiError) return error.code;
    throw error;
  }
}

/** All that a script can see of a collection, without ids. */
const view = (engine: LocalEngine, scope: string): unknown => [
  JSON.parse(JSON.stringify(ask(engine, 'return root(), 9, NO_IDS;', scope)).replaceAll(/(room:|task:|#)[0-9]+/g, '$1')),
  ask(
    engine,
    "[types_info().len(), type_info('Q').load().relations, type_info('W').load().fields, type_count('Q'), type_all('Ix').len()];",
    scope,
  ),
  ask(
    engine,
    '[.q.r.one().q == .q, .eth == Th{A}, .same.one() == .set.one(), .res.restriction(), .set.len(), .room == room("lobby")];',
    scope,
  ),
];

describe('export', () => {
  test('gives a script that makes the same types, enumerators and procedures elsewhere', async () => {
    const engine = await memoryEngine();
    ask(engine, SCHEMA);
    const script = ask(engine, 'export();') as string;
    expect(script).toMatchInlineSnapshot(`
      "try(commit('Source: collection \`stuff\`'));

      new_type('H', HID);
      new_type('Ix', IDX);
      new_type('Q');
      new_type('R');
      new_type('W', WPO|HID);

      set_enum('Color', {
      	RED: "r'x",
      	GREEN: 'g',
      	m: |this| this.value().upper(),
      });
      set_enum('Num', {
      	A: 1.500000,
      	B: 0.123456789,
      	C: -2.000000,
      });
      set_enum('Th', {
      	A: {},
      	B: {},
      });

      set_type('Ix', {
      	k: 'str',
      });
      set_type('Q', {
      	id: '#',
      	a: 'str',
      	c: 'Color',
      	r: '{R}',
      	d: |this| {
      		'a doc';
      		this.a;
      	},
      });
      set_type('R', {
      	q: 'Q?',
      	l: '[int]',
      });
      set_type('W', {
      	id: '#',
      	x: '&any',
      	nested: {
      		a: 'int',
      		b: [{
      			c: '-str',
      		}],
      	},
      	m: |w| w.x,
      });

      mod_type('Q', 'rel', 'r', 'q');

      mod_enum('Th', 'mod', 'A', {
      	x: 1,
      });
      mod_enum('Th', 'mod', 'B', {
      	y: [
      		1,
      		2,
      	],
      });


      new_procedure('p', |a, b| {
      	'adds';
      	a + b;
      });


      'DONE';
      "
    `);
    ask(engine, "new_collection('other');", '@t');
    expect(ask(engine, script, '//other')).toBe('DONE');
    expect((ask(engine, 'export();', '//other') as string).replace('`other`', '`stuff`')).toBe(script);
  });

  test.each(['wse(export());', 'future(nil); export({dump: true});', '.x = export();'])('is no part of a change: %s', async (code) => {
    expect(errorOf(await memoryEngine(), code)).toBe(-63);
  });
});

describe('import', () => {
  test('puts all of a collection into an empty one', async () => {
    const { engine, log } = await recordingEngine();
    ask(engine, SCHEMA);
    ask(engine, DATA);
    expect(importInto(engine, 'copy', dumpOf(engine).bytes, '{import_tasks: true}')).toBeNull();
    expect(view(engine, '//copy')).toEqual(view(engine, '//stuff'));
    expect(ask(engine, 'export();', '//copy')).toEqual((ask(engine, 'export();') as string).replace('`stuff`', '`copy`'));
    expect(ask(engine, '[tasks().len(), .task.args()[0], .task.owner(), .empty.id()];', '//copy')).toEqual([1, 5, 'admin', null]);
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
  });

  test('counts what it put there, so that all of it can leave again', async () => {
    const { engine, log } = await recordingEngine();
    ask(engine, SCHEMA);
    ask(engine, DATA);
    importInto(engine, 'copy', dumpOf(engine).bytes);
    const before = ask(engine, 'collection_info("copy").load().things;', '@t') as number;
    expect(before).toBeGreaterThan(8);
    ask(engine, '.id = .l[2].id(); .del("l");', '//copy');
    expect(errorOf(engine, 'thing(.id);', '//copy')).toBe(-54);
    ask(engine, '.new = {}; .new.id();', '//copy');
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
  });

  test('makes tasks empty unless they are asked for', async () => {
    const engine = await memoryEngine();
    ask(
      engine,
      DATA.replace(/\.q = .*Th\{A\};/, '.q = {};')
        .replace(".ix = Ix{k: 'z'}; .h = H{};", '')
        .replace(".q.wrap('W')", 'nil'),
    );
    expect(importInto(engine, 'copy', dumpOf(engine).bytes)).toBeNull();
    expect(ask(engine, '[tasks(), .task, .task == task()];', '//copy')).toEqual([[], 'task:nil', true]);
  });

  test('after types were removed takes their ids anew', async () => {
    const { engine, log } = await recordingEngine();
    ask(engine, SCHEMA);
    ask(engine, ".q = Q{}; .w = .q.wrap('W'); del_type('W');");
    ask(engine, "new_collection('copy');", '@t');
    ask(engine, "new_type('Gone'); del_type('Gone');", '//copy');
    expect(importInto(engine, 'copy', dumpOf(engine).bytes)).toBeNull();
    expect(ask(engine, "new_type('Next'); [types_info().len(), has_type('Gone'), type(.w)];", '//copy')).toEqual([5, false, '<thing>']);
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
  });

  test.each(['.x = 1;', "new_type('T');", "set_enum('E', {A: 1});", "new_procedure('p', || 1);", 'task(datetime(4000000000), || 1);'])(
    'needs an empty collection: %s',
    async (code) => {
      const engine = await memoryEngine();
      const { bytes } = dumpOf(engine);
      ask(engine, "new_collection('copy');", '@t');
      ask(engine, code, '//copy');
      expect(importInto(engine, 'copy', bytes)).toBe(-63);
    },
  );

  test('takes dumps of the reference server', async () => {
    const { engine, log } = await recordingEngine();
    expect(importInto(engine, 'moved', REFERENCE_DUMP.latin1Slice(), '{import_tasks: true}')).toBeNull();
    expect(ask(engine, 'return root(), 9, NO_IDS;', '//moved')).toMatchInlineSnapshot(`
      {
        "a": 1,
        "ano": {
          "a": "int",
        },
        "b": -7,
        "big": {
          "$i": "9223372036854775807",
        },
        "by": {
          "$b": "YWJj",
        },
        "cl": "|x|x+1",
        "dict": {
          "#x": 2,
          "a b": 1,
        },
        "dt": "2020-01-01T00:00:00Z",
        "dz": "2020-01-01T00:00:00+0100",
        "em": "",
        "en": "r'x",
        "er": "msg",
        "eth": {
          "x": 1,
        },
        "f": {
          "$f": "1.5",
        },
        "h": {},
        "ix": {
          "k": "z",
        },
        "l": [
          1,
          [
            2,
            3,
          ],
          {
            "q": 1,
          },
        ],
        "n": null,
        "nested": {
          "x": {
            "y": {
              "z": [
                {},
                {},
              ],
            },
          },
        },
        "q": {
          "a": "x",
          "c": "g
      "h",
        },
        "re": "/x.*/i",
        "rel1": null,
        "res": {
          "x": 5,
        },
        "room": "room:18",
        "room2": "room:19",
        "s": "str",
        "self": {
          "a": "x",
          "c": "g
      "h",
        },
        "set": [
          {
            "a": 1,
          },
          {
            "b": 2,
          },
        ],
        "t": true,
        "task": "<task:20 owner:admin run_at:2096-10-02T07:06:40Z status:nil>",
        "tv": 1000000000,
        "wa": {
          "a": "x",
        },
        "wr": {
          "m": "thing \`#7\` has no property \`x\`",
        },
      }
    `);
    expect(
      ask(engine, '[.task.args()[0], .task.args()[1].tt, .room == room("lobby"), .res.restriction(), .dz.zone(), .self == .q];', '//moved'),
    ).toEqual([5, 1, true, 'int', 'Europe/Amsterdam', true]);
    expect(ask(engine, 'types_info().map(|t| t.load().name).sort();', '//moved')).toEqual(['H', 'Ix', 'Q', 'R1', 'R2', 'W', 'Z']);
    expect(ask(engine, "a = R1{}; b = R2{}; .a = a; .b = b; a.x.add(b); [b.y == a, run('p1', 1, 2)];", '//moved')).toEqual([true, 2]);
    expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
  });

  test('damaged bytes are an error, and change nothing', async () => {
    const engine = await memoryEngine();
    ask(engine, SCHEMA);
    ask(engine, DATA);
    const own = Buffer.from(dumpOf(engine).bytes, 'latin1');
    let seed = 7;
    const random = (limit: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed % limit;
    };
    ask(engine, "new_collection('copy');", '@t');
    const empty = JSON.stringify(ask(engine, 'export();', '//copy'));
    const codes = new Set<number | null>();
    for (const dump of [own, REFERENCE_DUMP]) {
      for (let i = 0; i < 400; i++) {
        const bytes = Buffer.from(dump.subarray(0, i % 4 === 0 ? random(dump.length) : dump.length));
        for (let left = 1 + random(3); left > 0 && i % 4 !== 0; left--) bytes[random(bytes.length)] = random(256);
        const code = importInto(engine, 'copy', bytes.latin1Slice());
        codes.add(code);
        if (code === null) ask(engine, "del_collection('copy');", '@t');
        else expect(JSON.stringify(ask(engine, 'export();', '//copy'))).toBe(empty);
      }
    }
    expect([...codes].sort()).toEqual([-60, null]);
  });
});
