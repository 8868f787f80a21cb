/** Hostile input in the 2019 dialect: texts for its parser and its tools, bytes for its formats, requests for a server. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { format } from '../../grammar/2019/format.ts';
import { parse, parseTolerant } from '../../grammar/2019/parser.ts';
import { analyze2019 } from '../../src/analysis/dialect-2019/analyze.ts';
import { walk } from '../../src/ast/visitor.ts';
import type { Program } from '../../src/bytecode/program.ts';
import { compileText2019 } from '../../src/engine/dialect-2019.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { msgpackCodec, qpackCodec } from '../../src/server/codec-2019.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { Type2019 } from '../../src/server/requests-2019.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { Regex } from '../../src/values/regex.ts';
import { Float } from '../../src/values/scalars.ts';
import { ERRORS_2019 } from '../../src/wire/errors-2019.ts';
import { type QpackValue, readQpack } from '../../src/wire/qpack.ts';
import { cases2019 } from '../dialect-2019/cases.ts';
import { Client2019, write } from '../dialect-2019/client.ts';
import { program, source } from '../dialect-2019/programs.ts';
import { type TestServer, testServer } from '../server/client.ts';
import { latin1 } from '../support.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 200);

/** Texts that are right for the most part. */
const texts = [...new Set(cases2019.flatMap(({ steps }) => steps.map(({ code }) => latin1(code))))].filter(({ length }) => length < 300);
const random = source(23);
const programs = Array.from({ length: 300 }, () => program(random));
const sourceText = fc.constantFrom(...texts, ...programs);

const pieces = [
  ...['(', ')', '[', ']', '{', '}', "'", '"', '/', '//', '/*', '*/', ';', ',', ':', '?', '.', '!', '-', '+', '=', '+=', '//=', '==', '=>'],
  ...['$', '$a', '&', '&&', '|', '||', '%', '^', '<', ' ', '\n', 'nil', 'true', 'inf', 'a', 'x =>', 'a, b =>', 'f(', 'push(', 'try('],
  ...['1', '1.5', '0x', '.5', "'s'", '/r/', '{a:', '(a', '[0]', ') ? ', '\0', '\xff', '\xc3\xa9', '#', '\\', '9223372036854775808'],
];

/** Whatever the text: a tree or an error of the parser; with recovery always a tree, and errors just when the strict parser has one. */
function check(text: string): void {
  let refused = false;
  try {
    parse(text);
  } catch (error) {
    refused = true;
    expect(error).toBeInstanceOf(TiError);
    const { code, start } = error as TiError;
    expect([ErrorCode.SYNTAX, ErrorCode.OVERFLOW]).toContain(code);
    expect(start >= 0 && start <= text.length).toBe(true);
  }
  const { script, diagnostics } = parseTolerant(text);
  expect(diagnostics.length > 0).toBe(refused);
  for (const { start, end } of diagnostics) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
  walk(script, {
    enter(node) {
      expect(node.start >= 0 && node.start <= node.end && node.end <= text.length).toBe(true);
      return undefined;
    },
  });
  for (const { start, end } of analyze2019(text).findings) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
}

