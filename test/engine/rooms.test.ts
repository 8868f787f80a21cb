import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { roomRows } from '../../src/builtins/rooms.ts';
import type { RoomEvent } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { typedOf } from '../conformance/typed.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
let events: RoomEvent[];

beforeEach(async () => {
  engine = await memoryEngine();
  events = [];
  engine.onRoomEvent((event) => events.push(event));
});

test.each(roomRows.map((row) => [row.name, row.example] as const))('the example of %s: %s', (_name, example) => {
  const [code = '', wanted = ''] = example.split('  // => ');
  expect(ask(engine, code)).toEqual(JSON.parse(wanted));
});

describe('events', () => {
  const emitted = (code: string): unknown => {
    ask(engine, code);
    const event = events.at(-1);
    return event?.kind === 'emit' ? [event.event, typedOf(event.args)] : event;
  };

  test('carry their arguments as deep as told', () => {
    ask(engine, '.r = room(); .t = {a: {b: {c: 1}}};');
    expect(emitted(".r.emit('e');")).toEqual(['e', []]);
    expect(emitted(".r.emit('e', 1, 'two', {a: {b: 1}});")).toEqual(['e', [1, 'two', { a: {} }]]);
    expect(emitted(".r.emit(2, 'e', {a: {b: 1}});")).toEqual(['e', [{ a: { b: 1 } }]]);
    expect(emitted(".r.emit(2, NO_IDS, 'e', .t);")).toEqual(['e', [{ a: { b: {} } }]]);
    expect(emitted(".r.emit(0, 'e', .t);")).toMatchObject(['e', [{ '#': expect.any(Number) }]]);
  });

  test('are packed at once: what changes later does not show', () => {
    ask(engine, '.r = room();');
    expect(emitted(".r.emit('e', l = [1]); l.push(2); l;")).toMatchObject({});
    expect(emitted("l = [1]; .r.emit('e', l); l.push(2);")).toEqual(['e', [[1]]]);
  });

  test('need no change, and go nowhere from a room that is not stored', () => {
    ask(engine, '.r = room();');
    expect(ask(engine, ".r.emit('e'); change_id();")).toBeNull();
    expect(events).toHaveLength(1);
    ask(engine, "room().emit('e');");
    expect(events).toHaveLength(1);
  });

  test('tell of rooms that are no more', () => {
    const [a, b] = ask(engine, '.a = room(); .l = [.a, room()]; .t = {r: room()}; [.a.id(), .l[1].id()];') as [number, number];
    const deleted = () => events.map((event) => (event.kind === 'delete' ? event.roomId : event.kind));
    ask(engine, ".del('a');");
    expect(deleted()).toEqual([]);
    ask(engine, '.l = [];');
    expect(deleted().sort()).toEqual([a, b].sort());
    ask(engine, ".del('t');");
    expect(deleted()).toHaveLength(3);
    ask(engine, '.x = room();');
    ask(engine, "del_collection('stuff');", '@t');
    expect(deleted()).toHaveLength(4);
  });

  test('a room that changes its place within a query stays', () => {
    ask(engine, ".a = room(); .a.set_name('x');");
    expect(ask(engine, "r = .a; .del('a'); .b = r; room('x') == .b;")).toBe(true);
    expect(ask(engine, "room('x') == .b;")).toBe(true);
    expect(events).toEqual([]);
  });
});

test.each([
  ["room('nope');", -54],
  ["room('');", -60],
  ['room(99);', -54],
  ['room(nil);', -61],
  ["room().set_name('x');", -63],
  ['.r = room(); .r.set_name(1);', -61],
  [".r = room(); .r.set_name('a b');", -60],
  [".a = room(); .b = room(); .a.set_name('x'); .b.set_name('x');", -54],
  ['room().emit();', -62],
  ['room().emit(1);', -62],
  ['room().emit(-1);', -62],
  ['room().emit(1, 1, 1);', -61],
  ["room().emit(128, 'e');", -60],
  ["room().emit('');", -60],
  ['room().emit(nil);', -61],
])('%s gives the error %i', (code, wanted) => {
  expect(errorOf(engine, code)).toBe(wanted);
});

describe('after a restart', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'rooms-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test.each([true, false])('rooms and their names are as they were; with a checkpoint: %s', async (withCheckpoint) => {
    const first = (await openEngine({ dir })).engine;
    ask(first, ".a = room(); .b = [room()]; .gone = room(); .a.set_name('one'); .gone.set_name('two');");
    ask(first, ".a.set_name('three'); .del('gone'); .b[0].set_name('two'); .ids = [.a.id(), .b[0].id()];");
    await (withCheckpoint ? first.close() : first.store.close());
    const again = (await openEngine({ dir })).engine;
    expect(ask(again, "[room('three') == .a, room('two') == .b[0], [.a.id(), .b[0].id()] == .ids, .a.name()];")).toEqual([
      true,
      true,
      true,
      'three',
    ]);
    expect(errorOf(again, "room('one');")).toBe(-54);
    expect(again.database.collectionByName('stuff').rooms.size).toBe(2);
    ask(again, ".del('a');");
    await again.close();
    const third = (await openEngine({ dir })).engine;
    expect(errorOf(third, "room('three');")).toBe(-54);
    expect(third.database.collectionByName('stuff').rooms.size).toBe(1);
    await third.close();
  });
});
