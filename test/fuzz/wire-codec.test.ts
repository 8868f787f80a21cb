/** Bytes that no client should send: the readers may refuse them with their own errors, and nothing else may happen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { MsgpackError } from '../../src/msgpack/reader.ts';
import { PackageParser } from '../../src/server/framing.ts';
import { decodeAny, decodeArguments } from '../../src/wire/decode.ts';
import { msgpackToJson } from '../../src/wire/json.ts';

/** First bytes of MessagePack values that have a length or a payload, which plain random bytes meet too seldom. */
const HEADS = [
  0x81, 0x8f, 0x91, 0x9f, 0xa1, 0xbf, 0xc1, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcf, 0xd3, 0xd4, 0xd7, 0xd8, 0xd9, 0xda,
  0xdb, 0xdc, 0xdd, 0xde, 0xdf,
];
const head = fc.constantFrom(...HEADS);
const small = fc.nat(9);
const tokens = fc
  .array(fc.oneof(head, small, fc.nat(255), fc.constantFrom(0xff, 0x7f, 0x00)), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes));

/** Whole values of all kinds, extensions too, before they are spoilt. */
const whole = fc.letrec<{ value: Buffer }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc
      .constantFrom('c0', 'c3', '05', 'e0', 'cf7fffffffffffffff', 'd38000000000000000', 'cb3ff8000000000000')
      .map((hex) => Buffer.from(hex, 'hex')),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.concat([Buffer.from([0xa0 | bytes.length]), bytes])),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.concat([Buffer.from([0xc4, bytes.length]), bytes])),
    fc
      .tuple(fc.nat(9), fc.uint8Array({ maxLength: 12 }))
      .map(([type, bytes]) => Buffer.concat([Buffer.from([0xc7, bytes.length, type]), bytes])),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => Buffer.concat([Buffer.from([0x90 | items.length]), ...items])),
    fc
      .array(fc.tuple(fc.constantFrom('a161', 'a162', 'a0', 'a3612062', 'a123'), tie('value')), { maxLength: 5 })
      .map((pairs) =>
        Buffer.concat([Buffer.from([0x80 | pairs.length]), ...pairs.flatMap(([key, value]) => [Buffer.from(key, 'hex'), value])]),
      ),
  ),
})).value;

interface Spoil {
  readonly kind: 'flip' | 'cut' | 'drop' | 'insert' | 'copy';
  readonly at: number;
  readonly byte: number;
}
const spoils = fc.array(
  fc.record<Spoil>({ kind: fc.constantFrom('flip', 'cut', 'drop', 'insert', 'copy'), at: fc.nat(), byte: fc.oneof(head, fc.nat(255)) }),
  {
    maxLength: 4,
  },
);

function spoil(bytes: Buffer, changes: readonly Spoil[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { kind, at, byte } of changes) {
    const place = result.length === 0 ? 0 : at % result.length;
    if (kind === 'flip') result[place] = byte;
    else if (kind === 'cut') result = result.subarray(0, place);
    else if (kind === 'drop') result = Buffer.concat([result.subarray(0, place), result.subarray(place + 1)]);
    else if (kind === 'insert') result = Buffer.concat([result.subarray(0, place), Buffer.from([byte]), result.subarray(place)]);
    else result = Buffer.concat([result, result.subarray(place)]);
  }
  return result;
}

const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  tokens,
  fc.tuple(whole, spoils).map(([bytes, changes]) => spoil(bytes, changes)),
);

/** Runs `read`; an error must be one of ours, with a code that clients know. */
function readable(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (error instanceof TiError) expect([-53, -54, -59, -60, -61, -62, -63]).toContain(error.code);
    else expect(error).toBeInstanceOf(MsgpackError);
  }
}

describe('hostile bytes', () => {
  it('are read as a value, or refused', () => {
    fc.assert(
      fc.property(hostile, (bytes) => readable(() => decodeAny(bytes))),
      { numRuns: 20_000 },
    );
  });

  it('are read as arguments, or refused with a TiError', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const map = Buffer.concat([Buffer.from('82a161', 'hex'), bytes, Buffer.from('a16201', 'hex')]);
        for (const each of [bytes, map]) {
          try {
            decodeArguments(each);
          } catch (error) {
            expect(error).toBeInstanceOf(TiError);
          }
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('are told as JSON, or refused', () => {
    const options = { unsupported: 'text', indent: 0 } as const;
    fc.assert(
      fc.property(hostile, (bytes) => readable(() => msgpackToJson(bytes, options))),
      { numRuns: 5_000 },
    );
  });

  it('cost no more memory than they have bytes, whatever lengths they claim', () => {
    const before = process.memoryUsage().rss;
    for (const hex of ['ddffffffff', 'dfffffffff', 'dbffffffff', 'c6ffffffff', 'c9ffffffff00', '81a161ddffffffff']) {
      for (let i = 0; i < 200; i++) readable(() => decodeAny(Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(100, 0xc0)])));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('never take the parser of packages out of bounds', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 8 }), (chunks) => {
        const all = Buffer.concat(chunks);
        let seen = 0;
        const parser = new PackageParser({
          onPackage: (_type, _id, bytes, start, end) => {
            expect(end).toBeLessThanOrEqual(bytes.length);
            seen += 8 + end - start;
            return true;
          },
        });
        for (const chunk of chunks) parser.feed(chunk);
        expect(seen + parser.heldBytes).toBeLessThanOrEqual(all.length);
        if (parser.state === 'open') expect(seen + parser.heldBytes).toBe(all.length);
      }),
      { numRuns: 3_000 },
    );
  });
});
