/** A server as its users start it: the program in `bin`, with a folder and a configuration of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../bin/thingsdb', import.meta.url));

export class ServerProcess {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output = '';
  private wake = (): void => {};

  /** Starts `thingsdb` with these words behind the configuration file; ports are chosen by the system. */
  constructor(words: readonly string[], folder = mkdtempSync(join(tmpdir(), 'thingsdb-')), settings: readonly string[] = []) {
    this.folder = folder;
    const config = join(folder, 'thingsdb.conf');
    const lines = [
      '[thingsdb]',
      'listen_client_port = 0',
      'listen_node_port = 0',
      `storage_path = ${join(folder, 'data')}`,
      `modules_path = ${join(folder, 'modules')}`,
    ];
    writeFileSync(config, [...lines, ...settings, ''].join('\n'));
    this.child = spawn(process.execPath, [PROGRAM, '-c', config, '-l', 'info', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.wake();
      });
    }
    this.exited = once(this.child, 'close').then(([code]) => {
      this.wake();
      return code as number | null;
    });
  }

  /** Waits for a text in the output; gives the match. */
  async wait(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.child.exitCode !== null) throw new Error(`the server ended before ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Waits until clients can connect; gives the port. */
  async port(): Promise<number> {
    return Number((await this.wait(/start listening for client connections on TCP port (\d+)/))[1]);
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return await this.exited;
  }

  /** Stops the server and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
