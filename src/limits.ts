/** How large single values may become: a part of the heap, so that the server has room for what is made of them before it looks at its memory again. */
import { getHeapStatistics } from 'node:v8';
import { ErrorCode, TiError } from './errors.ts';

const heap = getHeapStatistics().heap_size_limit;

/** The longest text that can be made, in bytes; JavaScript has no longer strings. */
export const MAX_TEXT = Math.min(0x1fffffe8, Math.floor(heap / 32));

/** The longest list that can be made. */
export const MAX_ITEMS = Math.min(2 ** 24, Math.floor(heap / 256));

export const textTooLong = (): TiError => new TiError(ErrorCode.MEMORY, `a text may be ${MAX_TEXT} bytes long, no longer`);
export const listTooLong = (): TiError => new TiError(ErrorCode.MEMORY, `a list may have ${MAX_ITEMS} items, no more`);
