/** Pages with commands: runs what they show, in order, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Folder, PROGRAM } from '../cli/harness.ts';

/** A fenced block: the words behind the fence, and what stands in it. */
export interface Block {
  readonly words: readonly string[];
  readonly text: string;
}

export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm)].map(([, words = '', text = '']) => ({ words: words.split(' '), text }));

/** A command of a console, and what it prints. */
export interface Command {
  readonly command: string;
  readonly output: string;
}

export function commandsOf(text: string): Command[] {
  const commands: { command: string; output: string }[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), output: '' });
    else if (last !== undefined) last.output += `${line}\n`;
  }
  return commands;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A shell with `thingsc` among its commands, in an empty folder. The port 9200 of the pages is another one there. */
export class Shell {
  private readonly folder = new Folder();
  private readonly port: Promise<number> = freePort();
  private server: ChildProcess | null = null;

  constructor() {
    mkdirSync(this.folder.file('bin'));
    writeFileSync(this.folder.file('bin/thingsc'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
    chmodSync(this.folder.file('bin/thingsc'), 0o755);
    mkdirSync(this.folder.file('work'));
  }

  write(name: string, text: string): void {
    writeFileSync(this.folder.file(`work/${name}`), text);
  }

  private start(command: string): ChildProcess {
    const env = { ...process.env, PATH: `${this.folder.file('bin')}:${process.env['PATH'] ?? ''}` };
    return spawn('/bin/sh', ['-c', `exec ${command}`], { cwd: this.folder.file('work'), env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** What a command prints. `... &` starts a server, and `kill %1` ends it. */
  async run(shown: string): Promise<string> {
    const port = String(await this.port);
    const command = shown.replaceAll('9200', port);
    if (command === 'kill %1') {
      await this.end();
      return '';
    }
    if (command.endsWith(' &')) {
      this.server = this.start(command.slice(0, -2));
      await this.answering(port);
      return '';
    }
    const child = this.start(command);
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(child, 'close');
    return Buffer.concat(chunks).toString().replaceAll(port, '9200');
  }

  private async answering(port: string): Promise<void> {
    while (this.server?.exitCode === null) {
      const socket = connect(Number(port), '127.0.0.1');
      const isThere = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
        () => false,
      );
      socket.destroy();
      if (isThere) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the server has ended');
  }

  private async end(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'close');
  }

  async close(): Promise<void> {
    await this.end();
    this.folder.remove();
  }
}
