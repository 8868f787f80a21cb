/** An editor, as the language server sees one: a protocol client over the standard input and output of `thingsc lsp`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { Diagnostic, InitializeResult, Position, PublishDiagnosticsParams, Range, TextEdit } from 'vscode-languageserver-protocol';
import { PROGRAM } from '../cli/harness.ts';

/** A text with the cursor at `¦`. */
export interface Marked {
  readonly text: string;
  readonly position: Position;
}

export function marked(source: string): Marked {
  const at = source.indexOf('¦');
  const before = source.slice(0, at).split('\n');
  return { text: before.join('\n') + source.slice(at + 1), position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

export class Editor {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly published = new Map<string, PublishDiagnosticsParams>();
  private readonly waiting: (() => void)[] = [];
  private version = 0;
  capabilities: InitializeResult['capabilities'] = {};

  constructor(words: readonly string[] = ['lsp', '--stdio'], program: string = PROGRAM) {
    const child = spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child = child;
    this.connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.connection.listen();
  }

  async start(folder: string | null): Promise<void> {
    const uri = folder === null ? null : pathToFileURL(folder).href;
    const workspaceFolders = uri === null ? null : [{ uri, name: 'scripts' }];
    const result: InitializeResult = await this.ask('initialize', { processId: null, rootUri: uri, capabilities: {}, workspaceFolders });
    this.capabilities = result.capabilities;
    await this.tell('initialized', {});
  }

  /** Rejects with the error of the answer. */
  ask<T>(method: string, params: object): Promise<T> {
    return this.connection.sendRequest(method, params);
  }

  tell(method: string, params: object): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string, languageId = 'thingsdb'): Promise<void> {
    this.version++;
    return this.tell('textDocument/didOpen', { textDocument: { uri, languageId, version: this.version, text } });
  }

  change(uri: string, range: Range, text: string): Promise<void> {
    this.version++;
    return this.tell('textDocument/didChange', { textDocument: { uri, version: this.version }, contentChanges: [{ range, text }] });
  }

  /** The findings of the last version of a text. */
  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    for (;;) {
      const last = this.published.get(uri);
      if (last?.version === this.version) return last.diagnostics;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }

  /** Asks about the place of the cursor in a text that is opened for it; its address ends in `ending`. */
  async at<T>(method: string, source: string, more: object = {}, ending = ''): Promise<T> {
    const { text, position } = marked(source);
    const uri = `untitled:${++this.version}${ending}`;
    await this.open(uri, text);
    try {
      return await this.ask(method, { textDocument: { uri }, position, ...more });
    } finally {
      await this.tell('textDocument/didClose', { textDocument: { uri } });
    }
  }

  /** Ends the server as the protocol says, and gives its exit code. */
  async stop(): Promise<number | null> {
    const closed = once(this.child, 'close');
    await this.ask('shutdown', {});
    await this.tell('exit', {});
    const [code] = await closed;
    this.connection.dispose();
    return code as number | null;
  }
}

/** A text with edits done. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  let result = text;
  for (const { range, newText } of edits.toSorted((a, b) => offset(b.range.start) - offset(a.range.start))) {
    result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
  }
  return result;
}
