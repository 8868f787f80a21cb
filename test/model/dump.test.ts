import { describe, expect, it, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { Database } from '../../src/model/database.ts';
import { DumpLoader, dumpDatabase } from '../../src/model/dump.ts';
import { DumpParser, valueText } from '../../src/model/dump-text.ts';
import { ModuleDef } from '../../src/model/modules.ts';
import { MsgpackReader } from '../../src/msgpack/reader.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import type { LogEntry } from '../../src/storage/store.ts';
import { FAMILIES, loadCases } from '../conformance/cases.ts';
import { packVars } from '../conformance/vars.ts';
import { latin1 } from '../support.ts';
import { recordingEngine, reopened } from './recording.ts';
import { RELATED, RelatedStatements, START, Statements } from './schema-statements.ts';

const ADMIN = { id: 1, name: 'admin' };

function run(engine: LocalEngine, code: string, scope = '//stuff', vars: Uint8Array | null = null): void {
  try {
    engine.query({ user: ADMIN, client: null, scope: latin1(scope), code: latin1(code), vars });
  } catch {
    // What a failed query did before its error is kept.
  }
}

const dumpOf = (database: Database): string => [...dumpDatabase(database)].join('');

/** The changes that a dump makes. */
function changesOf(dump: string): LogEntry[] {
  const log: LogEntry[] = [];
  const loader = new DumpLoader(
    new Database(),
    (text) => ({ params: [], effects: 0, text, compactText: text, definition: text, doc: '' }),
    (id, scope, data) => log.push({ id, scope, data: Uint8Array.from(data) }),
  );
  for (const line of dump.replace(/\n$/, '').split('\n')) loader.add(line);
  loader.end();
  return log;
}

const withoutChange = (dump: string): string => dump.replace(/^change \d+$/m, '');

/** What differs when a database is dumped and loaded; null for nothing. */
function difference({ database }: LocalEngine): string | null {
  const dump = dumpOf(database);
  const loaded = reopened([], changesOf(dump)).database;
  const again = withoutChange(dumpOf(loaded)) === withoutChange(dump) ? null : `dumped again it is another text: ${dump}`;
  return firstDifference(database, loaded) ?? again;
}

/** Every so many cases; all of them take the better part of a minute. */
const STEP = Number(process.env.DUMP_STEP ?? 12);

describe('what the cases leave behind is the same when it was dumped and loaded', () => {
  it.each(FAMILIES)('%s', async (family) => {
    const different: string[] = [];
    for (const one of loadCases(family).filter((_, i) => i % STEP === 0)) {
      const { engine } = await recordingEngine();
      for (const { auth, token, vars, code, scope } of one.steps) {
        if (auth === undefined && token === undefined) run(engine, code, scope, vars === undefined ? null : packVars(vars));
      }
      let problem: string | null;
      try {
        problem = difference(engine);
      } catch (error) {
        problem = String(error);
      }
      if (problem !== null) different.push(`${one.name}: ${problem}`);
    }
    expect(different.slice(0, 5), `${different.length} cases`).toEqual([]);
  });
});

test.each([
  ['types', START, (seed: number) => new Statements(seed)],
  ['relations', RELATED, (seed: number) => new RelatedStatements(seed)],
] as const)('random changes of %s are the same when they were dumped and loaded', async (_, start, make) => {
  for (let seed = 1; seed <= 15; seed++) {
    const { engine } = await recordingEngine();
    const statements = make(seed);
    run(engine, start);
    for (let i = 0; i < 40; i++) run(engine, statements.statement());
    expect(difference(engine), `seed ${seed}`).toBeNull();
  }
});

const DATABASE_FIELDS = [
  ...['changeId', 'collections', 'collectionsByName', 'history', 'modules', 'nextId', 'nodeDeep', 'nodeZone', 'procedures', 'tasks'],
  ...['thingsdbDeep', 'thingsdbZone', 'tokenOwners', 'users', 'usersByName', 'zone'],
];
/** What a dump tells, what follows from it, and what only a checkpoint or a query knows. */
const KNOWN_FIELDS = [
  ...[
    'attributes',
    'createdAt',
    'defaultDeep',
    'enums',
    'enumsById',
    'goneTypes',
    'history',
    'id',
    'name',
    'nextEnumId',
    'nextId',
    'nextTypeId',
  ],
  ...['procedures', 'quotas', 'rooms', 'roomsByName', 'root', 'tasks', 'things', 'timeZone', 'types', 'typesById', 'accessKey'],
  ...[
    'dirtyPages',
    'dirtyRooms',
    'lastTouched',
    'pendingPages',
    'schema',
    'search',
    'suspicious',
    'uncounted',
    'watched',
    'writePending',
    'writtenPages',
  ],
];

test('nothing that a database has is left out', async () => {
  const { engine } = await recordingEngine();
  const { database } = engine;
  const stuff = database.collectionByName('stuff');
  // Who adds a field to either has to have it dumped, or derived from what is.
  const fields = (value: object): string[] => Object.keys(value).sort();
  expect(fields(database)).toEqual(DATABASE_FIELDS.toSorted());
  expect(fields(stuff)).toEqual(KNOWN_FIELDS.toSorted());
  const module = new ModuleDef('m', 12, 'm.js', null, 'folder');
  module.conf = Buffer.from([0x93, 1, 2, 3]);
  module.scope = '//stuff';
  database.modules.set('m', module);
  database.zone = 7;
  database.history = [];
  stuff.history = [];
  stuff.quotas = { things: 10, properties: null, array_size: 5, raw_size: null };
  stuff.attributes.set(stuff.root.id, 'colour', 'red');
  run(engine, ".n = 1; new_procedure('p', || 'text'); task(datetime(2100, 1, 1), |t| nil); .room = room(); .room.set_name('lobby');");
  expect(difference(engine)).toBeNull();
  expect(dumpOf(database)).toContain('QUOTAS');
});

test('a dump is read by people: a line a property, fields with their names', async () => {
  const { engine } = await recordingEngine();
  run(
    engine,
    "set_type('Person', {name: 'str', age: 'int'}); .iris = Person{name: 'Iris', age: 6}; .tags = ['a\nb', 2.0]; .set = set({}); nil;",
  );
  const lines = dumpOf(engine.database).split('\n');
  expect(lines[0]).toBe('thingsc-dump 1');
  expect(lines).toContain('  "Iris" ; Person.name');
  expect(lines).toContain('  "iris" #3');
  expect(lines).toContain('  "tags" ["a\\nb" 2.0]');
  expect(lines).toContain('  "set" set(#4)');
  expect(lines.at(-1)).toBe('');
});

test('dumps of stores that hold the same are the same text, in whatever order they were filled', async () => {
  const texts = await Promise.all(
    [
      ['a', 'b'],
      ['b', 'a'],
    ].map(async (names) => {
      const { engine } = await recordingEngine();
      for (const name of names) run(engine, `new_procedure('${name}', || nil); set_type('${name.toUpperCase()}', {});`);
      return dumpOf(engine.database)
        .replaceAll(/^TYPE \d+ .*$/gm, '')
        .replaceAll(/(PROCEDURE .*) \d+$/gm, '$1');
    }),
  );
  expect(texts[0]).toBe(texts[1]);
});

test('every value has a text that gives the same bytes', () => {
  const values: ((w: MsgpackWriter) => void)[] = [
    (w) => w.nil(),
    (w) => w.bool(true),
    (w) => w.int(-7),
    (w) => w.int(2 ** 53 - 1),
    (w) => w.bigint(2n ** 63n - 1n),
    (w) => w.bigint(-(2n ** 63n)),
    (w) => w.float(2),
    (w) => w.float(1e300),
    (w) => w.float(1.5e-7),
    (w) => w.float(Number.NaN),
    (w) => w.float(Number.NEGATIVE_INFINITY),
    (w) => w.str(latin1('tab\t "quoted" \\ é €')),
    (w) => w.str('\xff\x00; no comment'),
    (w) => w.bin('\x00\xff'),
    (w) => {
      w.arrayHeader(30);
      for (let i = 0; i < 30; i++) w.str(`item number ${i}`);
    },
    (w) => {
      w.arrayHeader(2);
      w.arrayHeader(0);
      w.mapHeader(1);
      w.str('k');
      w.arrayHeader(1);
      w.nil();
    },
    (w) => {
      w.extHeader(1, 8);
      w.u64(2 ** 40);
    },
    (w) => {
      w.extHeader(2, 16);
      w.u64(1);
      w.u64(2);
    },
    (w) => {
      w.extHeader(4, 6);
      w.copy(Buffer.from('|x|"a"'));
    },
    (w) => {
      w.extHeader(99, 2);
      w.copy(Buffer.from([0, 255]));
    },
    (w) => {
      w.arrayHeader(2);
      w.extHeader(14, 8);
      w.u64(5);
      w.mapHeader(1);
      w.str('a');
      w.str('int');
      w.extHeader(11, 0);
      w.mapHeader(0);
    },
  ];
  for (const write of values) {
    const w = new MsgpackWriter();
    write(w);
    const text = valueText(new MsgpackReader(w.bytes()), '');
    const back = new MsgpackWriter();
    const parser = new DumpParser(text);
    parser.value(back);
    expect(parser.atEnd, text).toBe(true);
    expect(back.bytes().toString('hex'), text).toBe(w.bytes().toString('hex'));
  }
});

describe('a faulty dump is refused with the line', () => {
  const HEAD = 'thingsc-dump 1\nchange 0\nscope 0\n';
  it.each([
    ['', 'line 1: the dump is cut off'],
    ['something', 'line 1: this is no dump'],
    ['thingsc-dump 2\n', 'line 1: the dump has format 2, written by a newer release'],
    ['thingsc-dump 1\nscope 0\n', 'line 2: `change` and a number are expected'],
    [`${HEAD}SCOPE_INFO 1 2 "a" "b"\n`, 'the dump is cut off'],
    [`${HEAD}SCOPE_INFO 1 2 "a" "b"\nend 2\n`, 'line 5: there are 1 operations, 2 are expected'],
    [`${HEAD}NOTHING 1\nend 1\n`, 'line 4: there is no operation `NOTHING`'],
    [`${HEAD}SCOPE_INFO 1\n  2\n  "a\nend 1\n`, 'line 6: a text without its end'],
    [`${HEAD}SCOPE_INFO 1 oops\nend 1\n`, 'line 4: `oops` is no value'],
    [`${HEAD}SCOPE_INFO [1 2\nend 1\n`, 'line 4: `]` is missing'],
    [`${HEAD}  1\n`, 'line 4: it is indented, but there is nothing to continue'],
    [`${HEAD}SCOPE_INFO 1 2 3 4\nend 1\n`, 'line 4: this cannot be loaded'],
    [`${HEAD}ZONE 1\nZONE\n  2\nDEL_USER 7\nZONE 3\nend 4\n`, 'line 7: this cannot be loaded: damaged change: no such user'],
    [
      'thingsc-dump 1\nchange 0\nscope 0\nCOLLECTION 2 "a" 0 2\nscope 2\nNEW 3 0 0\n\nNEW 4 0 1\n  "a" 5\nNEW 6 9 1\nend 4\n',
      'line 10: this cannot',
    ],
    [`${HEAD}DEL_USER 7\nend 1\n`, 'line 4: this cannot be loaded: damaged change: no such user'],
    ['thingsc-dump 1\nchange 0\nscope 9\nNEXT_ID 1\nend 1\n', 'a change of collection 9, which does not exist'],
    [`${HEAD}end 0\nend 0\n`, 'line 5: there is something behind the end'],
  ])('%j', (dump, message) => {
    expect(() => changesOf(dump)).toThrow(message);
  });
});
