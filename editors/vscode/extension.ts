/** The extension: starts the language server and connects the editor with it. */
import { join } from 'node:path';
import { commands, DebugAdapterExecutable, type DebugConfiguration, debug, type ExtensionContext, window, workspace } from 'vscode';
import { LanguageClient, type ServerOptions, TransportKind } from 'vscode-languageclient/node';

let client: LanguageClient | null = null;

/** The `thingsc` that the settings name; empty for none. */
const ownPath = (): string => workspace.getConfiguration('thingsdb').get<string>('server.path') ?? '';

/** That `thingsc`, or the server that comes with the extension. */
function serverOptions(context: ExtensionContext): ServerOptions {
  const path = ownPath();
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

/** Pressing F5 in a script debugs it, also where nothing is configured. */
function resolved(configuration: DebugConfiguration): DebugConfiguration | undefined {
  if (configuration.type !== undefined && configuration.type !== '') return configuration;
  const document = window.activeTextEditor?.document;
  if (document === undefined || !/^thingsdb(-2019)?$/.test(document.languageId)) return undefined;
  return { type: 'thingsdb', request: 'launch', name: 'This script', program: document.fileName };
}

/** The debugger, too, is that of the `thingsc` which the settings name; else what the manifest says. */
function addDebugger(context: ExtensionContext): void {
  context.subscriptions.push(
    debug.registerDebugConfigurationProvider('thingsdb', {
      resolveDebugConfiguration: (_folder, configuration) => resolved(configuration),
    }),
    debug.registerDebugAdapterDescriptorFactory('thingsdb', {
      createDebugAdapterDescriptor: (_session, executable) => {
        const path = ownPath();
        return path === '' ? executable : new DebugAdapterExecutable(path, ['debug', '--dap']);
      },
    }),
  );
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
  addDebugger(context);
  await start(context);
}

export const deactivate = stop;
