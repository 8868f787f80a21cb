/** The status port: for those who watch over the node. Every answer ends its connection. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Hub } from '../hub.ts';
import type { Log } from '../log.ts';
import type { Metric, MetricsPage } from '../metrics.ts';
import { listenForStatus, portOf, type StatusConfig } from '../ports.ts';
import { isAtLeast, type NodeStatus } from '../status.ts';
import { respond, respondText } from './answers.ts';

/** It is open before there is a database to serve, and until the very end. */
export class StatusPort {
  private readonly server: Server;
  private status: () => NodeStatus = () => 'BUILDING';
  private makeMetrics: (() => Promise<MetricsPage>) | null = null;
  private metrics: Promise<MetricsPage> | null = null;

  private constructor(server: Server) {
    this.server = server;
  }

  /** Rejects with ListenError. */
  static async open(config: StatusConfig, log: Log): Promise<StatusPort> {
    let port: StatusPort | null = null;
    const server = await listenForStatus(config, log, (request, response) => {
      port?.handle(request, response).catch((error: unknown) => {
        log.error(`internal error: ${error instanceof Error ? error.stack : String(error)}`);
        response.destroy();
      });
    });
    port = new StatusPort(server);
    return port;
  }

  get port(): number {
    return portOf(this.server);
  }

  /** From now on the port tells of this server. */
  attach(hub: Hub, more: readonly Metric[]): void {
    this.status = () => hub.status;
    // Loaded when it is first asked for: few ask.
    this.makeMetrics = async () => (await import('../metrics.ts')).metricsPage(hub, more);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.shouldKeepAlive = false;
    if (request.method !== 'GET') return respondText(response, 405, 'METHOD NOT ALLOWED\n');
    switch (request.url) {
      case '/':
      case '/status':
        return respondStatus(this.status(), response);
      case '/ready':
        return isAtLeast(this.status(), 'AWAY') ? respondText(response, 200, 'OK\n') : respondText(response, 503, 'NOK\n');
      case '/healthy':
        return respondText(response, 200, 'OK\n');
      case '/metrics':
        return this.respondMetrics(response);
      default:
        return respondText(response, 404, 'NOT FOUND\n');
    }
  }

  private async respondMetrics(response: ServerResponse): Promise<void> {
    if (this.makeMetrics === null) return respondText(response, 503, 'NOK\n');
    this.metrics ??= this.makeMetrics();
    const page = await this.metrics;
    respond(response, 200, page.contentType, await page.text());
  }
}

function respondStatus(status: NodeStatus, response: ServerResponse): void {
  if (status === 'READY' || status === 'SYNCHRONIZING') respondText(response, 200, `${status}\n`);
  else if (status === 'AWAY' || status === 'AWAY_SOON') respondText(response, 200, 'AWAY\n');
  else respondText(response, 503, 'NOK\n');
}
