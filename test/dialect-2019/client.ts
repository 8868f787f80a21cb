/** A client that speaks the protocol of 2019, in either format. */
import { type Codec2019, msgpackCodec } from '../../src/server/codec-2019.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { Float } from '../../src/values/scalars.ts';
import type { Writer2019 } from '../../src/wire/encode-2019.ts';
import type { QpackValue } from '../../src/wire/qpack.ts';
import { RawClient } from '../server/client.ts';
import { latin1 } from '../support.ts';

/** Writes any plain value; floats are Float. */
export function write(w: Writer2019, value: QpackValue): void {
  if (value === null) w.nil();
  else if (typeof value === 'boolean') w.bool(value);
  else if (typeof value === 'number') w.int(value);
  else if (typeof value === 'bigint') w.bigint(value);
  else if (typeof value === 'string') w.str(value);
  else if (value instanceof Float) w.float(value.value);
  else if (Array.isArray(value)) {
    w.arrayHeader(value.length);
    for (const item of value) write(w, item);
  } else {
    w.mapHeader(value.size);
    for (const [key, item] of value) {
      write(w, key);
      write(w, item);
    }
  }
}

/** As the cases have values: objects, and floats as `{float}`. */
export function plainOf(value: QpackValue): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Float) return { float: value.value };
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plainOf(item)]));
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString() : value;
}

export interface Told {
  readonly type: number;
  readonly value: unknown;
}

export class Client2019 {
  readonly raw: RawClient;
  private readonly codec: Codec2019;

  constructor(raw: RawClient, codec: Codec2019) {
    this.raw = raw;
    this.codec = codec;
  }

  /** Logs in, in the way of the format. */
  static async login(port: number, codec: Codec2019, user = 'admin', password = 'pass'): Promise<Client2019> {
    if (codec === msgpackCodec) return new Client2019(await RawClient.login(port, user, password), codec);
    const client = new Client2019(await RawClient.connect(port), codec);
    await client.request(PackageType.AUTH, [user, password]);
    return client;
  }

  async request(type: number, value: QpackValue): Promise<Told> {
    this.raw.send(
      makePackage(
        type,
        7,
        this.codec.pack((w) => write(w, value)),
      ),
    );
    return this.next();
  }

  async next(): Promise<Told> {
    const { type, payload } = await this.raw.next();
    return { type, value: payload.length === 0 ? undefined : plainOf(this.codec.read(payload, 0, payload.length)) };
  }

  async take(count: number): Promise<Told[]> {
    const told: Told[] = [];
    while (told.length < count) told.push(await this.next());
    return told;
  }

  query(code: string, target: string | number, blobs: readonly string[] = []): Promise<Told> {
    const request = new Map<QpackValue, QpackValue>([
      ['query', latin1(code)],
      ['target', target],
    ]);
    if (blobs.length > 0) request.set('blobs', blobs.map(latin1));
    return this.request(PackageType.QUERY, request);
  }

  /** WATCH (48) or UNWATCH (49). */
  watch(type: number, collection: QpackValue, things: QpackValue): Promise<Told> {
    return this.request(
      type,
      new Map<QpackValue, QpackValue>([
        ['collection', collection],
        ['things', things],
      ]),
    );
  }

  close(): void {
    this.raw.close();
  }
}
