/** Adapters for editors: one over standard input and output, or one for each connection to a port. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Adapter, type AdapterOptions } from './adapter.ts';

/** Speaks with the editor at the other end of the streams until it is gone. */
export async function adaptStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, options?: AdapterOptions): Promise<void> {
  const adapter = new Adapter(options);
  adapter.start(input, output);
  await adapter.closed;
}

/** A server of adapters on this machine alone. */
export interface AdapterServer {
  readonly port: number;
  /** Ends all that is being debugged. */
  close(): Promise<void>;
}

/** `port` 0 takes any. Rejects with the error of the system when the port cannot be had. */
export async function serveAdapters(port: number): Promise<AdapterServer> {
  const open = new Map<Socket, Promise<void>>();
  const server = createServer((socket) => {
    const adapter = new Adapter();
    adapter.start(socket, socket);
    const closed = adapter.closed.then(() => {
      socket.end();
      open.delete(socket);
    });
    open.set(socket, closed);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.close();
      for (const socket of open.keys()) socket.destroy();
      await Promise.all(open.values());
    },
  };
}
