/** Who watches can keep a copy: what the jobs make of it is what the thing is, after each function that changes something, in either dialect. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Watcher, WatchWriter } from '../../src/engine/api.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { msgpackCodec } from '../../src/server/codec-2019.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { latin1 } from '../support.ts';
import { plainOf } from './client.ts';
import { type Database2019, openDatabase } from './database.ts';
import { program, source } from './programs.ts';

const ADMIN = { id: 1, name: 'admin' };

type Plain = Record<string, unknown>;
const told = (write: (w: WatchWriter) => void): unknown => {
  const bytes = msgpackCodec.pack(write);
  return plainOf(msgpackCodec.read(bytes, 0, bytes.length));
};

/** A thing as one who is told of another thing knows it. */
const reference = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reference);
  return typeof value === 'object' && value !== null && '#' in value ? { '#': value['#'] } : value;
};

/** A copy of one thing, kept by what is told. */
class Replica implements Watcher {
  thing: Plain | null = null;
  attributes: Plain = {};
  lastChange = 0;
  begun = 0;

  began(changeId: number, _thingId: number, write: (w: WatchWriter) => void): void {
    const { '.': attributes = {}, ...thing } = told(write) as Plain;
    this.thing = thing;
    this.attributes = attributes as Plain;
    this.lastChange = changeId;
    this.begun++;
  }

  changed(changeId: number, thingId: number, write: (w: WatchWriter) => void): void {
    if (this.thing === null || this.thing['#'] !== thingId) throw new Error('changes of what is not watched');
    if (changeId <= this.lastChange) throw new Error('changes out of order');
    this.lastChange = changeId;
    for (const job of told(write) as Plain[]) for (const [kind, what] of Object.entries(job)) this.apply(kind, what);
  }

  private apply(kind: string, what: unknown): void {
    const thing = this.thing as Plain;
    const entries = typeof what === 'object' ? Object.entries(what as Plain) : [];
    if (kind === 'assign') for (const [key, value] of entries) thing[key] = reference(value);
    else if (kind === 'del') delete thing[what as string];
    else if (kind === 'set') Object.assign(this.attributes, what);
    else if (kind === 'unset') delete this.attributes[what as string];
    else if (kind === 'rename') {
      for (const [key, to] of entries) {
        const value = thing[key];
        delete thing[key];
        thing[to as string] = value;
      }
    } else if (kind === 'splice') {
      for (const [key, value] of entries) {
        const [start, count, inserted, ...items] = value as [number, number, number, ...unknown[]];
        if (inserted !== items.length) throw new Error('a splice that tells another number of items');
        (thing[key] as unknown[]).splice(start, count, ...items.map(reference));
      }
    } else throw new Error(`a job that nobody knows: ${kind}`);
  }

  gone(): void {
    this.thing = null;
  }
}

let database: Database2019;
let engine: LocalEngine;

const today = (code: string): number => {
  try {
    engine.query({ user: ADMIN, client: null, scope: '//stuff', code: latin1(code), vars: null });
    return 0;
  } catch (error) {
    if (error instanceof TiError) return error.code;
    throw error;
  }
};

const idOf = (code: string): number => engine.query({ user: ADMIN, client: null, scope: '//stuff', code, vars: null }).value as number;

function watching(id: number): Replica {
  const replica = new Replica();
  engine.watch(ADMIN, 'stuff', replica).watch([id]);
  return replica;
}

/** What one who comes now is told. */
function expectSame(replica: Replica, id: number, what: string): void {
  const fresh = watching(id);
  engine.unwatchAll(fresh);
  expect([what, replica.thing, replica.attributes]).toEqual([what, fresh.thing, fresh.attributes]);
}

beforeAll(async () => {
  database = await openDatabase();
  engine = database.engine;
  today("set_type('P', {name: 'str', n: 'int', friends: '{P}', best: 'P?', list: '[int]'}); mod_type('P', 'rel', 'friends', 'friends');");
});
afterAll(() => database.close());

