/**
 * What a module needs to talk with the server: `startModule` reads requests from standard input and writes answers to standard output, which nothing else may be
 * written to; `console.error` goes to the log of the server.
 */
import { type Data, pack, unpack } from './msgpack.ts';

export type { Data } from './msgpack.ts';

export type Request = { [key: string]: Data };

/** An error with a code that the query sees, from -127 to -50. */
export class ModuleError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const LOOKUP_ERROR = -54;
export const VALUE_ERROR = -60;
export const TYPE_ERROR = -61;
export const OPERATION_ERROR = -63;

export interface Handlers {
  /** Called with the configuration when the module starts, and when it is set; what it throws is told as a configuration error. */
  onConfig?(conf: Data): void | Promise<void>;
  /** Called for each request; several may be open at the same time. */
  onRequest(request: Request): Data | Promise<Data>;
}

const CONF = 64;
const CONF_OK = 65;
const CONF_ERR = 66;
const REQUEST = 80;
const RESULT = 81;
const ERROR = 82;

function send(type: number, id: number, payload: Buffer): void {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt16LE(id, 4);
  head[6] = type;
  head[7] = type ^ 0xff;
  process.stdout.write(Buffer.concat([head, payload]));
}

async function configure(handlers: Handlers, id: number, conf: Data): Promise<void> {
  try {
    await handlers.onConfig?.(conf);
    send(CONF_OK, id, Buffer.alloc(0));
  } catch (error) {
    console.error(`configuration error: ${(error as Error).message}`);
    send(CONF_ERR, id, Buffer.alloc(0));
  }
}

async function answer(handlers: Handlers, id: number, request: Request): Promise<void> {
  try {
    send(RESULT, id, pack(await handlers.onRequest(request)));
  } catch (error) {
    const { code, message } = error instanceof ModuleError ? error : { code: OPERATION_ERROR, message: String(error) };
    send(ERROR, id, pack([code, message]));
  }
}

/** Serves requests until the server closes the pipe. */
export function startModule(handlers: Handlers): void {
  let input: Buffer = Buffer.alloc(0);
  process.stdin.on('data', (chunk: Buffer) => {
    input = Buffer.concat([input, chunk]);
    while (input.length >= 8 && input.length >= 8 + input.readUInt32LE(0)) {
      const size = 8 + input.readUInt32LE(0);
      const id = input.readUInt16LE(4);
      const type = input[6];
      const data = unpack(input.subarray(8, size));
      input = input.subarray(size);
      if (type === CONF) void configure(handlers, id, data);
      else if (type === REQUEST) void answer(handlers, id, data as Request);
    }
  });
  process.stdin.on('end', () => process.exit(0));
}
