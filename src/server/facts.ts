import type { NodeFacts } from '../engine/node-info.ts';
import type { Config } from './config.ts';
import type { Hub } from './hub.ts';
import { LOG_LEVELS } from './log.ts';

type FactConfig = Pick<
  Config,
  'ip_support' | 'storage_path' | 'http_status_port' | 'http_api_port' | 'result_size_limit' | 'python_interpreter' | 'modules_path'
>;

interface Ports {
  readonly client: number;
  /** 0: none. */
  readonly node: number;
}

/** What scripts are told of the server, by `node_info()` for one. */
export function nodeFacts(hub: Hub, config: FactConfig, version: string, ports: Ports): NodeFacts {
  return {
    version,
    clientPort: ports.client,
    nodePort: ports.node,
    ipSupport: config.ip_support,
    storagePath: config.storage_path ?? '',
    httpStatusPort: config.http_status_port || null,
    httpApiPort: config.http_api_port || null,
    resultSizeLimit: config.result_size_limit,
    pythonInterpreter: config.python_interpreter,
    modulesPath: config.modules_path ?? '',
    status: () => hub.status,
    connectedClients: () => hub.connections.size,
    logLevel: () => hub.log.level.toUpperCase(),
    setLogLevel: (level) => {
      hub.log.level = LOG_LEVELS.find((known) => known.toUpperCase() === level) ?? hub.log.level;
    },
  };
}
