/** Watching rooms: events as lines. */
import { TiError } from '../errors.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { PackageType } from '../server/framing.ts';
import { msgpackToJson } from '../wire/json.ts';
import type { Client } from './client.ts';
import { CliError, ExitCode } from './exit.ts';
import { fromBytes, type Io, toBytes } from './io.ts';

/** What a push on a room says: byte strings, and packed arguments. */
interface RoomPush {
  readonly id: number;
  readonly event: string;
  readonly args: Uint8Array;
}

export class RoomWatcher {
  /** As the user names them: names, and ids. */
  private readonly rooms: readonly (number | string)[];
  private readonly asJson: boolean;
  private readonly io: Io;
  private readonly watched = new Set<number>();
  private end = (): void => {};

  /** With `asJson`, each line is a JSON object. */
  constructor(rooms: readonly string[], asJson: boolean, io: Io) {
    this.rooms = rooms.map((room) => (/^\d+$/.test(room) ? Number(room) : toBytes(room)));
    this.asJson = asJson;
    this.io = io;
  }

  /** Throws CliError for a room that is not there, or may not be joined. */
  async join(client: Client, scope: string): Promise<void> {
    let ids: Buffer;
    try {
      ids = await client.join(scope, this.rooms);
    } catch (error) {
      if (!(error instanceof TiError)) throw error;
      throw new CliError(ExitCode.SCRIPT, `cannot watch the room: ${fromBytes(error.message)}`);
    }
    const reader = new MsgpackReader(ids);
    reader.next();
    for (const room of this.rooms) {
      if (reader.next() !== Tok.INT)
        throw new CliError(ExitCode.SCRIPT, `there is no room \`${fromBytes(String(room))}\` in ${fromBytes(scope)}`);
      this.watched.add(reader.number);
    }
  }

  readonly onPush = (type: number, payload: Buffer): void => {
    if (type === PackageType.ROOM_EMIT) this.print(readPush(payload), payload);
    else if (type === PackageType.ROOM_DELETE) this.forget(readPush(payload).id);
  };

  /** Waits for a signal, or until no room is left. Rejects with ConnectionError when the server goes away. */
  async untilOver(client: Client): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    if (this.watched.size === 0) return;
    const offSignals = this.io.onSignal(() => this.end());
    try {
      const failure = await Promise.race([over, client.closed]);
      if (failure !== undefined) throw failure;
    } finally {
      offSignals();
    }
  }

  private print({ id, event, args }: RoomPush, payload: Buffer): void {
    const json = (bytes: Uint8Array): string => msgpackToJson(bytes, { unsupported: 'text', indent: 0 });
    if (this.asJson) this.io.out.write(`${json(payload)}\n`);
    // The event is told as JSON, too: its bytes are whatever a client sent, and must not reach the terminal as they are.
    else this.io.out.write(`room:${id} ${event} ${json(args)}\n`);
  }

  private forget(id: number): void {
    this.io.err.write(`room:${id} is no more\n`);
    this.watched.delete(id);
    if (this.watched.size === 0) this.end();
  }
}

/** Reads the members of a push on a room that are of interest; the event as JSON text. */
function readPush(payload: Buffer): RoomPush {
  const reader = new MsgpackReader(payload);
  let id = 0;
  let event = '""';
  let args: Uint8Array = new Uint8Array([0x90]);
  reader.next();
  for (let left = reader.number; left > 0; left--) {
    reader.next();
    const key = reader.text();
    const start = reader.offset;
    reader.skip();
    const value = payload.subarray(start, reader.offset);
    if (key === 'id') id = readInt(value);
    else if (key === 'event') event = msgpackToJson(value, { unsupported: 'text', indent: 0 });
    else if (key === 'args') args = value;
  }
  return { id, event, args };
}

function readInt(value: Uint8Array): number {
  const reader = new MsgpackReader(value);
  return reader.next() === Tok.INT ? reader.number : 0;
}
