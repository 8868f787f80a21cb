/** A running server: ports for clients in front of an engine, from start to clean stop. */
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import type { Engine } from '../engine/api.ts';
import type { NodeFacts } from '../engine/node-info.ts';
import { type EncodeHooks, plainHooks } from '../wire/encode.ts';
import type { Config } from './config.ts';
import { nodeFacts } from './facts.ts';
import type { PlaygroundFiles } from './http/playground.ts';
import { StatusPort } from './http/status-port.ts';
import { Hub, type Limits } from './hub.ts';
import type { Log } from './log.ts';
import type { Metric } from './metrics.ts';
import { listenForApi, listenForNodes, listenForPlayground, listenForWebSockets, listenOnPipe, listenOnPort, portOf } from './ports.ts';
import type { NodeStatus } from './status.ts';

const SHUTDOWN_PAUSE = 250;
/** How long connections may take to end before they are cut, in ms. */
const CLOSE_TIMEOUT = 2000;

export interface ServeOptions {
  readonly log: Log;
  /** The version that clients are told. */
  readonly version?: string;
  /** How answers show types, wraps and tasks. */
  readonly hooks?: EncodeHooks;
  /** Is told what scripts may ask about the server. */
  readonly node?: { facts: NodeFacts };
  /** Told on the status port besides what the server counts itself. */
  readonly metrics?: readonly Metric[];
  /** A status port that is open already. */
  readonly statusPort?: StatusPort | null;
  /** Tells when changes cannot be stored any more; the server then answers what waits for the disk with errors, and stops. */
  readonly onFailure?: (listener: (reason: string) => void) => void;
  /** The files of the playground; without them there is none, whatever the settings say. */
  readonly playground?: PlaygroundFiles;
  /** How long clients are still served once a stop began, in ms; 250 when left out. */
  readonly shutdownPause?: number;
}

/** The settings that this server heeds; see `Config`. */
export type ServeConfig = Limits &
  Pick<
    Config,
    | 'bind_client_addr'
    | 'listen_client_port'
    | 'bind_node_addr'
    | 'ip_support'
    | 'pipe_client_name'
    | 'tls_cert_file'
    | 'tls_key_file'
    | 'http_api_port'
    | 'http_status_port'
    | 'bind_http_addr'
    | 'ws_port'
    | 'ws_cert_file'
    | 'ws_key_file'
    | 'bind_ws_addr'
    | 'playground_port'
    | 'bind_playground_addr'
    | 'playground_hosts'
    | 'playground_cert_file'
    | 'playground_key_file'
    | 'storage_path'
    | 'modules_path'
    | 'python_interpreter'
  > & {
    /** Null: no port for other nodes. */
    readonly listen_node_port: number | null;
  };

export interface RunningServer {
  /** The port for clients; the one that the system chose when 0 was asked for. */
  readonly port: number;
  readonly status: NodeStatus;
  /** How many clients are connected, logged in or not; those of the HTTP API do not count. */
  readonly connections: number;
  /** Whether it stops, or has stopped, because changes cannot be stored any more. */
  readonly hasFailed: boolean;
  /** Resolves when the server has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Tells clients, serves them a moment longer, sends what is owed and closes all connections. The engine stays open. */
  stop(): Promise<void>;
}

/** Opens the ports for clients. Rejects with ListenError. The server also stops when a script asks for it. */
export async function startServer(engine: Engine, config: ServeConfig, options: ServeOptions): Promise<RunningServer> {
  const { log, version = '0.0.0' } = options;
  const hub = new Hub(engine, log, options.hooks ?? plainHooks, config);
  const servers: Closable[] = [];
  try {
    const status = options.statusPort ?? (config.http_status_port === 0 ? null : await StatusPort.open(config, log));
    if (status !== null) {
      status.attach(hub, options.metrics ?? []);
      servers.push(status);
    }
    hub.setStatus('READY');
    const nodes = config.listen_node_port === null ? null : await listenForNodes(config.bind_node_addr, config.listen_node_port, log);
    if (nodes !== null) servers.push(nodes);
    const clients = await listenOnPort(hub, config);
    servers.push(clients);
    if (config.pipe_client_name !== null) servers.push(await listenOnPipe(hub, config.pipe_client_name));
    if (config.http_api_port !== 0) servers.push(await listenForApi(hub, config, version));
    if (config.ws_port !== 0) servers.push(await listenForWebSockets(hub, config));
    if (config.playground_port !== 0 && options.playground !== undefined)
      servers.push(await listenForPlayground(hub, config, options.playground));
    if (options.node !== undefined) {
      const ports = { client: portOf(clients), node: nodes === null ? 0 : portOf(nodes) };
      options.node.facts = nodeFacts(hub, config, version, ports);
    }
    return running(hub, servers, portOf(clients), options);
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

/** Something that listens. */
type Closable = Pick<Server, 'close'> | StatusPort;

function running(hub: Hub, servers: readonly Closable[], port: number, options: ServeOptions): RunningServer {
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
  sweepWhileRunning(hub, stopped);
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

/** Looks for connections beyond their time once a second, if any setting limits that time. */
function sweepWhileRunning(hub: Hub, stopped: Promise<void>): void {
  const { login_timeout, idle_timeout } = hub.limits;
  if (login_timeout === 0 && idle_timeout === 0) return;
  const timer = setInterval(() => hub.sweep(), 1000).unref();
  void stopped.then(() => clearInterval(timer));
}

async function shutDown(hub: Hub, servers: readonly Closable[], shutdownPause: number): Promise<void> {
  hub.setStatus('SHUTTING_DOWN');
  // Who watches the node, and who asks over an open HTTP connection, is told of the end up to the end.
  for (const server of servers) if (!(server instanceof StatusPort)) server.close();
  await pause(shutdownPause);
  hub.setStatus('OFFLINE');
  for (const connection of [...hub.connections]) connection.close();
  const deadline = performance.now() + CLOSE_TIMEOUT;
  while (hub.connections.size > 0 && performance.now() < deadline) await pause(5);
  for (const connection of [...hub.connections]) connection.destroy();
  while (hub.connections.size > 0) await pause(1);
  for (const server of servers) {
    if (server instanceof StatusPort) server.close();
    else if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
