import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from '../../lsp/server.ts';
import { ExitCode } from '../exit.ts';
import { ownVersion } from '../version.ts';

/** Serves an editor over standard input and output, until it says that it ends. */
export async function lsp(): Promise<ExitCode> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const ended = new Promise<void>((resolve) => {
    connection.onExit(() => resolve());
    process.stdin.on('close', () => resolve());
  });
  startServer(connection, ownVersion());
  await ended;
  return ExitCode.FINE;
}
