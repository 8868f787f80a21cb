/** MessagePack for modules: maps become objects, arrays arrays, bin Uint8Array; integers beyond 2^53 become bigint. */

export type Data = null | boolean | number | bigint | string | Uint8Array | Data[] | { [key: string]: Data };

export function unpack(bytes: Buffer): Data {
  let at = 0;
  const take = (count: number): Buffer => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  const uint = (size: number): number => take(size).readUIntBE(0, size);
  const big = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
  const text = (count: number): string => take(count).toString();
  const list = (count: number): Data[] => Array.from({ length: count }, value);
  const map = (count: number): Data => Object.fromEntries(Array.from({ length: count }, () => [String(value()), value()]));
  function value(): Data {
    const tag = uint(1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return map(tag & 15);
    if (tag < 0xa0) return list(tag & 15);
    if (tag < 0xc0) return text(tag & 31);
    if (tag >= 0xe0) return tag - 256;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return tag === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return take(uint(1 << (tag - 0xc4)));
      case 0xca:
        return take(4).readFloatBE();
      case 0xcb:
        return take(8).readDoubleBE();
      case 0xcc:
      case 0xcd:
      case 0xce:
        return uint(1 << (tag - 0xcc));
      case 0xcf:
        return big(take(8).readBigUInt64BE());
      case 0xd0:
        return take(1).readInt8();
      case 0xd1:
        return take(2).readInt16BE();
      case 0xd2:
        return take(4).readInt32BE();
      case 0xd3:
        return big(take(8).readBigInt64BE());
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(uint(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(uint(tag === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return map(uint(tag === 0xde ? 2 : 4));
      default:
        throw new Error(`MessagePack type 0x${tag.toString(16)} is not read here`);
    }
  }
  return value();
}

export function pack(data: Data): Buffer {
  const parts: Buffer[] = [];
  const head = (tag: number, size: number, count: number): void => {
    const bytes = Buffer.alloc(1 + size);
    bytes[0] = tag;
    bytes.writeUIntBE(count, 1, size);
    parts.push(bytes);
  };
  const number = (value: number): void => {
    if (Number.isInteger(value) && value >= 0 && value < 128) parts.push(Buffer.of(value));
    else if (Number.isSafeInteger(value)) integer(BigInt(value));
    else {
      const bytes = Buffer.alloc(9, 0xcb);
      bytes.writeDoubleBE(value, 1);
      parts.push(bytes);
    }
  };
  const integer = (value: bigint): void => {
    const bytes = Buffer.alloc(9, 0xd3);
    bytes.writeBigInt64BE(value, 1);
    parts.push(bytes);
  };
  const add = (value: Data): void => {
    if (value === null) parts.push(Buffer.of(0xc0));
    else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
    else if (typeof value === 'number') number(value);
    else if (typeof value === 'bigint') integer(value);
    else if (typeof value === 'string') {
      head(0xdb, 4, Buffer.byteLength(value));
      parts.push(Buffer.from(value));
    } else if (value instanceof Uint8Array) {
      head(0xc6, 4, value.length);
      parts.push(Buffer.from(value));
    } else if (Array.isArray(value)) {
      head(0xdd, 4, value.length);
      for (const item of value) add(item);
    } else {
      head(0xdf, 4, Object.keys(value).length);
      for (const [key, item] of Object.entries(value)) {
        add(key);
        add(item);
      }
    }
  };
  add(data);
  return Buffer.concat(parts);
}
