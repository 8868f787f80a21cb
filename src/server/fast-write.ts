/**
 * Writing to a socket without the stream machinery around it. The system's write is tried at once, which nearly always takes everything; then the bytes
 * can be used again when `tryWrite` returns. This rests on internals of Node.js, checked once at load; without them the caller uses `socket.write`.
 */
import type { Socket } from 'node:net';

interface WriteRequest {
  oncomplete: ((status: number) => void) | null;
}

interface StreamHandle {
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

function isBinding(value: unknown): value is StreamBinding {
  const binding = value as Partial<StreamBinding> | null;
  return (
    typeof binding === 'object' &&
    binding !== null &&
    typeof binding.WriteWrap === 'function' &&
    binding.streamBaseState instanceof Int32Array &&
    typeof binding.kLastWriteWasAsync === 'number'
  );
}

function loadBinding(): StreamBinding | null {
  const find = (process as { binding?: (name: string) => unknown }).binding;
  if (typeof find !== 'function' || process.env.THINGSDB_PLAIN_SOCKETS !== undefined) return null;
  try {
    const binding = find.call(process, 'stream_wrap');
    return isBinding(binding) ? binding : null;
  } catch {
    return null;
  }
}

const binding = loadBinding();

/** A request that no pending write uses. */
let spare: WriteRequest | null = null;

function handleOf(socket: Socket): StreamHandle | null {
  const handle = (socket as unknown as { _handle?: Partial<StreamHandle> | null })._handle;
  return typeof handle?.writeBuffer === 'function' ? (handle as StreamHandle) : null;
}

/** Whether `tryWrite` can be used on this socket. */
export function canWriteFast(socket: Socket): boolean {
  return binding !== null && handleOf(socket) !== null;
}

/** `sent`: the system has all the bytes; `pending`: it takes them later, the caller keeps them, untouched, until `onSent`; `failed`: it takes none. */
export type WriteOutcome = 'sent' | 'pending' | 'failed';

/** Sends bytes behind those that are pending. `onSent` is called after `pending` only, also when the connection breaks. */
export function tryWrite(socket: Socket, bytes: Uint8Array, onSent: () => void): WriteOutcome {
  const handle = handleOf(socket);
  if (binding === null || handle === null) return 'failed';
  const request = spare ?? new binding.WriteWrap();
  spare = null;
  request.oncomplete = onSent;
  if (handle.writeBuffer(request, bytes) !== 0) return 'failed';
  if (binding.streamBaseState[binding.kLastWriteWasAsync] !== 0) return 'pending';
  spare = request;
  return 'sent';
}
