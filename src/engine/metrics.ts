/** What an engine counts, for those who watch over it. */
import type { LocalEngine } from './engine.ts';

interface EngineMetric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  value(): number;
}

/** The numbers, read when they are asked for; their names follow Prometheus. */
export function engineMetrics({ counters, store, database, programs, storeHealth }: LocalEngine): EngineMetric[] {
  const counter = (name: string, help: string, value: () => number): EngineMetric => ({ name, help, kind: 'counter', value });
  const gauge = (name: string, help: string, value: () => number): EngineMetric => ({ name, help, kind: 'gauge', value });
  return [
    counter('thingsdb_changes_committed_total', 'Changes that were appended to the log.', () => counters.changesCommitted),
    counter('thingsdb_changes_failed_total', 'Changes that could not be appended to the log.', () => counters.changesFailed),
    counter('thingsdb_tasks_succeeded_total', 'Tasks that ended well.', () => counters.tasksSuccess),
    counter('thingsdb_tasks_failed_total', 'Tasks that ended in an error.', () => counters.tasksWithError),
    gauge('thingsdb_change_id', 'Id of the last change.', () => database.changeId),
    gauge('thingsdb_durable_change_id', 'All changes up to this id are on the disk.', () => store.durableId),
    gauge('thingsdb_checkpoint_change_id', 'All changes up to this id are in the checkpoint.', () => store.checkpointId),
    gauge('thingsdb_log_bytes', 'Size of the log behind the checkpoint.', () => store.status().logBytes),
    gauge('thingsdb_store_failed', '1 when the store takes no more changes, since its log cannot be written.', () =>
      storeHealth.health.state === 'failed' ? 1 : 0,
    ),
    gauge('thingsdb_checkpoint_failing', '1 while checkpoints cannot be written and the log grows.', () =>
      storeHealth.health.state === 'degraded' ? 1 : 0,
    ),
    counter('thingsdb_checkpoint_failures_total', 'Checkpoints that could not be written.', () => storeHealth.checkpointFailures),
    gauge('thingsdb_log_files', 'Files of the log.', () => store.status().logFiles),
    gauge('thingsdb_collections', 'Collections.', () => database.collections.size),
    gauge('thingsdb_cached_programs', 'Compiled programs that are kept.', () => programs.size),
  ];
}
