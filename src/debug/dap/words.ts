/** What the protocol has words of its own for. */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { renderDiagnostic } from '../../ast/position.ts';
import type { ErrorStops, Event, ScopeInfo, SourceInfo, Target, VariableInfo } from '../protocol.ts';

export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsExceptionInfoRequest: true,
  supportsTerminateRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsCompletionsRequest: true,
  exceptionBreakpointFilters: [
    { filter: 'all', label: 'All errors', description: 'Stops where an error is raised, also when a `try` takes it.' },
    { filter: 'uncaught', label: 'Uncaught errors', description: 'Stops where an error is raised that ends the script.', default: true },
  ],
};

export function errorStopsOf(filters: readonly string[]): ErrorStops {
  if (filters.includes('all')) return 'all';
  return filters.includes('uncaught') ? 'uncaught' : 'none';
}

export const stopText = ({ message, code }: { readonly message: string; readonly code: number }): string => `${message} (${code})`;

/** Why a target cannot be run, with pictures of the errors in its script. */
export function failureText({ message, diagnostics }: Extract<Event, { event: 'failed' }>, { what }: Target): string {
  if (what.kind !== 'script' || diagnostics.length === 0) return message;
  return diagnostics.map((one) => renderDiagnostic(what.text, one, { name: what.name, colour: false })).join('\n\n');
}

/** A path without links in it; as it is when there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export const sourceOf = ({ id, name, path }: SourceInfo): DebugProtocol.Source =>
  path === null ? { name, sourceReference: id } : { name: basename(name), path };

export const scopeOf = ({ name, kind, ref, indexed, named }: ScopeInfo): DebugProtocol.Scope => ({
  name,
  ...(kind === 'locals' ? { presentationHint: 'locals' } : {}),
  variablesReference: ref,
  indexedVariables: indexed,
  namedVariables: named,
  expensive: kind === 'data',
});

export const variableOf = ({ name, value, type, ref, indexed, named, expression, settable }: VariableInfo): DebugProtocol.Variable => ({
  name,
  value,
  type,
  variablesReference: ref,
  indexedVariables: indexed,
  namedVariables: named,
  ...(expression === '' ? {} : { evaluateName: expression }),
  ...(settable ? {} : { presentationHint: { attributes: ['readOnly'] } }),
});
