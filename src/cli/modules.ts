/** The modules of a server, as its settings say. */
import { closureFromText } from '../engine/toolchain.ts';
import type { ModuleHost } from '../model/modules.ts';
import { ProcessHost } from '../modules/host.ts';
import type { Config } from '../server/config.ts';
import type { Log } from '../server/log.ts';

/** Undefined when the settings name no folder for modules. */
export function moduleHost(
  config: Pick<Config, 'modules_path' | 'python_interpreter' | 'module_timeout'>,
  log: Log,
): ModuleHost | undefined {
  if (config.modules_path === null) return undefined;
  return new ProcessHost({
    path: config.modules_path,
    python: config.python_interpreter,
    timeout: config.module_timeout * 1000,
    log,
    checkClosure: closureFromText,
  });
}
