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
import { actionsOf, blockComment, codeActions, diagnosticOf, diagnostics, formatting } from './actions.ts';
import { complete } from './complete.ts';
import {
  definition2019,
  documentSymbols2019,
  formatting2019,
  hover2019,
  prepareRename2019,
  references2019,
  rename2019,
  semanticTokens2019,
  signatureHelp2019,
} from './dialect-2019/answers.ts';
import { complete2019 } from './dialect-2019/complete.ts';
import { Document2019, isDialect2019 } from './dialect-2019/document.ts';
import type { Document } from './document.ts';
import { hover } from './hover.ts';
import { definition, prepareRename, RenameError, references, rename } from './navigate.ts';
import { documentSymbols, foldingRanges, foldsOf, workspaceSymbols } from './outline.ts';
import { signatureHelp } from './signature.ts';
import { LEGEND, semanticTokens } from './tokens.ts';
import { Workspace } from './workspace.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.', '{', "'", '"', '$'] },
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

/** A name that cannot be given is the answer. */
function renaming<T>(rename: () => T): T {
  try {
    return rename();
  } catch (error) {
    if (error instanceof RenameError) throw new ResponseError(REQUEST_FAILED, error.message);
    throw error;
  }
}

class Server {
  private readonly connection: Connection;
  private readonly documents = new TextDocuments(TextDocument);
  private readonly workspace: Workspace;
  /** Texts in the 2019 dialect, which have nothing to do with others. */
  private readonly texts2019 = new Map<string, Document2019>();
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
      if (isDialect2019(document)) this.put2019(document.uri, document.version, document.getText());
      else this.workspace.put(document.uri, document.version, document.getText());
      this.check(document.uri);
    });
    this.documents.onDidClose(({ document }) => {
      if (!this.texts2019.delete(document.uri)) this.workspace.release(document.uri);
      void this.connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.workspace.fileChanged(uri);
      for (const document of this.workspace.opened) this.check(document.uri);
      for (const { uri, version, text } of [...this.texts2019.values()]) {
        this.put2019(uri, version, text);
        this.check(uri);
      }
    });
  }

  private put2019(uri: string, version: number, text: string): void {
    this.texts2019.set(uri, new Document2019(uri, version, text, () => this.workspace.optionsFor(uri), this.texts2019.get(uri)));
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
      const text = this.texts2019.get(uri);
      const document = text ?? this.workspace.get(uri);
      if (document === undefined) continue;
      const { version } = document;
      const found = text === undefined ? diagnostics(document) : text.analysis2019.findings.map((finding) => diagnosticOf(text, finding));
      void this.connection.sendDiagnostics({ uri, version, diagnostics: found });
    }
  }

  /** Answers about a place in a text. */
  private at<T>(
    answer: (document: Document, position: Position) => T,
    answer2019: (document: Document2019, position: Position) => T,
  ): (params: At) => T | null {
    return ({ textDocument, position }) => {
      const text = this.texts2019.get(textDocument.uri);
      if (text !== undefined) return answer2019(text, position);
      const document = this.workspace.get(textDocument.uri);
      return document === undefined ? null : answer(document, position);
    };
  }

  private answerPlaces(): void {
    const { connection, workspace } = this;
    connection.onHover(this.at(hover, hover2019));
    connection.onCompletion(this.at(complete, complete2019));
    connection.onSignatureHelp(this.at(signatureHelp, signatureHelp2019));
    connection.onDefinition(this.at((document, position) => definition(document, position, workspace.all()), definition2019));
    connection.onReferences(({ context: { includeDeclaration }, ...params }) =>
      this.at(
        (document, position) => references(document, position, workspace.all(), includeDeclaration),
        (document, position) => references2019(document, position, includeDeclaration),
      )(params),
    );
    connection.onPrepareRename(this.at(prepareRename, prepareRename2019));
    connection.onRenameRequest(({ newName, ...params }) =>
      renaming(() =>
        this.at(
          (document, position) => rename(document, position, newName, workspace.all()),
          (document, position) => rename2019(document, position, newName),
        )(params),
      ),
    );
  }

  /** Answers about a whole text. */
  private of<T, P extends { readonly textDocument: { readonly uri: string } }>(
    answer: (document: Document, params: P) => T,
    answer2019: (document: Document2019, params: P) => T,
    none: T,
  ): (params: P) => T {
    return (params) => {
      const text = this.texts2019.get(params.textDocument.uri);
      if (text !== undefined) return answer2019(text, params);
      const document = this.workspace.get(params.textDocument.uri);
      return document === undefined ? none : answer(document, params);
    };
  }

  private answerTexts(): void {
    const { connection, workspace } = this;
    connection.onDocumentSymbol(this.of(documentSymbols, documentSymbols2019, []));
    connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(workspace.all(), query));
    connection.onFoldingRanges(this.of(foldingRanges, (text) => foldsOf(text, text.analysis2019.script), []));
    connection.languages.semanticTokens.on(this.of(semanticTokens, semanticTokens2019, { data: [] }));
    connection.onDocumentFormatting(this.of(formatting, formatting2019, []));
    connection.onCodeAction(this.of(codeActions, (text, params) => actionsOf(text, text.analysis2019.findings, params, blockComment), []));
  }
}

/** Serves an editor until it says that it ends. */
export function startServer(connection: Connection, version: string): void {
  // The listeners keep it alive.
  new Server(connection, version);
  connection.listen();
}
