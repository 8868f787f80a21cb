/** The requests to one module that are not answered yet. */
import { ErrorCode, TiError } from '../errors.ts';
import type { ModuleOutcome } from '../model/modules.ts';
import { MsgpackError, MsgpackReader, Tok } from '../msgpack/reader.ts';
import { ModulePackage } from './packages.ts';

type Done = (outcome: ModuleOutcome) => void;

interface Open {
  readonly done: Done;
  readonly timer: NodeJS.Timeout | null;
}

/** Error codes that a module may give. */
const LEAST_CODE = -127;
const LARGEST_CODE = -50;

const cancelled = (): TiError => new TiError(ErrorCode.CANCELLED, 'future cancelled before completion');

export class Requests {
  private readonly open = new Map<number, Open>();
  private nextId = 0;
  private readonly timeout: number;

  /** `timeout` in ms; 0 for none. */
  constructor(timeout: number) {
    this.timeout = timeout;
  }

  get size(): number {
    return this.open.size;
  }

  /** Takes note of a request; gives the id with which to send it. Ids come around after 65,536; who still has the id then is cancelled. */
  add(name: string, done: Done): number {
    const id = this.nextId;
    this.nextId = (id + 1) & 0xffff;
    this.cancel(id);
    const late = (): void => {
      const error = new TiError(ErrorCode.CANCELLED, `module \`${name}\` has not answered within ${this.timeout / 1000} seconds`);
      this.settle(id, { error });
    };
    this.open.set(id, { done, timer: this.timeout === 0 ? null : setTimeout(late, this.timeout) });
    return id;
  }

  /** Hands an answer to who waits for it; false when nobody does. */
  settle(id: number, outcome: ModuleOutcome): boolean {
    const request = this.open.get(id);
    if (request === undefined) return false;
    this.open.delete(id);
    if (request.timer !== null) clearTimeout(request.timer);
    request.done(outcome);
    return true;
  }

  cancelAll(): void {
    for (const id of [...this.open.keys()]) this.cancel(id);
  }

  /** Tells who waits for it, if someone does, in a turn of the event loop of its own: a query may be running now. */
  private cancel(id: number): void {
    const request = this.open.get(id);
    if (request === undefined) return;
    this.open.delete(id);
    if (request.timer !== null) clearTimeout(request.timer);
    setImmediate(() => request.done({ error: cancelled() }));
  }
}

/** What a package from a module means for the request with its id. */
export function outcomeOf(name: string, type: number, payload: Buffer): ModuleOutcome {
  if (type === ModulePackage.RESULT) return { data: payload };
  if (type === ModulePackage.ERROR) return { error: readError(name, payload) };
  return { error: new TiError(ErrorCode.BAD_DATA, `unexpected package type ${type} from module \`${name}\``) };
}

function readError(name: string, payload: Buffer): TiError {
  try {
    const reader = new MsgpackReader(payload);
    if (reader.next() === Tok.ARRAY && reader.number === 2 && reader.next() === Tok.INT && reader.number < 0) {
      const code = reader.number;
      if (reader.next() === Tok.STR) {
        if (code >= LEAST_CODE && code <= LARGEST_CODE) return new TiError(code, reader.text());
        return new TiError(ErrorCode.BAD_DATA, `invalid error code (${code}) received from module \`${name}\``);
      }
    }
  } catch (error) {
    if (!(error instanceof MsgpackError)) throw error;
  }
  return new TiError(ErrorCode.BAD_DATA, `invalid error data from module \`${name}\``);
}
