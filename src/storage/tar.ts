/** Tar archives in the format of POSIX (ustar): plain files, written and read as streams. */

const BLOCK = 512;
const NAME_SIZE = 100;
const SIZE_AT = 124;
const SIZE_SIZE = 12;
const CHECKSUM_AT = 148;
const CHECKSUM_SIZE = 8;
const TYPE_AT = 156;
const MAGIC_AT = 257;
const PREFIX_AT = 345;
const PREFIX_SIZE = 155;
/** The largest size that fits its field as octal digits; beyond it the size is binary, as GNU tar has it. */
const MAX_OCTAL = 0o77777777777;

export interface TarFile {
  /** Forward slashes, no leading one. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

function tarHeader(name: string, size: number, modifiedAt: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > NAME_SIZE) throw new Error(`the name \`${name}\` is too long for an archive`);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size <= MAX_OCTAL) header.write(`${size.toString(8).padStart(SIZE_SIZE - 1, '0')}\0`, SIZE_AT);
  else {
    header[SIZE_AT] = 0x80;
    header.writeBigUInt64BE(BigInt(size), SIZE_AT + SIZE_SIZE - 8);
  }
  header.write(`${Math.floor(modifiedAt).toString(8).padStart(11, '0')}\0`, 136);
  header.write('0', TYPE_AT);
  header.write('ustar\x0000', MAGIC_AT);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT);
  return header;
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksumOf(header: Uint8Array): number {
  let sum = CHECKSUM_SIZE * 0x20;
  for (const [at, byte] of header.entries()) if (at < CHECKSUM_AT || at >= CHECKSUM_AT + CHECKSUM_SIZE) sum += byte;
  return sum;
}

/** The bytes of an archive. `modifiedAt`: UNIX time in seconds. Throws when a file turns out to have another size than it said. */
export async function* writeTar(files: Iterable<TarFile>, modifiedAt: number): AsyncGenerator<Uint8Array> {
  for (const { name, size, chunks } of files) {
    yield tarHeader(name, size, modifiedAt);
    let written = 0;
    for await (const chunk of chunks) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== size) throw new Error(`\`${name}\` has ${written} bytes in place of ${size}`);
    const rest = size % BLOCK;
    if (rest > 0) yield new Uint8Array(BLOCK - rest);
  }
  yield new Uint8Array(2 * BLOCK);
}

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** The content, to be read before the next entry; what is left of it is skipped. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
}

/** Gives the plain files of an archive in order; folders and other kinds of entries are passed over. Throws when it is damaged or cut off. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const input = new ByteQueue(source);
  for (;;) {
    const header = await input.exactly(BLOCK);
    if (header === null) throw new Error('the archive is cut off: it has no end mark');
    if (header.every((byte) => byte === 0)) {
      // Read to its end, a compressed stream compares its checksum.
      while ((await input.upTo(Number.MAX_SAFE_INTEGER)) !== null);
      return;
    }
    if (checksumOf(header) !== octal(header, CHECKSUM_AT, CHECKSUM_SIZE))
      throw new Error('the archive is damaged: a header has a wrong checksum');
    const size = sizeOf(header);
    let left = size;
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      while (left > 0) {
        const chunk = await input.upTo(left);
        if (chunk === null) throw new Error('the archive is cut off within a file');
        left -= chunk.length;
        yield chunk;
      }
    };
    const type = header[TYPE_AT];
    if (type === 0x30 || type === 0) yield { name: nameOf(header), size, chunks };
    for await (const _ of chunks());
    const rest = size % BLOCK;
    if (rest > 0 && (await input.exactly(BLOCK - rest)) === null) throw new Error('the archive is cut off');
  }
}

function text(header: Buffer, at: number, size: number): string {
  const field = header.subarray(at, at + size);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? size : end);
}

function nameOf(header: Buffer): string {
  const prefix = text(header, MAGIC_AT, 5) === 'ustar' ? text(header, PREFIX_AT, PREFIX_SIZE) : '';
  const name = text(header, 0, NAME_SIZE);
  return prefix === '' ? name : `${prefix}/${name}`;
}

const octal = (header: Buffer, at: number, size: number): number => Number.parseInt(text(header, at, size).trim() || '0', 8);

function sizeOf(header: Buffer): number {
  if (((header[SIZE_AT] as number) & 0x80) === 0) {
    const size = octal(header, SIZE_AT, SIZE_SIZE);
    if (Number.isSafeInteger(size) && size >= 0) return size;
  } else {
    const size = header.readBigUInt64BE(SIZE_AT + SIZE_SIZE - 8);
    if (size <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(size);
  }
  throw new Error('the archive is damaged: a file has no size');
}

/** Bytes of a stream in the portions that are asked for. */
class ByteQueue {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private head: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** Some bytes, at most so many; null at the end. */
  async upTo(count: number): Promise<Uint8Array | null> {
    while (this.head.length === 0) {
      const { value, done } = await this.iterator.next();
      if (done === true) return null;
      this.head = value;
    }
    const taken = this.head.subarray(0, count);
    this.head = this.head.subarray(taken.length);
    return taken;
  }

  /** So many bytes; null when there are fewer. */
  async exactly(count: number): Promise<Buffer | null> {
    const parts: Uint8Array[] = [];
    for (let left = count; left > 0; ) {
      const part = await this.upTo(left);
      if (part === null) return null;
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}
