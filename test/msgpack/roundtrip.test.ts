import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MsgpackError, MsgpackReader, Tok } from '../../src/msgpack/reader.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';

function bytesOf(write: (w: MsgpackWriter) => void): Buffer {
  const w = new MsgpackWriter(8);
  write(w);
  return w.take();
}

describe('writer and reader', () => {
  test('integers come back, in the shortest form', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const n = Number(value);
        const bytes = bytesOf((w) => (Number.isSafeInteger(n) ? w.int(n) : w.bigint(value)));
        const r = new MsgpackReader(bytes);
        expect(r.next()).toBe(Tok.INT);
        expect(BigInt(r.big ?? r.number)).toBe(value);
        expect(r.atEnd).toBe(true);
        const sizes = [1, 2, 3, 5, 9].filter((size) => fits(value, size));
        expect(bytes.length).toBe(sizes[0]);
      }),
    );
  });

  test('byte strings of any length come back', () => {
    const lengths = fc.oneof(fc.nat(40), fc.constantFrom(255, 256, 65535, 65536, 70000));
    fc.assert(
      fc.property(lengths, fc.nat(255), (length, byte) => {
        const text = String.fromCharCode(byte).repeat(length);
        for (const kind of ['str', 'bin'] as const) {
          const r = new MsgpackReader(bytesOf((w) => w[kind](text)));
          expect(r.next()).toBe(kind === 'str' ? Tok.STR : Tok.BIN);
          expect(r.text()).toBe(text);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the shortest headers are chosen as others choose them', () => {
    const hex = (write: (w: MsgpackWriter) => void): string => bytesOf(write).toString('hex');
    expect(hex((w) => w.int(128))).toBe('cc80');
    expect(hex((w) => w.int(-33))).toBe('d0df');
    expect(hex((w) => w.float(1))).toBe('cb3ff0000000000000');
    expect(hex((w) => w.float(-0))).toBe('cb0000000000000000');
    expect(hex((w) => w.arrayHeader(16))).toBe('dc0010');
    expect(hex((w) => w.mapHeader(15))).toBe('8f');
    expect(hex((w) => w.extHeader(3, 8))).toBe('d703');
    expect(hex((w) => w.extHeader(3, 3))).toBe('c70303');
  });
});

/** Whether a value can be packed in so many bytes. */
function fits(value: bigint, size: number): boolean {
  const unsigned: Record<number, bigint> = { 1: 2n ** 7n, 2: 2n ** 8n, 3: 2n ** 16n, 5: 2n ** 32n, 9: 2n ** 63n };
  const signed: Record<number, bigint> = { 1: 32n, 2: 2n ** 7n, 3: 2n ** 15n, 5: 2n ** 31n, 9: 2n ** 63n };
  return value >= 0n ? value < (unsigned[size] as bigint) : -value <= (signed[size] as bigint);
}

describe('a reader of bytes that nobody trusts', () => {
  test('random bytes give values or a MsgpackError, and never read outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const r = new MsgpackReader(bytes);
        try {
          while (!r.atEnd) r.skip();
        } catch (error) {
          expect(error).toBeInstanceOf(MsgpackError);
        }
        expect(r.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('a length beyond the data is told at once', () => {
    const r = new MsgpackReader(Buffer.from('dbffffffff61', 'hex'));
    expect(() => r.next()).toThrow(expect.objectContaining({ reason: 'incomplete' }));
  });
});
