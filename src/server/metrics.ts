/** What the server counts, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Hub } from './hub.ts';

/** A number that is read when it is asked for. */
export interface Metric {
  /** In the style of Prometheus: lower case, with its unit; a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  value(): number;
}

let processRegistry: Registry | null = null;

/** Metrics of the process are the same for all servers in it. */
function processMetrics(): Registry {
  if (processRegistry === null) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

function hubMetrics(hub: Hub): Metric[] {
  const { counters } = hub.engine;
  return [
    { name: 'thingsdb_ready', help: '1 while the node serves requests.', kind: 'gauge', value: () => (hub.status === 'READY' ? 1 : 0) },
    { name: 'thingsdb_connections', help: 'Clients over TCP, WebSocket and pipe.', kind: 'gauge', value: () => hub.connections.size },
    { name: 'thingsdb_joined_rooms', help: 'Rooms that at least one client has joined.', kind: 'gauge', value: () => hub.rooms.size },
    { name: 'thingsdb_held_answers', help: 'Answers that wait for the disk.', kind: 'gauge', value: () => hub.hold.size },
    { name: 'thingsdb_largest_result_bytes', help: 'Size of the largest answer.', kind: 'gauge', value: () => counters.largestResultSize },
    {
      name: 'thingsdb_queries_succeeded_total',
      help: 'Queries and procedures that ended well.',
      kind: 'counter',
      value: () => counters.queriesSuccess,
    },
    {
      name: 'thingsdb_queries_failed_total',
      help: 'Queries and procedures that ended in an error.',
      kind: 'counter',
      value: () => counters.queriesWithError,
    },
  ];
}

function register(registry: Registry, { name, help, kind, value }: Metric): void {
  const registers = [registry];
  if (kind === 'gauge') {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
    return;
  }
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(Math.max(0, value()));
    },
  });
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The page of all metrics: those of the server, `more`, and those of the process. */
export function metricsPage(hub: Hub, more: readonly Metric[]): MetricsPage {
  const registry = new Registry();
  for (const metric of [...hubMetrics(hub), ...more]) register(registry, metric);
  return {
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${await processMetrics().metrics()}`,
  };
}
