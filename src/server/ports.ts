/** The ports of a server: which addresses they are bound to, what they speak, what the log says of them. */
import { lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type ListenOptions, type Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Config } from './config.ts';
import { Connection } from './connection.ts';
import { listenHttp, MAX_HEAD, respondText } from './http/answers.ts';
import { handleApi } from './http/api.ts';
import { hostNames } from './http/page-guard.ts';
import { admitSocket, failPlayground, handlePlayground, type PlaygroundFiles } from './http/playground.ts';
import type { Hub } from './hub.ts';
import { listenForClients } from './listen.ts';
import type { Log } from './log.ts';
import { webSocketUpgrade } from './web-socket.ts';

/** A port or pipe that could not be had; `message` says which and why. */
export class ListenError extends Error {}

/** The port that a server has; the one that the system chose when 0 was asked for. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listenFailure(what: string, error: unknown): ListenError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'EADDRINUSE' ? 'address already in use' : error instanceof Error ? error.message : String(error);
  return new ListenError(`error listening for ${what}: \`${reason}\``);
}

/** Certificate and key of a port that speaks TLS. */
interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads the files; null when none are set. Throws ListenError: a port that is to be secret is not opened to be read by all. */
function readIdentity(certFile: string | null, keyFile: string | null, what: string): Identity | null {
  if (certFile === null && keyFile === null) return null;
  if (certFile === null || keyFile === null) throw new ListenError(`error listening for ${what}: TLS needs both a certificate and a key`);
  try {
    const identity = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(identity);
    return identity;
  } catch (error) {
    throw listenFailure(what, error);
  }
}

type BindConfig = Pick<Config, 'ip_support'>;

const isIPv6Only = ({ ip_support }: BindConfig): boolean => ip_support === 'IPV6ONLY';

/** Calls `listen` for the address, or for all addresses of the machine where none is set: both families unless the settings, or the machine, say otherwise. */
async function onAllAddresses<T>(
  config: BindConfig,
  host: string | null,
  port: number,
  listen: (options: ListenOptions) => Promise<T>,
): Promise<T> {
  const ipv6Only = isIPv6Only(config);
  if (host !== null) return listen({ host, port, ipv6Only });
  if (config.ip_support === 'IPV4ONLY') return listen({ host: '0.0.0.0', port });
  try {
    return await listen({ host: '::', port, ipv6Only });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (ipv6Only || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    return listen({ host: '0.0.0.0', port });
  }
}

export async function listenOnPort(
  hub: Hub,
  config: BindConfig & Pick<Config, 'bind_client_addr' | 'listen_client_port' | 'tls_cert_file' | 'tls_key_file'>,
): Promise<Server> {
  const { bind_client_addr: host, listen_client_port: port } = config;
  const what = `client connections on TCP port ${port}`;
  const identity = readIdentity(config.tls_cert_file, config.tls_key_file, what);
  try {
    const server = await listenForClients(hub, { host, port, ipv6Only: isIPv6Only(config) }, identity);
    const secure = identity === null ? '' : ' (Secure: TLS/SSL)';
    hub.log.info(`start listening for client${secure} connections on TCP port ${portOf(server)}`);
    return server;
  } catch (error) {
    throw listenFailure(what, error);
  }
}

export async function listenOnPipe(hub: Hub, path: string): Promise<Server> {
  try {
    if (await isStale(path)) unlinkSync(path);
    const server = await listenForClients(hub, { path }, null);
    hub.log.info(`start listening for client connections on named pipe \`${path}\``);
    return server;
  } catch (error) {
    throw listenFailure(`client connections on named pipe \`${path}\``, error);
  }
}

/** Whether a socket file is there that no process listens on: what a killed server leaves behind. */
function isStale(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

/** Keeps the port for other nodes; this server works alone, so whoever comes is sent away. */
export function listenForNodes(host: string, port: number, log: Log): Promise<Server> {
  const server = createServer((socket) => {
    log.warning(`refused a node connection from ${socket.remoteAddress ?? 'an unknown address'}: this server works alone`);
    socket.on('error', () => {});
    socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(`node connections on TCP port ${port}`, error)));
    server.listen({ host, port }, () => {
      log.info(`start listening for node connections on TCP port ${portOf(server)}`);
      resolve(server);
    });
  });
}

function httpOptions({ tcp_keepalive }: Pick<Config, 'tcp_keepalive'>) {
  return {
    maxHeaderSize: MAX_HEAD,
    requireHostHeader: false,
    noDelay: true,
    keepAlive: tcp_keepalive > 0,
    keepAliveInitialDelay: tcp_keepalive * 1000,
  };
}

export type ApiConfig = BindConfig &
  Pick<Config, 'bind_http_addr' | 'http_api_port' | 'tcp_keepalive' | 'max_connections' | 'idle_timeout'>;

