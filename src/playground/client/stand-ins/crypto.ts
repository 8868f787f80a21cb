/** Random numbers as `node:crypto` gives them, from the browser's own source. */

export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  crypto.getRandomValues(bytes);
  return bytes;
}

/** A whole number from `min` to below `max`, each as likely as any other. */
export function randomInt(min: number, max: number): number {
  const range = max - min;
  const words = new Uint32Array(2);
  const span = 2 ** 53;
  for (;;) {
    crypto.getRandomValues(words);
    const value = ((words[0] as number) & 0x1fffff) * 2 ** 32 + (words[1] as number);
    // Beyond the last whole multiple of the range, some numbers would be more likely than others.
    if (value < span - (span % range)) return min + (value % range);
  }
}
