/** Requests of every kind, right, wrong and spoilt, with what must come back for each. */
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { opensQpack } from '../../src/wire/qpack.ts';
import { pack } from '../server/client.ts';

/** Random numbers that come again with the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % end;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }
}

const { PING, AUTH, QUERY, WATCH, UNWATCH, RUN, JOIN, LEAVE, EMIT, EMIT_PEER, PONG, OK, DATA, ERROR } = PackageType;

/** What each request may be answered with. */
const ANSWERS: ReadonlyMap<number, readonly number[]> = new Map([
  [PING, [PONG]],
  [AUTH, [OK, ERROR]],
  [QUERY, [DATA, ERROR]],
  [WATCH, [OK]],
  [UNWATCH, [OK]],
  [RUN, [DATA, ERROR]],
  [JOIN, [DATA, ERROR]],
  [LEAVE, [DATA, ERROR]],
  [EMIT, [OK, ERROR]],
  [EMIT_PEER, [OK, ERROR]],
]);

export interface Request {
  readonly bytes: Buffer;
  readonly type: number;
  readonly id: number;
  /** What the answer may be; none: there is no answer. */
  readonly answers: readonly number[];
  /** The text that an answer of type DATA must be, when it is known. */
  readonly echo: string | null;
}

const SCOPES = ['//stuff', '@t', '@n', '@:stuff', '//nope', '@n:7', '', '@', 'x', '/stuff', '\u00e9', '@thingsdb', 5, null, ['//stuff']];
const CODES = [
  '1 + 1',
  '.x = [1, {a: 2}]; .x',
  "log('x'); .x",
  'nothing',
  '1 / 0',
  '1 +',
  '',
  ".storm.emit('e', x); x",
  "raise('x')",
  'return {a: {b: {c: 1}}}, 3',
  'x',
  '.del("x")',
  'room(1)',
  "'\xff\xfe'",
  '('.repeat(400),
  5,
  null,
];
const VALUES: unknown[] = [
  null,
  true,
  -1,
  1.5,
  2 ** 40,
  'text',
  Buffer.from([0, 255]),
  [1, [2, [3]]],
  { a: { b: 1 } },
  { '': 1 },
  { '#': 1 },
  { 'a b': [{}] },
];
const ROOMS = ['storm', 'nope', '1x', 1, 2, 3, 9999, -1, 1.5, null, [1], {}, true, ''];
const EVENTS = ['e', '', 'x'.repeat(300), 5, null];

function members(random: Random, type: number): unknown[] | string {
  const values = (): unknown[] => Array.from({ length: random.below(3) }, () => random.pick(VALUES));
  switch (type) {
    case AUTH:
      return random.pick<unknown[] | string>([
        ['admin', 'pass'],
        ['admin', 'no'],
        ['', ''],
        'aoaOPzCZ1y+/f0S/jL1DUB',
        '',
        ['admin'],
        [1, 2],
        ['a', 'b', 'c'],
      ]);
    case QUERY:
      return [
        random.pick(SCOPES),
        random.pick(CODES),
        random.pick<unknown>([undefined, null, { x: random.pick(VALUES) }, { '1x': 1 }, [1], 'x']),
      ];
    case RUN:
      return [
        random.pick(SCOPES),
        random.pick<unknown>(['storm', 'nope', 5, '']),
        random.pick<unknown>([undefined, null, values(), { a: 1, z: 2 }, 5, { 1: 2 }]),
      ];
    case JOIN:
    case LEAVE:
      return [random.pick(SCOPES), ...Array.from({ length: random.below(4) }, () => random.pick(ROOMS))];
    case EMIT:
    case EMIT_PEER:
      return [random.pick(SCOPES), random.pick(ROOMS), random.pick(EVENTS), ...values()];
    default:
      return values();
  }
}

/** Heads of arrays, maps, texts and extensions that promise more than there is. */
const LIES = [
  'ddffffffff',
  'dfffffffff',
  'dbffffffff',
  'c6ffffffff',
  'c9ffffffff05',
  'dcffff',
  'deffff',
  'c1',
  'd705',
  'c70803',
  'c7010100',
  'c80102ff',
];

function spoil(random: Random, payload: Buffer): Buffer {
  const at = payload.length === 0 ? 0 : random.below(payload.length);
  switch (random.below(6)) {
    case 0:
      return payload.subarray(0, at);
    case 1: {
      const spoilt = Buffer.from(payload);
      if (spoilt.length > 0) spoilt[at] = random.below(256);
      return spoilt;
    }
    case 2:
      return Buffer.concat([payload.subarray(0, at), random.bytes(1 + random.below(6)), payload.subarray(at)]);
    case 3:
      return Buffer.concat([payload.subarray(0, at), Buffer.from(random.pick(LIES), 'hex'), payload.subarray(at)]);
    case 4:
      return Buffer.concat([payload, random.bytes(random.below(20))]);
    default:
      return random.chance(5) ? Buffer.alloc(2000, random.pick([0x91, 0x81, 0xc7, 0xdd])) : random.bytes(random.below(40));
  }
}

const TYPES = [...ANSWERS.keys()];

/** One request, mostly well formed. `mark` is told back by some queries, so that an answer that reaches another client is seen. */
export function anyRequest(random: Random, mark: string): Request {
  const id = random.below(0x10000);
  if (random.chance(15)) {
    const bytes = makePackage(QUERY, id, pack(['//stuff', 'm', { m: mark }]));
    return { bytes, type: QUERY, id, answers: [DATA, ERROR], echo: mark };
  }
  const type = random.chance(3) ? random.below(256) : random.pick(TYPES);
  const payload = pack(members(random, type));
  const spoilt = random.chance(35) ? spoil(random, payload) : payload;
  // A log-in in QPack begins the protocol of 2019, which has tests of its own.
  const bytes = makePackage(type, id, type === AUTH && opensQpack(spoilt[0] ?? 0) ? payload : spoilt);
  return { bytes, type, id, answers: ANSWERS.get(type) ?? [], echo: null };
}

/** Bytes that are the start of no package. */
export function brokenHeader(random: Random): Buffer {
  const type = random.below(256);
  const header = makePackage(type, random.below(0x10000), Buffer.alloc(0));
  if (random.chance(50)) header[7] = (header[7] as number) ^ (1 + random.below(255));
  else header.writeUInt32LE(0x4000_0001 + random.below(0xb000_0000), 0);
  return header;
}

/** The same bytes in parts of any length; very short ones only at the start. */
export function* parts(random: Random, bytes: Buffer): Generator<Buffer> {
  const longest = random.pick([3, 50, 5000, 1_000_000]);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random.below(at < 1000 ? longest : Math.max(longest, 2000)));
    yield bytes.subarray(at, end);
    at = end;
  }
}
