/** What comes in, line by line. */
import type { Readable } from 'node:stream';

/** The lines of a stream of bytes as they come: byte strings without their ends. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  // Of a line that is not whole yet; it may be long.
  let parts: string[] = [];
  for await (const chunk of stream) {
    const [first = '', ...others] = (chunk as Buffer).latin1Slice().split('\n');
    parts.push(first);
    for (const next of others) {
      yield parts.length === 1 ? (parts[0] as string) : parts.join('');
      parts = [next];
    }
  }
  const last = parts.join('');
  if (last !== '') yield last;
}
