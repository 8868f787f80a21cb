/** Runs the modules of a server, each as a process of its own. */
import type { ModuleDef, ModuleHost, ModuleOutcome, ModuleView } from '../model/modules.ts';
import type { ModuleOptions } from './options.ts';
import { ModuleRunner } from './runner.ts';

const NOT_STARTED: ModuleView = { status: 'module not loaded', file: null, tasks: 0, restarts: 0, manifest: null };

export class ProcessHost implements ModuleHost {
  private readonly options: ModuleOptions;
  private readonly runners = new Map<ModuleDef, ModuleRunner>();

  constructor(options: ModuleOptions) {
    this.options = options;
  }

  add(module: ModuleDef): void {
    const runner = new ModuleRunner(module, this.options);
    this.runners.set(module, runner);
    runner.load();
  }

  remove(module: ModuleDef): void {
    const runner = this.runners.get(module);
    this.runners.delete(module);
    const isShared = [...this.runners.keys()].some(({ folder }) => folder === module.folder);
    runner?.remove(!isShared);
  }

  configure(module: ModuleDef): void {
    this.runners.get(module)?.configure();
  }

  deploy(module: ModuleDef, code: Uint8Array | null): void {
    this.runners.get(module)?.deploy(code);
  }

  restart(module: ModuleDef): void {
    this.runners.get(module)?.restart();
  }

  view(module: ModuleDef): ModuleView {
    return this.runners.get(module)?.view() ?? NOT_STARTED;
  }

  request(module: ModuleDef, payload: Uint8Array, done: (outcome: ModuleOutcome) => void): void {
    const runner = this.runners.get(module);
    if (runner === undefined) throw new Error('a request to a module that is not started');
    runner.request(payload, done);
  }

  async close(): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.close()));
  }
}