describe('any text', () => {
  it('of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(Buffer.from(bytes).toString('latin1'))),
      { numRuns: RUNS },
    );
  });

  it('of random tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (all) => check(all.join(''))),
      { numRuns: 2 * RUNS },
    );
  });

  it('right but for one change, or cut off', () => {
    const change = fc.record({ text: sourceText, at: fc.nat(), remove: fc.nat({ max: 5 }), piece: fc.constantFrom('', ...pieces) });
    fc.assert(
      fc.property(change, ({ text, at, remove, piece }) => {
        const place = at % (text.length + 1);
        check(text.slice(0, place) + piece + text.slice(place + remove));
        check(text.slice(0, place));
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it('of one token, over and over', () => {
    for (const piece of pieces) check(piece.repeat(100));
    for (const left of ['(', '[', '{a:', 'f(', 'x => ', '$a = ', '(a) ? ']) for (const right of pieces) check((left + right).repeat(12));
  });
});

/** All of a program that running it can depend on: everything but where things stand in the text. */
function meaningOf({ constants, names, rowNames, functions }: Program): string {
  const told = functions.map(({ params, locals, code, effects }) => ({ params, locals, code: [...code], effects }));
  return JSON.stringify({ constants, names, rowNames, told }, (_key, value: unknown) => {
    if (value instanceof Regex) return `regex ${value.text}`;
    if (value instanceof Float) return `float ${Object.is(value.value, -0) ? '-0' : value.value}`;
    return typeof value === 'bigint' ? `int ${value}` : value;
  });
}

const meaning = (text: string): string | null => {
  try {
    return meaningOf(compileText2019(text, 'collection'));
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
};

describe('right texts', () => {
  it('are formatted without a change of what is compiled, and formatting again changes nothing', () => {
    let count = 0;
    for (const text of [...texts, ...programs]) {
      const before = meaning(text);
      if (before === null) continue;
      const formatted = format(text);
      expect([text, meaning(formatted)]).toEqual([text, before]);
      expect(format(formatted)).toBe(formatted);
      count++;
    }
    expect(count).toBeGreaterThan(500);
  });

  it('stay as they are when spaces, lines and comments come between their tokens', () => {
    const gaps = fc.array(fc.constantFrom(' ', '\n', '  ', '/* c */', '\n/* c */\n', ' /* a / b */ '), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(sourceText, gaps, (text, between) => {
        const before = meaning(text);
        if (before === null || /['"/]/.test(text)) return;
        let at = 0;
        const spaced = text.replace(/([;,()[\]{}:?])/g, (token: string) => token + (between[at++ % between.length] as string));
        expect(meaning(spaced)).toBe(before);
        expect(meaning(format(spaced))).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  it('become scripts of today, whatever they are', () => {
    for (const text of [...texts, ...programs]) if (meaning(text) !== null) expect(() => migrate(text), text).not.toThrow();
  });
});

// --- bytes ---

/** First bytes of QPack values that have a length, a payload or an end. */
const heads = fc.constantFrom(
  124,
  128,
  129,
  227,
  228,
  229,
  230,
  231,
  232,
  233,
  234,
  235,
  236,
  237,
  240,
  242,
  243,
  245,
  248,
  252,
  253,
  254,
  255,
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((all) => Buffer.from(all)),
  fc.array(fc.oneof(heads, fc.nat(9), fc.nat(255)), { maxLength: 60 }).map((all) => Buffer.from(all)),
);

const leaf: fc.Arbitrary<QpackValue> = fc.oneof(
  fc.constantFrom(null, true, false, -60, -61, 63, 64, 127, 128, -128, -129, 32_767, 32_768, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1),
  fc.constantFrom(new Float(0), new Float(-0), new Float(1), new Float(-1), new Float(0.5), 2n ** 63n - 1n, -(2n ** 63n)),
  fc.constantFrom('', 'a', 'x'.repeat(99), 'x'.repeat(100), 'x'.repeat(255), 'x'.repeat(256), 'query', 'target', '\xff'),
);
const { value } = fc.letrec<{ value: QpackValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf,
    fc.array(tie('value'), { maxLength: 9 }) as fc.Arbitrary<QpackValue>,
    fc.array(fc.tuple(fc.string({ maxLength: 4 }), tie('value')), { maxLength: 9 }).map((all) => new Map(all)) as fc.Arbitrary<QpackValue>,
  ),
}));

const packed = (each: QpackValue): Buffer => qpackCodec.pack((w) => write(w, each));

interface Spoil {
  readonly at: number;
  readonly byte: number;
  readonly kind: 'flip' | 'cut' | 'insert';
}
const spoils = fc.array(
  fc.record<Spoil>({ at: fc.nat(), byte: fc.oneof(heads, fc.nat(255)), kind: fc.constantFrom('flip', 'cut', 'insert') }),
  {
    maxLength: 4,
  },
);

function spoil(whole: Buffer, changes: readonly Spoil[]): Buffer {
  return changes.reduce((all, { at, byte, kind }) => {
    const place = all.length === 0 ? 0 : at % all.length;
    const behind = kind === 'cut' ? [] : [Buffer.from([byte]), all.subarray(kind === 'flip' ? place + 1 : place)];
    return Buffer.concat([all.subarray(0, place), ...behind]);
  }, whole);
}

const hostile = fc.oneof(
  bytes,
  fc.tuple(value, spoils).map(([each, changes]) => spoil(packed(each), changes)),
);

describe('QPack', () => {
  it('of hostile bytes is read, or refused as a bad request', () => {
    fc.assert(
      fc.property(hostile, (each) => {
        try {
          readQpack(each);
        } catch (error) {
          expect(error).toBeInstanceOf(TiError);
          expect((error as TiError).code).toBe(ErrorCode.BAD_DATA);
        }
      }),
      { numRuns: 20 * RUNS },
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(value, (each) => {
        expect(readQpack(packed(each))).toEqual(each);
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it('needs no end of what is open at its end', () => {
    expect(readQpack(Buffer.from([252, 1, 252, 2]))).toEqual([1, [2]]);
    expect(readQpack(Buffer.from([253, 129, 97, 253, 129, 98, 3]))).toEqual(new Map([['a', new Map([['b', 3]])]]));
    expect(() => readQpack(Buffer.from([253, 129, 97]))).toThrow(TiError);
  });

  it('costs no more memory than it has bytes, whatever lengths it claims', () => {
    const before = process.memoryUsage().rss;
    for (const first of [
      [230, 255, 255, 255, 255],
      [231, 255, 255, 255, 255, 255, 255, 255, 127],
      [231, 255, 255, 255, 255, 255, 255, 255, 255],
    ]) {
      for (let i = 0; i < 200; i++) expect(() => readQpack(Buffer.from([...first, ...new Array(100).fill(0)]))).toThrow();
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});

// --- a server ---

describe('a server', () => {
  let server: TestServer;
  let witness: Client2019;

  beforeAll(async () => {
    const engine = new LocalEngine(memoryStore());
    await engine.initialize();
    server = await testServer(engine);
    witness = await Client2019.login(server.port, qpackCodec);
  });
  afterAll(async () => {
    witness.close();
    await server.stop();
  });

  const word = fc.constantFrom('query', 'target', 'blobs', 'collection', 'things', 'x');
  const part: fc.Arbitrary<QpackValue> = fc.oneof(
    leaf,
    fc.constantFrom('stuff', '1', 'x = {}; x', 't.push(1)', 0, 1, 2),
    fc.array(fc.constantFrom<QpackValue>(1, 2, 3, 'x', null), { maxLength: 7 }),
  );
  const request = fc.array(fc.tuple(word, part), { maxLength: 7 }).map((all): QpackValue => new Map(all));
  const types = fc.constantFrom(PackageType.QUERY, Type2019.WATCH, Type2019.UNWATCH, PackageType.PING);
  const answers = new Set<number>([...ERRORS_2019.values(), ...Object.values(Type2019)]);
  /** The id of packages that nobody asked for. */
  const PUSHED = 0;

  it.each([
    ['QPack', qpackCodec],
    ['MessagePack', msgpackCodec],
  ])('answers each right or spoilt request of 2019 in %s once, and goes on', async (_name, codec) => {
    const payload = fc.tuple(request, codec === qpackCodec ? spoils : fc.constant([])).map(([each, changes]) =>
      spoil(
        codec.pack((w) => write(w, each)),
        changes,
      ),
    );
    const client = await Client2019.login(server.port, codec);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(types, payload), { minLength: 1, maxLength: 6 }), async (all) => {
        // What names nothing that 2019 asks for is a request of today, in MessagePack.
        const sent = codec === qpackCodec ? all : all.filter(([type, each]) => isOf2019(type, each));
        client.raw.send(Buffer.concat(sent.map(([type, each], i) => makePackage(type, i + 1, each))));
        const seen: number[] = [];
        while (seen.length < sent.length) {
          const { type, id } = await client.raw.next();
          if (id === PUSHED) continue;
          expect(answers.has(type)).toBe(true);
          seen.push(id);
        }
        expect(seen).toEqual(sent.map((_each, i) => i + 1));
      }),
      { numRuns: RUNS },
    );
    client.close();
    expect(await witness.query('1', 0)).toEqual({ type: Type2019.RESULTS, value: [1] });
  });

  function isOf2019(type: number, each: Buffer): boolean {
    if (type === PackageType.PING) return false;
    const read = msgpackCodec.read(each, 0, each.length);
    return read instanceof Map && read.has(type === PackageType.QUERY ? 'query' : 'collection');
  }
});
