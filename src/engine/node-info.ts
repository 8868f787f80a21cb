/** What a node tells of itself. */
import { arch, hostname, platform } from 'node:os';
import type { NodeView } from '../builtins/row.ts';
import type { Database } from '../model/database.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { StoreStatus } from '../storage/store.ts';
import type { Backups } from './backups.ts';
import type { Counters } from './counters.ts';

/** What only the server around the engine knows. */
export interface NodeFacts {
  readonly version: string;
  readonly clientPort: number;
  readonly nodePort: number;
  /** `ALL`, `IPV4ONLY` or `IPV6ONLY`. */
  readonly ipSupport: string;
  readonly storagePath: string;
  /** Null: switched off. */
  readonly httpStatusPort: number | null;
  readonly httpApiPort: number | null;
  /** In bytes. */
  readonly resultSizeLimit: number;
  readonly pythonInterpreter: string;
  readonly modulesPath: string;
  status(): string;
  connectedClients(): number;
  /** One of LOG_LEVELS. */
  logLevel(): string;
  setLogLevel(level: string): void;
}

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** Of an engine without a server. */
export function standaloneFacts(): NodeFacts {
  let level = 'WARNING';
  return {
    version: '',
    clientPort: 0,
    nodePort: 0,
    ipSupport: 'ALL',
    storagePath: '',
    httpStatusPort: null,
    httpApiPort: null,
    resultSizeLimit: 0,
    pythonInterpreter: '',
    modulesPath: '',
    status: () => 'READY',
    connectedClients: () => 0,
    logLevel: () => level,
    setLogLevel: (next) => {
      level = next;
    },
  };
}

/** What the info of a node is made from besides its facts. */
export interface NodeSource {
  readonly database: Database;
  readonly counters: Counters;
  readonly backups: Backups;
  storeStatus(): StoreStatus;
  /** How many programs are kept for texts that come again. */
  cachedQueries(): number;
  /** How often one of them was found, since the start or `resetCacheHits`. */
  cacheHits(): number;
  resetCacheHits(): void;
}

type Fact = string | number | null | { readonly seconds: number };

function writeMap(w: MsgpackWriter, facts: readonly (readonly [string, Fact])[]): void {
  w.mapHeader(facts.length);
  for (const [name, fact] of facts) {
    w.str(name);
    if (fact === null) w.nil();
    else if (typeof fact === 'string') w.str(Buffer.from(fact, 'utf8').latin1Slice());
    else if (typeof fact === 'number') w.int(fact);
    else w.float(fact.seconds);
  }
}

export class NodeInfo implements NodeView {
  facts: NodeFacts = standaloneFacts();
  private readonly source: NodeSource;
  private readonly started = performance.now();

  constructor(source: NodeSource) {
    this.source = source;
  }

  get backups(): Backups {
    return this.source.backups;
  }

  writeInfo(w: MsgpackWriter): void {
    const { facts } = this;
    const { database } = this.source;
    const { appendedId, durableId, checkpointId } = this.source.storeStatus();
    writeMap(w, [
      ['node_id', 0],
      ['version', facts.version],
      ['syntax_version', 'v1'],
      ['msgpack_version', facts.version],
      ['libcleri_version', 'none'],
      ['libuv_version', process.versions['uv'] ?? 'none'],
      ['libpcre2_version', 'none'],
      ['status', facts.status()],
      ['zone', 0],
      ['log_level', facts.logLevel()],
      ['node_name', hostname()],
      ['client_port', facts.clientPort],
      ['node_port', facts.nodePort],
      ['ip_support', facts.ipSupport],
      ['storage_path', facts.storagePath],
      ['uptime', { seconds: (performance.now() - this.started) / 1000 }],
      ['changes_in_queue', appendedId - durableId],
      ['archived_in_memory', 0],
      ['archive_files', 0],
      ['local_stored_change_id', durableId],
      ['local_committed_change_id', database.changeId],
      ['global_stored_change_id', durableId],
      ['global_committed_change_id', database.changeId],
      ['db_stored_change_id', checkpointId],
      ['next_change_id', database.changeId + 1],
      ['cached_names', 0],
      ['http_status_port', facts.httpStatusPort ?? 'disabled'],
      ['http_api_port', facts.httpApiPort ?? 'disabled'],
      ['scheduled_backups', this.source.backups.scheduled],
      ['yajl_version', 'none'],
      ['connected_clients', facts.connectedClients()],
      ['result_size_limit', facts.resultSizeLimit],
      ['cached_queries', this.source.cachedQueries()],
      ['threshold_query_cache', 0],
      ['cache_expiration_time', 0],
      ['python_interpreter', facts.pythonInterpreter],
      ['modules_path', facts.modulesPath],
      ['platform', platform()],
      ['architecture', arch() === 'x64' ? 'amd64' : arch()],
      ['next_free_id', database.nextId],
      ['libwebsockets_version', 'none'],
      ['commit_history', database.history === null ? 'disabled' : database.history.length],
    ]);
  }

  writeNode(w: MsgpackWriter): void {
    const { durableId } = this.source.storeStatus();
    writeMap(w, [
      ['node_id', 0],
      ['syntax_version', 'v1'],
      ['status', this.facts.status()],
      ['zone', 0],
      ['committed_change_id', this.source.database.changeId],
      ['stored_change_id', durableId],
      ['node_name', hostname()],
      ['port', this.facts.nodePort],
      ['stream', null],
    ]);
  }

  writeCounters(w: MsgpackWriter): void {
    this.source.counters.write(w, this.source.cacheHits());
  }

  resetCounters(): void {
    this.source.counters.reset();
    this.source.resetCacheHits();
  }

  setLogLevel(level: number): void {
    this.facts.setLogLevel(LOG_LEVELS[Math.min(Math.max(level, 0), LOG_LEVELS.length - 1)] as string);
  }
}
