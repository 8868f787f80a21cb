import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { socketTransport } from './transport.ts';

/** Opens a port (or the path of a pipe) for clients. Rejects with the system's error when it cannot be had. */
export function listenForClients(hub: Hub, options: ListenOptions): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.on('connection', (socket: Socket) => accept(hub, socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      server.on('error', (error) => hub.log.error(`error while accepting a client connection: ${error.message}`));
      resolve(server);
    });
  });
}

function accept(hub: Hub, socket: Socket): void {
  socketTransport(socket, (transport) => new Connection(hub, transport));
}
