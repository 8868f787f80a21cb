/** `Buffer` in a browser, with the few methods of Node.js that the package for browsers lacks. */
import { Buffer as BrowserBuffer } from 'buffer/';

interface Missing {
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Slice(start?: number, end?: number): string;
}

Object.assign(BrowserBuffer.prototype, {
  latin1Slice(this: BrowserBuffer, start?: number, end?: number): string {
    return this.toString('latin1', start, end);
  },
  latin1Write(this: BrowserBuffer, text: string, offset = 0, length = text.length): number {
    return this.write(text, offset, length, 'latin1');
  },
  utf8Slice(this: BrowserBuffer, start?: number, end?: number): string {
    return this.toString('utf8', start, end);
  },
} satisfies Missing);

/** Unlike that of Node.js, this one has no pool to leave out. */
const allocUnsafeSlow = (size: number): BrowserBuffer => BrowserBuffer.alloc(size);
Object.assign(BrowserBuffer, { allocUnsafeSlow });

export const Buffer = BrowserBuffer;

/** Whether bytes are well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
