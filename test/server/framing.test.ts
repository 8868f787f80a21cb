import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PAYLOAD, makePackage, PackageParser, writeHeader } from '../../src/server/framing.ts';
import { cpuMs } from '../cpu.ts';

interface Taken {
  readonly type: number;
  readonly id: number;
  readonly payload: string;
}

/** A parser, what it handed on, and after which packages it is to stop. */
function collector(stops: (index: number) => boolean = () => false): { parser: PackageParser; taken: Taken[] } {
  const taken: Taken[] = [];
  const parser = new PackageParser({
    onPackage(type, id, bytes, start, end) {
      taken.push({ type, id, payload: bytes.latin1Slice(start, end) });
      return !stops(taken.length - 1);
    },
  });
  return { parser, taken };
}

const header = (type: number, id: number, payload: number): Buffer => {
  const bytes = Buffer.alloc(8);
  writeHeader(bytes, 0, type, id, payload);
  return bytes;
};

const packages = fc.array(fc.record({ type: fc.nat(255), id: fc.nat(65535), payload: fc.uint8Array({ maxLength: 60 }) }), {
  maxLength: 12,
});
const asTaken = (all: { type: number; id: number; payload: Uint8Array }[]): Taken[] =>
  all.map(({ type, id, payload }) => ({ type, id, payload: Buffer.from(payload).latin1Slice() }));

/** Cuts bytes at the given places; each chunk lies in a buffer that is used for the next one. */
function feedAll(parser: PackageParser, bytes: Buffer, cuts: readonly number[]): void {
  const shared = Buffer.alloc(bytes.length + 1);
  let from = 0;
  for (const cut of [...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    bytes.copy(shared, 0, from, cut);
    parser.feed(shared, cut - from);
    shared.fill(0xaa);
    from = cut;
  }
}

describe('headers', () => {
  it('are little endian, with the complement of the type', () => {
    expect(header(34, 0x1234, 0x01020304).toString('hex')).toBe('04030201341222dd');
    expect(makePackage(19, 65535, Buffer.from('ab')).toString('hex')).toBe('02000000ffff13ec6162');
  });
});

describe('the parser', () => {
  it('hands on packages, however they are split and glued', () => {
    fc.assert(
      fc.property(packages, fc.array(fc.nat()), (all, cuts) => {
        const { parser, taken } = collector();
        feedAll(parser, Buffer.concat(all.map(({ type, id, payload }) => makePackage(type, id, payload))), cuts);
        expect(taken).toEqual(asTaken(all));
        expect(parser.state).toBe('open');
        expect(parser.heldBytes).toBe(0);
      }),
    );
  });

  it('hands on packages that come byte by byte', () => {
    const { parser, taken } = collector();
    const bytes = Buffer.concat([makePackage(32, 1, Buffer.alloc(0)), makePackage(34, 2, Buffer.from('abc'))]);
    for (const byte of bytes) parser.feed(Buffer.from([byte]));
    expect(taken).toEqual([
      { type: 32, id: 1, payload: '' },
      { type: 34, id: 2, payload: 'abc' },
    ]);
  });

  it('stops and goes on without losing anything', () => {
    fc.assert(
      fc.property(packages, fc.array(fc.nat()), fc.array(fc.boolean()), (all, cuts, stops) => {
        const { parser, taken } = collector((index) => stops[index] === true);
        const bytes = Buffer.concat(all.map(({ type, id, payload }) => makePackage(type, id, payload)));
        feedAll(parser, bytes, cuts);
        for (let i = 0; i <= all.length && parser.state === 'stopped'; i++) parser.resume();
        expect(taken).toEqual(asTaken(all));
        expect(parser.state).toBe('open');
      }),
    );
  });

  it('hands on nothing while it is stopped', () => {
    const { parser, taken } = collector(() => true);
    parser.feed(Buffer.concat([makePackage(32, 1, Buffer.alloc(0)), makePackage(32, 2, Buffer.alloc(0))]));
    parser.feed(makePackage(32, 3, Buffer.alloc(0)));
    expect(taken.map(({ id }) => id)).toEqual([1]);
    expect(parser.resume()).toBe('stopped');
    expect(taken.map(({ id }) => id)).toEqual([1, 2]);
  });

  it.each([
    ['a wrong check byte', Buffer.from('0000000001002200', 'hex')],
    ['a payload over 1 GiB', header(34, 1, MAX_PAYLOAD + 1)],
    ['other protocols', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('is broken by %s, as soon as the header is there', (_name, bad) => {
    const good = makePackage(32, 7, Buffer.alloc(0));
    for (const split of [0, 1, 7]) {
      const { parser, taken } = collector();
      parser.feed(Buffer.concat([good, bad.subarray(0, split)]));
      expect(parser.state).toBe('open');
      expect(parser.feed(Buffer.concat([bad.subarray(split), good]))).toBe('broken');
      expect(parser.feed(good)).toBe('broken');
      expect(taken.map(({ id }) => id)).toEqual([7]);
    }
  });

  it('waits for a payload of exactly 1 GiB without taking the memory for it', () => {
    const { parser, taken } = collector();
    const before = process.memoryUsage().arrayBuffers;
    expect(parser.feed(Buffer.concat([header(34, 1, MAX_PAYLOAD), Buffer.alloc(1000)]))).toBe('open');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(taken).toEqual([]);
  });

  it('passes over the payload of packages in parts that are larger than it may hold', () => {
    fc.assert(
      fc.property(packages, fc.array(fc.nat()), fc.array(fc.boolean()), (all, cuts, stops) => {
        const { parser, taken } = collector((index) => stops[index] === true);
        parser.maxHeld = 20;
        feedAll(parser, Buffer.concat(all.map(({ type, id, payload }) => makePackage(type, id, payload))), cuts);
        for (let i = 0; i <= all.length && parser.state === 'stopped'; i++) parser.resume();
        const expected = asTaken(all);
        expect(taken.length).toBe(expected.length);
        for (const [i, each] of taken.entries()) {
          const isCut = each.payload === '' && (expected[i]?.payload.length ?? 0) > 20;
          expect(each).toEqual(isCut ? { ...expected[i], payload: '' } : expected[i]);
        }
        expect(parser.state).toBe('open');
        expect(parser.heldBytes).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('gathers a large package in time that grows with its size only', () => {
    const { parser, taken } = collector();
    const payload = Buffer.alloc(64 * 1024 * 1024, 'x');
    const bytes = makePackage(34, 1, payload);
    const start = cpuMs();
    for (let at = 0; at < bytes.length; at += 1000) parser.feed(bytes.subarray(at, at + 1000));
    expect(taken[0]?.payload.length).toBe(payload.length);
    expect(cpuMs() - start).toBeLessThan(3000);
  });
});