/** Opens the port of the HTTP API. */
export async function listenForApi(hub: Hub, config: ApiConfig, version: string): Promise<HttpServer> {
  const { bind_http_addr: host, http_api_port: port } = config;
  const what = `HTTP API requests on TCP port ${port}`;
  const { log } = hub;
  const open = (options: ListenOptions): Promise<Server> => {
    const server = createHttpServer(httpOptions(config));
    if (config.max_connections > 0) server.maxConnections = config.max_connections;
    if (config.idle_timeout > 0) server.setTimeout(config.idle_timeout * 1000);
    return listenHttp(
      server,
      options,
      (request, response) => {
        handleApi(hub, version, request, response).catch((error: unknown) => {
          // Whoever went away in the middle of a request needs no answer.
          if (!request.destroyed || request.complete) log.error(`internal error: ${error instanceof Error ? error.stack : String(error)}`);
          request.destroy();
        });
      },
      (error) => log.error(`error while listening for ${what}: ${error.message}`),
    );
  };
  try {
    const server = await onAllAddresses(config, host, port, open);
    log.info(`start listening for HTTP API requests on TCP port ${portOf(server)}`);
    return server as HttpServer;
  } catch (error) {
    throw listenFailure(what, error);
  }
}

export type WebSocketConfig = BindConfig & Pick<Config, 'bind_ws_addr' | 'ws_port' | 'ws_cert_file' | 'ws_key_file' | 'tcp_keepalive'>;

/** Opens the port for WebSocket, secured by TLS when there is a certificate. */
export async function listenForWebSockets(hub: Hub, config: WebSocketConfig): Promise<HttpServer> {
  const { bind_ws_addr: host, ws_port: port } = config;
  const what = `WebSocket connections on TCP port ${port}`;
  const identity = readIdentity(config.ws_cert_file, config.ws_key_file, what);
  const { log } = hub;
  const open = (options: ListenOptions): Promise<Server> => {
    const settings = httpOptions(config);
    const server = identity === null ? createHttpServer(settings) : createHttpsServer({ ...settings, ...identity });
    const upgrade = webSocketUpgrade((transport) => new Connection(hub, transport));
    server.on('upgrade', (request, socket, head) => {
      if (hub.hasRoom(request.socket.remoteAddress ?? '')) upgrade(request, socket, head);
      else socket.destroy();
    });
    return listenHttp(
      server,
      options,
      (_request, response) => respondText(response, 426, 'UPGRADE REQUIRED\r\n'),
      (error) => log.error(`error while listening for ${what}: ${error.message}`),
    );
  };
  try {
    const server = await onAllAddresses(config, host, port, open);
    log.info(`start listening for WebSocket ${identity === null ? '' : '(Secure: TLS/SSL) '}connections on TCP port ${portOf(server)}`);
    return server as HttpServer;
  } catch (error) {
    throw listenFailure(what, error);
  }
}

export type PlaygroundConfig = BindConfig &
  Pick<
    Config,
    'playground_port' | 'bind_playground_addr' | 'playground_hosts' | 'playground_cert_file' | 'playground_key_file' | 'tcp_keepalive'
  >;

/** Opens the port of the playground: the page, and WebSocket for it. */
export async function listenForPlayground(hub: Hub, config: PlaygroundConfig, files: PlaygroundFiles): Promise<HttpServer> {
  const { bind_playground_addr: host, playground_port: port } = config;
  const what = `the playground on TCP port ${port}`;
  const identity = readIdentity(config.playground_cert_file, config.playground_key_file, what);
  const names = hostNames(config.playground_hosts);
  const { log } = hub;
  const open = (options: ListenOptions): Promise<Server> => {
    const settings = httpOptions(config);
    const server = identity === null ? createHttpServer(settings) : createHttpsServer({ ...settings, ...identity });
    const upgrade = webSocketUpgrade((transport) => new Connection(hub, transport));
    server.on('upgrade', (request, socket, head) => {
      if (!admitSocket(names, request, socket)) return;
      if (hub.hasRoom(request.socket.remoteAddress ?? '')) upgrade(request, socket, head);
      else socket.destroy();
    });
    return listenHttp(
      server,
      options,
      (request, response) => {
        handlePlayground(files, names, request, response).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          log.error(`the playground has no page: ${reason}`);
          failPlayground(request, response, reason);
        });
      },
      (error) => log.error(`error while listening for ${what}: ${error.message}`),
    );
  };
  try {
    const server = await onAllAddresses(config, host, port, open);
    log.info(`start listening for the playground ${identity === null ? '' : '(Secure: TLS/SSL) '}on TCP port ${portOf(server)}`);
    return server as HttpServer;
  } catch (error) {
    throw listenFailure(what, error);
  }
}

export type StatusConfig = BindConfig & Pick<Config, 'bind_http_addr' | 'http_status_port'>;

/** Opens the status port; `handle` takes its requests. */
export async function listenForStatus(config: StatusConfig, log: Log, handle: Parameters<typeof listenHttp>[2]): Promise<HttpServer> {
  const { bind_http_addr: host, http_status_port: port } = config;
  const what = `HTTP status requests on TCP port ${port}`;
  const open = (options: ListenOptions): Promise<Server> =>
    listenHttp(createHttpServer({ requireHostHeader: false, noDelay: true }), options, handle, (error) =>
      log.error(`error while listening for ${what}: ${error.message}`),
    );
  try {
    const server = await onAllAddresses(config, host, port, open);
    log.info(`start listening for ${what.replace(String(port), String(portOf(server)))}`);
    return server as HttpServer;
  } catch (error) {
    throw listenFailure(what, error);
  }
}
