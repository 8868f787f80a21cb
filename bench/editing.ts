/** Typing in an editor: a long script, one key at a time, as the language server sees it over its protocol. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { median } from './queries.ts';
import { longScript } from './script.ts';
import { longScript2019 } from './script-2019.ts';

const PROGRAM = fileURLToPath(new URL('../bin/thingsc', import.meta.url));
const LINES = 5000;

/** A script, and what is typed in the middle of it. */
interface Session {
  readonly uri: string;
  readonly language: string;
  readonly text: string;
  /** What the line that is typed before begins with. */
  readonly before: string;
  readonly typed: string;
}

export const SESSIONS = {
  /** Typed in the middle of a procedure; every other key leaves a text with an error. */
  v1: {
    uri: 'untitled:bench',
    language: 'thingsdb',
    text: longScript(LINES),
    before: '\n  failed = [];\n',
    typed: [
      '  total = lines.map(|l| l.count).filter(|n| n > limit).len();\n',
      '  names = { first: lines[0].name, rest: [1, 2, `{limit}`] };\n',
    ].join(''),
  },
  /** Between statements, of which there are many in a line. */
  '2019': {
    uri: 'untitled:bench.t19',
    language: 'thingsdb-2019',
    text: longScript2019(LINES),
    before: '\nlamp',
    typed: [
      '$total = house1.floors.map(f => f.rooms.len()).filter(n => (n > 1)).len();\n',
      "names = {first: house1.name, rest: [1, 2, ('a' + str($total))]}; x = names.rest[0];\n",
    ].join(''),
  },
} as const satisfies Readonly<Record<string, Session>>;

export interface EditingTimes {
  /** Milliseconds from the change to its findings, and the longest. */
  readonly findings: number;
  readonly worst: number;
  /** From a question to its answer, when it is asked with the change. */
  readonly completion: number;
  readonly hover: number;
  readonly tokens: number;
}

class Typist {
  private readonly connection: MessageConnection;
  private readonly uri: string;
  private version = 1;
  private arrived: (version: number) => void = () => {};

  constructor(connection: MessageConnection, uri: string) {
    this.connection = connection;
    this.uri = uri;
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

  async open(languageId: string, text: string): Promise<void> {
    await this.connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, workspaceFolders: null });
    const done = this.published(this.version);
    const textDocument = { uri: this.uri, languageId, version: this.version, text };
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
      textDocument: { uri: this.uri, version: this.version },
      contentChanges: [{ range: { start: at, end: at }, text }],
    });
    await done;
    return performance.now() - start;
  }

  async ask(method: string, at: object = {}): Promise<number> {
    const start = performance.now();
    await this.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri: this.uri }, ...at });
    return performance.now() - start;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    this.connection.dispose();
  }
}

export async function measureEditing(dialect: keyof typeof SESSIONS): Promise<EditingTimes> {
  const { uri, language, text, before, typed }: Session = SESSIONS[dialect];
  const child = spawn(process.execPath, [PROGRAM, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const typist = new Typist(createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)), uri);
  const line = text.slice(0, text.indexOf(before, text.length / 2)).split('\n').length;
  await typist.open(language, text);
  const times = { findings: [] as number[], completion: [] as number[], hover: [] as number[], tokens: [] as number[] };
  let at = { line, character: 0 };
  for (const key of typed) {
    times.findings.push(await typist.type(at.line, at.character, key));
    at = key === '\n' ? { line: at.line + 1, character: 0 } : { line: at.line, character: at.character + 1 };
    times.completion.push(await typist.ask('completion', { position: at }));
    times.hover.push(await typist.ask('hover', { position: { line: at.line, character: Math.max(0, at.character - 2) } }));
    times.tokens.push(await typist.ask('semanticTokens/full'));
  }
  await typist.stop();
  return {
    findings: median(times.findings),
    worst: Math.max(...times.findings),
    completion: median(times.completion),
    hover: median(times.hover),
    tokens: median(times.tokens),
  };
}
