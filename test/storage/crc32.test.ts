import { crc32 as reference } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, crc32Loop } from '../../src/storage/crc32.ts';

test('the checksum of the usual test text', () => {
  expect(crc32(Buffer.from('123456789'), 0, 9, 0)).toBe(0xcbf43926);
});

test('both ways equal the reference for any part, length and seed', () => {
  const data = fc.uint8Array({ minLength: 1, maxLength: 700 });
  fc.assert(
    fc.property(data, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 0xffffffff }), (all, a, b, seed) => {
      const start = a % (all.length + 1);
      const end = start + (b % (all.length - start + 1));
      const expected = reference(all.subarray(start, end), seed);
      expect(crc32(all, start, end, seed)).toBe(expected);
      expect(crc32Loop(all, start, end, seed)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
