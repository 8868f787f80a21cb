/** The language server: what editors ask, and what is answered. It speaks the Language Server Protocol over any pair of streams. */
import {
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Position,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions, diagnostics, formatting } from './actions.ts';
import { complete } from './complete.ts';
import type { Document } from './document.ts';
import { hover } from './hover.ts';
import { definition, prepareRename, RenameError, references, rename } from './navigate.ts';
import { documentSymbols, foldingRanges, workspaceSymbols } from './outline.ts';
import { signatureHelp } from './signature.ts';
import { LEGEND, semanticTokens } from './tokens.ts';
import { Workspace } from './workspace.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.', '{', "'", '"'] },
  signatureHelpProvider: { triggerCharacters: ['(', ','] },
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  semanticTokensProvider: { legend: LEGEND, full: true },
  documentFormattingProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll'] },
};

const REQUEST_FAILED = -32803;

interface At {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
}

class Server {
  private readonly connection: Connection;
  private readonly documents = new TextDocuments(TextDocument);
  private readonly workspace: Workspace;
  /** Documents that are to be checked when nothing else is waiting. */
  private readonly due = new Set<string>();

  constructor(connection: Connection, version: string) {
    this.connection = connection;
    this.workspace = new Workspace((message) => connection.console.warn(message));
    connection.onInitialize((params) => this.initialize(params, version));
    this.followTexts();
    this.answerPlaces();
    this.answerTexts();
    this.documents.listen(connection);
  }

  private initialize({ workspaceFolders, rootUri }: InitializeParams, version: string): InitializeResult {
    const folders = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null ? [] : [rootUri]);
    for (const folder of folders) this.workspace.addFolder(folder);
    return { capabilities: CAPABILITIES, serverInfo: { name: 'thingsc', version } };
  }

  private followTexts(): void {
    this.documents.onDidChangeContent(({ document }) => {
      this.workspace.put(document.uri, document.version, document.getText());
      this.check(document.uri);
    });
    this.documents.onDidClose(({ document }) => {
      this.workspace.release(document.uri);
      void this.connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.workspace.fileChanged(uri);
      for (const document of this.workspace.opened) this.check(document.uri);
    });
  }

  /** Has a document checked once all messages that have arrived are read: of several changes, only the last is looked at. */
  private check(uri: string): void {
    if (this.due.size === 0) setImmediate(() => this.checkDue());
    this.due.add(uri);
  }

  private checkDue(): void {
    const uris = [...this.due];
    this.due.clear();
    for (const uri of uris) {
      const document = this.workspace.get(uri);
      if (document === undefined) continue;
      void this.connection.sendDiagnostics({ uri, version: document.version, diagnostics: diagnostics(document) });
    }
  }

  /** Answers about a place in a text. */
  private at<T>(answer: (document: Document, position: Position) => T): (params: At) => T | null {
    return ({ textDocument, position }) => {
      const document = this.workspace.get(textDocument.uri);
      return document === undefined ? null : answer(document, position);
    };
  }

  private answerPlaces(): void {
    const { connection, workspace } = this;
    connection.onHover(this.at(hover));
    connection.onCompletion(this.at(complete));
    connection.onSignatureHelp(this.at(signatureHelp));
    connection.onDefinition(this.at((document, position) => definition(document, position, workspace.all())));
    connection.onReferences(({ context, ...params }) =>
      this.at((document, position) => references(document, position, workspace.all(), context.includeDeclaration))(params),
    );
    connection.onPrepareRename(this.at(prepareRename));
    connection.onRenameRequest(({ newName, ...params }) =>
      this.at((document, position) => {
        try {
          return rename(document, position, newName, workspace.all());
        } catch (error) {
          if (error instanceof RenameError) throw new ResponseError(REQUEST_FAILED, error.message);
          throw error;
        }
      })(params),
    );
  }

  /** Answers about a whole text. */
  private of<T, P extends { readonly textDocument: { readonly uri: string } }>(
    answer: (document: Document, params: P) => T,
    none: T,
  ): (params: P) => T {
    return (params) => {
      const document = this.workspace.get(params.textDocument.uri);
      return document === undefined ? none : answer(document, params);
    };
  }

  private answerTexts(): void {
    const { connection, workspace } = this;
    connection.onDocumentSymbol(this.of(documentSymbols, []));
    connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(workspace.all(), query));
    connection.onFoldingRanges(this.of(foldingRanges, []));
    connection.languages.semanticTokens.on(this.of(semanticTokens, { data: [] }));
    connection.onDocumentFormatting(this.of(formatting, []));
    connection.onCodeAction(this.of(codeActions, []));
  }
}

/** Serves an editor until it says that it ends. */
export function startServer(connection: Connection, version: string): void {
  // The listeners keep it alive.
  new Server(connection, version);
  connection.listen();
}
