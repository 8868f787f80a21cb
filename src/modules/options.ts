/** What the server tells those who run its modules. */

export interface ModuleLog {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

export interface ModuleOptions {
  /** The folder in which each module has its folder. */
  readonly path: string;
  /** What runs Python modules: a path, or a name to look up. */
  readonly python: string;
  readonly log: ModuleLog;
  /** How long a module may take for a request, in ms; 0 for ever. */
  readonly timeout?: number;
  /** Where modules from GitHub are asked for; tests bring their own. */
  readonly githubApi?: string;
  /** Throws for a text that is no closure. */
  readonly checkClosure?: (text: string) => void;
  /** How long to wait before the first, second and third restart of a module that ended by itself, in ms. */
  readonly restartDelays?: readonly number[];
}

export const RESTART_DELAYS: readonly number[] = [0, 100, 500];
