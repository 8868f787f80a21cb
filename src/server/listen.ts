import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { socketTransport } from './transport.ts';

/** How long a client may take to agree on the encryption, in ms. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Opens a port (or the path of a pipe) for clients, secured by TLS when there is a certificate. Rejects with the system's error when it cannot be had. */
export function listenForClients(hub: Hub, options: ListenOptions, identity: Pick<TlsOptions, 'cert' | 'key'> | null): Promise<Server> {
  const { tcp_keepalive } = hub.limits;
  const settings = {
    allowHalfOpen: true,
    pauseOnConnect: true,
    keepAlive: tcp_keepalive > 0 && options.path === undefined,
    keepAliveInitialDelay: tcp_keepalive * 1000,
  };
  const server =
    identity === null ? createServer(settings) : createTlsServer({ ...settings, ...identity, handshakeTimeout: HANDSHAKE_TIMEOUT });
  server.on(identity === null ? 'connection' : 'secureConnection', (socket: Socket) => accept(hub, socket));
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
  if (hub.hasRoom(socket.remoteAddress ?? 'a pipe')) socketTransport(socket, (transport) => new Connection(hub, transport));
  else socket.destroy();
}
