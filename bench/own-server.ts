/** A server of this package as a process of its own, on a store that is removed afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/thingsc', import.meta.url));
const LISTENING = /start listening for client connections on TCP port (\d+)/;

export class OwnServer {
  port = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'thingsc-bench-'));
  private child: ChildProcess | null = null;

  /** Starts it; resolves with the milliseconds until clients could connect. */
  async start(): Promise<number> {
    this.port = 0;
    const began = performance.now();
    const child = spawn(process.execPath, [PROGRAM, 'serve', '--data', join(this.folder, 'data'), '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    let output = '';
    return new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the server did not start:\n${output}`)));
      child.stdout.on('data', (chunk) => {
        if (this.port !== 0) return;
        output += chunk;
        this.port = Number(LISTENING.exec(output)?.[1] ?? 0);
        if (this.port !== 0) resolve(performance.now() - began);
      });
    });
  }

  /** Resident memory in megabytes; null where the system does not tell. */
  get memory(): number | null {
    try {
      const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.child?.pid}/status`, 'utf8'))?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) / 1024;
    } catch {
      return null;
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
