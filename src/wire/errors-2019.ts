/** Errors as the 2019 dialect numbers and names them. */
import { ErrorCode } from '../errors.ts';

/** Names and codes; the code is the type of the package that answers. */
export const ERRORS_2019: ReadonlyMap<string, number> = new Map([
  ['OVERFLOW_ERROR', 96],
  ['ZERO_DIV_ERROR', 97],
  ['MAX_QUOTA_ERROR', 98],
  ['AUTH_ERROR', 99],
  ['FORBIDDEN', 100],
  ['INDEX_ERROR', 101],
  ['BAD_REQUEST', 102],
  ['QUERY_ERROR', 103],
  ['NODE_ERROR', 104],
  ['INTERNAL_ERROR', 127],
]);

const names = new Map([...ERRORS_2019].map(([name, code]) => [code, name]));

/** The name of a code of the dialect; undefined for a code that it does not have. */
export const errorName2019 = (code: number): string | undefined => names.get(code);

const BAD_REQUEST = 102;
const INTERNAL = 127;

const codes = new Map<number, number>([
  [ErrorCode.OVERFLOW, 96],
  [ErrorCode.ZERO_DIV, 97],
  [ErrorCode.MAX_QUOTA, 98],
  [ErrorCode.AUTH, 99],
  [ErrorCode.FORBIDDEN, 100],
  [ErrorCode.LOOKUP, 101],
  [ErrorCode.TYPE, BAD_REQUEST],
  [ErrorCode.VALUE, BAD_REQUEST],
  [ErrorCode.NUM_ARGUMENTS, BAD_REQUEST],
  [ErrorCode.OPERATION, BAD_REQUEST],
  [ErrorCode.BAD_DATA, BAD_REQUEST],
  [ErrorCode.ASSERT, BAD_REQUEST],
  [ErrorCode.CANCELLED, BAD_REQUEST],
  [ErrorCode.SYNTAX, 103],
  [ErrorCode.NODE, 104],
]);

/** The dialect's code for one of today's. */
export const codeOf2019 = (code: number): number => codes.get(code) ?? INTERNAL;

const today = new Map([...codes].reverse().map(([code, code2019]) => [code2019, code]));

/** Today's code for one of the dialect's; of several, that which tells most. */
export const codeFrom2019 = (code: number): number => (code === BAD_REQUEST ? ErrorCode.BAD_DATA : (today.get(code) ?? ErrorCode.INTERNAL));
