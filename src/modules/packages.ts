/** Packages between the server and a module: an 8 byte header (size, id, type, inverted type), then one MessagePack value or nothing. */

export const ModulePackage = { CONF: 64, CONF_OK: 65, CONF_ERR: 66, REQUEST: 80, RESULT: 81, ERROR: 82 } as const;

const HEADER_SIZE = 8;
/** The longest payload that a module may send, in bytes. */
export const MAX_PAYLOAD = 128 * 1024 * 1024;

/** A whole package. */
export function packageOf(type: number, id: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeUInt16LE(id, 4);
  bytes[6] = type;
  bytes[7] = type ^ 0xff;
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/** Cuts what a module writes into packages. */
export class PackageReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private readonly take: (type: number, id: number, payload: Buffer) => void;

  constructor(take: (type: number, id: number, payload: Buffer) => void) {
    this.take = take;
  }

  /** Takes what came; false when it is no package, after which nothing further can be understood. The payloads handed on are the receiver's own. */
  feed(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size >= HEADER_SIZE) {
      const head = this.front(HEADER_SIZE);
      const length = head.readUInt32LE(0);
      const type = head[6] as number;
      if ((type ^ 0xff) !== head[7] || length > MAX_PAYLOAD) return false;
      if (this.size < HEADER_SIZE + length) return true;
      const bytes = this.front(HEADER_SIZE + length);
      const id = head.readUInt16LE(4);
      this.drop(HEADER_SIZE + length);
      this.take(type, id, Buffer.from(bytes.subarray(HEADER_SIZE)));
    }
    return true;
  }

  /** The first `count` bytes, which must be there. Chunks are only joined when a package is whole, so that a long one is not copied again and again. */
  private front(count: number): Buffer {
    let first = this.chunks[0] as Buffer;
    if (first.length < count) {
      first = Buffer.concat(this.chunks);
      this.chunks = [first];
    }
    return first.subarray(0, count);
  }

  private drop(count: number): void {
    const first = this.chunks[0] as Buffer;
    this.size -= count;
    if (first.length === count) this.chunks.shift();
    else this.chunks[0] = first.subarray(count);
  }
}
