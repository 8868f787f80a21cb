/** The extension: starts the language server and connects the editor with it. */
import { join } from 'node:path';
import { commands, type ExtensionContext, workspace } from 'vscode';
import { LanguageClient, type ServerOptions, TransportKind } from 'vscode-languageclient/node';

let client: LanguageClient | null = null;

/** The `thingsc` that the settings name, or the server that comes with the extension. */
function serverOptions(context: ExtensionContext): ServerOptions {
  const path = workspace.getConfiguration('thingsdb').get<string>('server.path') ?? '';
  if (path !== '') return { command: path, args: ['lsp', '--stdio'] };
  return { module: context.asAbsolutePath(join('dist', 'server.mjs')), transport: TransportKind.stdio };
}

async function start(context: ExtensionContext): Promise<void> {
  const watched = workspace.createFileSystemWatcher('**/{*.ti,*.t19,*.json}');
  client = new LanguageClient('thingsdb', 'ThingsDB', serverOptions(context), {
    documentSelector: [{ language: 'thingsdb' }, { language: 'thingsdb-2019' }],
    synchronize: { fileEvents: watched },
  });
  context.subscriptions.push(watched);
  await client.start();
}

async function stop(): Promise<void> {
  const running = client;
  client = null;
  await running?.stop();
}

export async function activate(context: ExtensionContext): Promise<void> {
  const restart = async (): Promise<void> => {
    await stop();
    await start(context);
  };
  context.subscriptions.push(
    commands.registerCommand('thingsdb.restart', restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('thingsdb.server.path')) void restart();
    }),
  );
  await start(context);
}

export const deactivate = stop;
