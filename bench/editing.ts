/** Typing in an editor: a long script, one key at a time, as the language server sees it over its protocol. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { median } from './queries.ts';
import { longScript } from './script.ts';

const PROGRAM = fileURLToPath(new URL('../bin/thingsc', import.meta.url));
const LINES = 5000;
const URI = 'untitled:bench';

/** What is typed in the middle of a procedure, at the start of a line; every other key leaves a text with an error. */
const TYPED = [
  '  total = lines.map(|l| l.count).filter(|n| n > limit).len();\n',
  '  names = { first: lines[0].name, rest: [1, 2, `{limit}`] };\n',
].join('');

export interface EditingTimes {
  /** Milliseconds from the change to its findings, and the longest. */
  readonly findings: number;
  readonly worst: number;
  /** From a question to its answer, when it is asked with the change. */
  readonly completion: number;
  readonly hover: number;
}

class Typist {
  private readonly connection: MessageConnection;
  private version = 1;
  private arrived: (version: number) => void = () => {};

  constructor(connection: MessageConnection) {
    this.connection = connection;
    connection.onNotification('textDocument/publishDiagnostics', ({ version }: { version: number }) => this.arrived(version));
    connection.listen();
  }

  /** Until the findings of the version that is about to be told have come. */
  private published(version: number): Promise<void> {
    return new Promise((resolve) => {
      this.arrived = (come) => {
        if (come === version) resolve();
      };
    });
  }

  async open(text: string): Promise<void> {
    await this.connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, workspaceFolders: null });
    const done = this.published(this.version);
    const textDocument = { uri: URI, languageId: 'thingsdb', version: this.version, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
    await done;
  }

  /** Puts a key in; gives the time until its findings are there. */
  async type(line: number, character: number, text: string): Promise<number> {
    this.version++;
    const done = this.published(this.version);
    const at = { line, character };
    const start = performance.now();
    void this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: URI, version: this.version },
      contentChanges: [{ range: { start: at, end: at }, text }],
    });
    await done;
    return performance.now() - start;
  }

  async ask(method: string, line: number, character: number): Promise<number> {
    const start = performance.now();
    await this.connection.sendRequest(method, { textDocument: { uri: URI }, position: { line, character } });
    return performance.now() - start;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    this.connection.dispose();
  }
}

export async function measureEditing(): Promise<EditingTimes> {
  const child = spawn(process.execPath, [PROGRAM, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const typist = new Typist(createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)));
  const text = longScript(LINES);
  const line = text.slice(0, text.indexOf('\n  failed = [];\n', text.length / 2)).split('\n').length;
  await typist.open(text);
  const times = { findings: [] as number[], completion: [] as number[], hover: [] as number[] };
  let at = { line, character: 0 };
  for (const key of TYPED) {
    times.findings.push(await typist.type(at.line, at.character, key));
    at = key === '\n' ? { line: at.line + 1, character: 0 } : { line: at.line, character: at.character + 1 };
    times.completion.push(await typist.ask('textDocument/completion', at.line, at.character));
    times.hover.push(await typist.ask('textDocument/hover', at.line, Math.max(0, at.character - 2)));
  }
  await typist.stop();
  return {
    findings: median(times.findings),
    worst: Math.max(...times.findings),
    completion: median(times.completion),
    hover: median(times.hover),
  };
}
