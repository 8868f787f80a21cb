/** A running server: ports for clients in front of an engine, from start to clean stop. */

import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { Engine } from '../engine/api.ts';
import { type EncodeHooks, plainHooks } from '../wire/encode.ts';
import type { Config } from './config.ts';
import { Hub } from './hub.ts';
import { listenForClients } from './listen.ts';
import type { Log } from './log.ts';
import type { NodeStatus } from './status.ts';

const SHUTDOWN_PAUSE = 250;
/** How long connections may take to end before they are cut, in ms. */
const CLOSE_TIMEOUT = 2000;

export interface ServeOptions {
  readonly log: Log;
  /** How answers show types, wraps and tasks. */
  readonly hooks?: EncodeHooks;
  /** Tells when changes cannot be stored any more; the server then answers what waits for the disk with errors, and stops. */
  readonly onFailure?: (listener: (reason: string) => void) => void;
  /** How long clients are still served once a stop began, in ms; 250 when left out. */
  readonly shutdownPause?: number;
}

/** The settings that this server heeds; see `Config`. */
export type ServeConfig = Pick<
  Config,
  'bind_client_addr' | 'listen_client_port' | 'bind_node_addr' | 'ip_support' | 'pipe_client_name' | 'result_size_limit'
> & {
  /** Null: no port for other nodes. */
  readonly listen_node_port: number | null;
};

export interface RunningServer {
  /** The port for clients; the one that the system chose when 0 was asked for. */
  readonly port: number;
  readonly status: NodeStatus;
  /** How many clients are connected, logged in or not. */
  readonly connections: number;
  /** Whether it stops, or has stopped, because changes cannot be stored any more. */
  readonly hasFailed: boolean;
  /** Resolves when the server has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Tells clients, serves them a moment longer, sends what is owed and closes all connections. The engine stays open. */
  stop(): Promise<void>;
}

/** A port or pipe that could not be had; `message` says which and why. */
export class ListenError extends Error {}

/** Opens the ports for clients. Rejects with ListenError. The server also stops when a script asks for it. */
export async function startServer(engine: Engine, config: ServeConfig, options: ServeOptions): Promise<RunningServer> {
  const { log } = options;
  const hub = new Hub(engine, log, options.hooks ?? plainHooks, config.result_size_limit);
  hub.setStatus('READY');
  const servers: Server[] = [];
  try {
    if (config.listen_node_port !== null) servers.push(await listenForNodes(config.bind_node_addr, config.listen_node_port, log));
    const server = await listenOnPort(hub, config);
    servers.push(server);
    if (config.pipe_client_name !== null) servers.push(await listenOnPipe(hub, config.pipe_client_name));
    return running(hub, servers, portOf(server), options);
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listenFailure(what: string, error: unknown): ListenError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'EADDRINUSE' ? 'address already in use' : error instanceof Error ? error.message : String(error);
  return new ListenError(`error listening for ${what}: \`${reason}\``);
}

async function listenOnPort(hub: Hub, config: ServeConfig): Promise<Server> {
  const { bind_client_addr: host, listen_client_port: port } = config;
  try {
    const server = await listenForClients(hub, { host, port, ipv6Only: config.ip_support === 'IPV6ONLY' });
    hub.log.info(`start listening for client connections on TCP port ${portOf(server)}`);
    return server;
  } catch (error) {
    throw listenFailure(`client connections on TCP port ${port}`, error);
  }
}

async function listenOnPipe(hub: Hub, path: string): Promise<Server> {
  try {
    if (await isStale(path)) unlinkSync(path);
    const server = await listenForClients(hub, { path });
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
function listenForNodes(host: string, port: number, log: Log): Promise<Server> {
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

function running(hub: Hub, servers: readonly Server[], port: number, options: ServeOptions): RunningServer {
  let stopping: Promise<void> | null = null;
  let onStopped = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    onStopped = resolve;
  });
  const stop = (): Promise<void> => {
    stopping ??= shutDown(hub, servers, options.shutdownPause ?? SHUTDOWN_PAUSE).then(onStopped);
    return stopping;
  };
  // The request that asks for the end is answered first.
  hub.engine.onShutdown(() => setImmediate(stop));
  options.onFailure?.((reason) => {
    hub.fail(reason);
    setImmediate(stop);
  });
  return {
    port,
    stopped,
    stop,
    get status() {
      return hub.status;
    },
    get connections() {
      return hub.connections.size;
    },
    get hasFailed() {
      return hub.failure !== null;
    },
  };
}

async function shutDown(hub: Hub, servers: readonly Server[], shutdownPause: number): Promise<void> {
  hub.setStatus('SHUTTING_DOWN');
  for (const server of servers) server.close();
  await pause(shutdownPause);
  hub.setStatus('OFFLINE');
  for (const connection of [...hub.connections]) connection.close();
  const deadline = performance.now() + CLOSE_TIMEOUT;
  while (hub.connections.size > 0 && performance.now() < deadline) await pause(5);
  for (const connection of [...hub.connections]) connection.destroy();
  while (hub.connections.size > 0) await pause(1);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
