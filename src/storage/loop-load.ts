/** Tells whether the event loop has other work than the one event that led here. */
import { performance } from 'node:perf_hooks';

export interface LoopLoad {
  /** Whether since the last call the loop has found hardly any events, in any of its turns. */
  isIdle(): boolean;
}

export function newLoopLoad(): LoopLoad {
  let events = 0;
  let turns = 0;
  return {
    isIdle() {
      // Missing before Node 20.18.
      const metrics = performance.nodeTiming.uvMetricsInfo;
      if (metrics === undefined) return false;
      const newEvents = metrics.events - events;
      const newTurns = metrics.loopCount - turns;
      events = metrics.events;
      turns = metrics.loopCount;
      return newEvents <= 2 && newTurns <= 4;
    },
  };
}
