/** The quotas of a collection, which the 2019 dialect sets, hold in today's language too. */
import { beforeEach, describe, expect, it } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { type Database2019, openDatabase } from '../dialect-2019/database.ts';
import { latin1 } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };

let database: Database2019;

beforeEach(async () => {
  database = await openDatabase();
  return () => database.close();
});

const limit = (name: string, value: number | null): void => {
  expect(database.query(`set_quota('stuff', '${name}', ${value ?? 'nil'})`, 0).error).toBe(null);
};

/** The code of the error; 0 for none. */
function today(code: string, vars: Uint8Array | null = null): number {
  try {
    database.engine.query({ user: ADMIN, client: null, scope: '//stuff', code: latin1(code), vars });
    return 0;
  } catch (error) {
    if (error instanceof TiError) return error.code;
    throw error;
  }
}

const FULL = -57;

function expectCodes(texts: readonly (readonly [string, number])[]): void {
  for (const [code, wanted] of texts) expect([code, today(code)]).toEqual([code, wanted]);
}

describe('quotas in a query of today', () => {
  it('limit stored things, however they come', () => {
    limit('things', 4);
    expectCodes([
      ['{a: {}, b: {}, c: {}, d: {}};', 0],
      ['.a = {b: {}};', 0],
      ['.c = {d: {}};', FULL],
      ['.c = [{}, {}];', FULL],
      ['.c = set({}, {});', FULL],
      ["set_type('T', {t: 'T?'}); .c = T{t: T{}};", FULL],
      ['x = {}; .c = [x, x]; .d = x;', 0],
      ['.c.push({});', FULL],
      ['.c.push(.a);', 0],
      ['.s = set(); .s.add({});', FULL],
      ['.a.x = {};', FULL],
      ['.c = []; .del("d"); nil;', 0],
      ['.d = {};', 0],
    ]);
    expect(database.query('e = {}').error?.code).toBe(FULL);
    limit('things', null);
    expectCodes([['.e = {f: {}};', 0]]);
  });

  it('limit the properties of one thing', () => {
    limit('properties', 3);
    expectCodes([
      ['.a = 1; .b = {x: 1, y: 2, z: 3}; .c = 3;', 0],
      ['.d = 4;', FULL],
      ['.a = 2;', 0],
      ['.c = {w: 1, x: 2, y: 3, z: 4};', FULL],
      ['.c = [{w: 1, x: 2, y: 3, z: 4}];', FULL],
      ['.b.w = 4;', FULL],
      ['.b.assign({w: 4});', FULL],
    ]);
  });

  it('limit arrays, where they are stored', () => {
    limit('array_size', 2);
    expectCodes([
      ['[1, 2, 3];', 0],
      ['.l = [1, 2];', 0],
      ['.l = [1, 2, 3];', FULL],
      ['.l.push(3);', FULL],
      ['.l.unshift(3);', FULL],
      ['.l.splice(0, 1, 4, 5);', FULL],
      ['.l.splice(0, 1, 4);', 0],
      ['.l[0] = 9;', 0],
      ['.x = {l: [1, 2, 3]};', FULL],
      ['.m = [[1, 2, 3]];', FULL],
      ['.m = []; .m.push([1, 2, 3]);', FULL],
    ]);
  });

  it('limit texts of queries, and what comes with them', () => {
    limit('raw_size', 10);
    const vars = (text: string): Uint8Array => {
      const w = new MsgpackWriter();
      w.mapHeader(1);
      w.str('x');
      w.arrayHeader(1);
      w.str(text);
      return w.take();
    };
    expectCodes([
      ['1234567890', 0],
      ['12345678901', FULL],
    ]);
    expect(today('x;', vars('1234567890'))).toBe(0);
    expect(today('x;', vars('12345678901'))).toBe(FULL);
    expect(database.query('blob(0)', 'stuff', ['12345678901']).error?.code).toBe(FULL);
  });

  it('leave nothing of a query that they end half done', () => {
    limit('things', 2);
    expectCodes([
      ['.l = []; .a = {};', 0],
      ['.l.push({}, {});', FULL],
    ]);
    expectCodes([['assert(.l.len() == 0); assert(.len() == 2);', 0]]);
  });
});
