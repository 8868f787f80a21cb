/** Random numbers and texts. */
import { randomBytes, randomInt } from 'node:crypto';
import { overflowErr, valueErr } from '../errors.ts';
import { INT_MAX, intOf } from '../values/operators.ts';
import { Float } from '../values/scalars.ts';
import type { Context, Row } from './row.ts';

const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const MAX_LENGTH = 1024;

/** A number below `size` (at least 1, at most 2^63), each as likely as any other. */
function randomBelow(size: bigint): bigint {
  const bits = (size - 1n).toString(2).length;
  for (;;) {
    const value = BigInt.asUintN(bits, randomBytes(8).readBigUInt64LE());
    if (value < size) return value;
  }
}

function randInt(start: number | bigint, end: number | bigint): number | bigint {
  if (end <= start)
    throw valueErr('function `randint` does not accept an empty range; see https://docs.thingsdb.io/v1/collection-api/randint');
  if (typeof start === 'number' && typeof end === 'number' && end - start < 2 ** 32) {
    return start + Math.floor(Math.random() * (end - start));
  }
  const size = BigInt(end) - BigInt(start);
  if (size - 1n > INT_MAX) throw overflowErr();
  return intOf(BigInt(start) + randomBelow(size));
}

function randStr(cx: Context, length: number | bigint, characters: string): string {
  const page = 'see https://docs.thingsdb.io/v1/collection-api/randstr';
  if (length < 0 || length > MAX_LENGTH) throw valueErr(`function \`randstr\` requires a length between 0 and ${MAX_LENGTH}; ${page}`);
  if (characters === '') throw valueErr(`function \`randstr\` requires a character set with at least one valid ASCII character; ${page}`);
  if (/[\x80-\xff]/.test(characters)) throw valueErr(`function \`randstr\` requires a character set with ASCII characters only; ${page}`);
  cx.spend(Number(length) + (characters.length >> 6));
  let text = '';
  for (let i = 0; i < Number(length); i++) text += characters.charAt(randomInt(characters.length));
  return text;
}

export const randomRows: readonly Row[] = [
  {
    name: 'rand',
    params: [],
    returns: 'float',
    doc: 'A pseudo-random number from 0.0 on, below 1.0; not for secrets.',
    example: 'r = rand(); r >= 0 && r < 1;  // => true',
    page: 'collection-api/rand',
    run: () => new Float(Math.random()),
  },
  {
    name: 'randint',
    params: [
      { name: 'start', type: 'int' },
      { name: 'end', type: 'int' },
    ],
    returns: 'int',
    doc: 'A pseudo-random int from `start` on, below `end`; not for secrets.',
    example: 'r = randint(10, 20); r >= 10 && r < 20;  // => true',
    page: 'collection-api/randint',
    run: (_cx, start: number | bigint, end: number | bigint) => randInt(start, end),
  },
  {
    name: 'randstr',
    params: [
      { name: 'length', type: 'int' },
      { name: 'characters', type: 'str', optional: true },
    ],
    returns: 'str',
    doc: 'A text of random characters that nobody can foresee, out of the given ASCII characters; letters, digits, `-` and `_` when left out.',
    example: '[randstr(16).len(), randstr(3, \'x\')];  // => [16,"xxx"]',
    page: 'collection-api/randstr',
    run: (cx, length: number | bigint, characters: string = CHARACTERS) => randStr(cx, length, characters),
  },
];
