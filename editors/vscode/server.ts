/** The language server as the extension carries it along: one file, without the rest of `thingsc`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from '../../src/lsp/server.ts';

startServer(createConnection(ProposedFeatures.all, process.stdin, process.stdout), 'vscode');