describe('a copy of a thing', () => {
  it('follows each function of today', () => {
    today('.t = {n: 1, l: [3, 1, 2], s: set({a: 1}), o: {x: 1}};');
    const id = idOf('.t.id();');
    const replica = watching(id);
    const texts = [
      '.t.n = 2; .t.n += 3; .t.n -= 1;',
      ".t.text = 'é'; .t.f = 2.5; .t.nothing = nil; .t.r = /a/i; .t.c = |x| x + 1; .t.b = bytes('x');",
      '.t.l.push(9, 8); .t.l.unshift(7); .t.l.pop(); .t.l.shift();',
      '.t.l.splice(1, 1, 5, 6); .t.l.extend([4, 4]); .t.l.extend_unique([4, 10]);',
      '.t.l.remove(|x| x > 8); .t.l[0] = 100; .t.l[-1] += 1; .t.l[0:2] = [1, 2, 3];',
      '.t.l = .t.l.sort(); .t.l.fill(0); .t.l.clear(); .t.l.push([1, [2]]);',
      ".t.s.add({b: 2}, .t.o); .t.s.remove(|x| x.has('b')); .t.s |= set({c: 3}); .t.s.clear();",
      '.t.o = {y: {z: 1}}; .t.o.y.z = 2; .t.things = [{q: 1}, .t.o];',
      ".t.set('k', 1); .t['key with space'] = 1; .t.assign({n: 9, m: 10}); .t.ren('m', 'mm'); .t.del('mm');",
      '.t.things.push({q: 2}); .t.things[0].q = 5; .t.things.pop();',
      '.t.room = room(); .t.task = task(datetime(4000000000), || nil); .t.d = datetime(0); .t.e = err();',
      ".t.p = P{name: 'a'}; .t.q = .t.p.wrap(); .t.tuple = [[1, 2]];",
      '.t.remove(|k| k == "f"); .t.del("b");',
      '.t.clear(); .t.again = 1;',
      'x = .t; .t = nil; .t = x;',
    ];
    for (const text of texts) {
      const code = today(text);
      expect([text, code]).toEqual([text, 0]);
      expectSame(replica, id, text);
    }
    expect(replica.begun).toBe(1);
    today('.del("t");');
    expect(replica.thing).toBe(null);
  });

  it('follows instances, their relations and changes of their type', () => {
    today(".p = P{name: 'a'}; .q = P{name: 'b'};");
    const id = idOf('.p.id();');
    const replica = watching(id);
    const texts = [
      '.p.friends.add(.q);',
      '.q.friends.remove(.p);',
      '.q.friends.add(.p); .q.name = "c";',
      '.del("q");',
      '.p.best = .p; .p.list.push(1, 2); .p.list.pop(); .p.n += 2;',
      "mod_type('P', 'add', 'more', 'str', 'x');",
      "mod_type('P', 'ren', 'more', 'other'); .p.other = 'y';",
      "mod_type('P', 'mod', 'n', 'int?'); .p.n = nil;",
      "mod_type('P', 'del', 'other');",
    ];
    for (const text of texts) {
      expect([text, today(text)]).toEqual([text, 0]);
      expectSame(replica, id, text);
    }
  });

  it('follows a thing that gets a type, and loses it', () => {
    today("set_type('R', {n: 'int'}); set_type('S', {n: 'int', m: 'int'}); .r = R{n: 1};");
    const id = idOf('.r.id();');
    const replica = watching(id);
    for (const text of ['.r.n = 2;', '.r.to_thing();', '.r.m = 1;', ".r.to_type('S');", '.r.n = 6;']) {
      expect([text, today(text)]).toEqual([text, 0]);
      expectSame(replica, id, text);
    }
  });

  it('follows whatever programs of 2019 do', () => {
    const below = source(5);
    let changes = 0;
    for (let i = 0; i < 400; i++) {
      if (i % 50 === 0) database.query("a = [1, 'x', 2.5]; b = {a: 1, b: {}}; b.set('n', 1);");
      const id = idOf('try(.b.id());');
      const root = idOf('.id();');
      const things = (typeof id === 'number' ? [root, id] : [root]).map((each) => [each, watching(each)] as const);
      const code = program(below);
      database.query(code);
      for (const [each, replica] of things) {
        if (replica.thing !== null) expectSame(replica, each, code);
        if (replica.lastChange > 0 && replica.begun === 1) changes++;
        engine.unwatchAll(replica);
      }
    }
    expect(changes).toBeGreaterThan(100);
  });

  it('is told when circles of things are swept away', async () => {
    const swept = await openDatabase(new LocalEngine(memoryStore(), { garbageInterval: 0.001 }));
    swept.query('c = {}; c.d = {c: c};');
    const { value } = swept.query('c.d.id()') as { value: number };
    const replica = new Replica();
    swept.engine.watch(ADMIN, 'stuff', replica).watch([value]);
    swept.query("del('c')");
    await expect.poll(() => replica.thing).toBe(null);
    await swept.close();
  });
});
