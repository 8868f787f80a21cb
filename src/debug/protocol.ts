/**
 * What the debugger, which lives in the thread of the script, and a front end in the main thread tell each other. All texts are texts for people (UTF-16);
 * lines and columns count from 1, columns in UTF-16 code units.
 */
import type { Diagnostic } from '../ast/diagnostic.ts';

/** What is to be debugged: texts and names as people write them, but `script.text` and `args` as bytes. */
export interface Target {
  readonly what:
    | {
        readonly kind: 'script';
        /** What to call it. */
        readonly name: string;
        /** The file that it came from; null when it came from elsewhere. */
        readonly path: string | null;
        /** A byte string. */
        readonly text: string;
        readonly dialect: 'v1' | '2019';
        /** A MessagePack map of variables; null for none. */
        readonly vars: Uint8Array | null;
      }
    | {
        readonly kind: 'procedure';
        readonly name: string;
        /** A MessagePack array or map of arguments; null for none. */
        readonly args: Uint8Array | null;
      };
  /** Folder of the store; null for one in memory. */
  readonly data: string | null;
  readonly scope: string;
  readonly user: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface SourceInfo {
  readonly id: number;
  readonly name: string;
  /** The file that it is; null for a text that has none. */
  readonly path: string | null;
}

export interface BreakpointSpec {
  readonly line: number;
  /** The first statement of the line when left out. */
  readonly column?: number | undefined;
  /** An expression that must hold. */
  readonly condition?: string | undefined;
  /** `5` or `== 5`, `>= 5`, `> 5`, `<= 5`, `< 5`, `% 5`: at which of its hits it counts. */
  readonly hits?: string | undefined;
  /** Written in place of a stop, with the values of the expressions in braces. */
  readonly log?: string | undefined;
  /** Removed at its first stop. */
  readonly once?: boolean | undefined;
}

export interface BreakpointInfo {
  readonly id: number;
  /** Null when there is no statement to stop at. */
  readonly place: Place | null;
  /** Why it is not as it was asked for; empty when there is nothing to say. */
  readonly message: string;
}

export interface FunctionBreakpointSpec {
  /** A procedure, `Type.method`, or the variable or property that a closure is made for. */
  readonly name: string;
  readonly condition?: string | undefined;
  readonly hits?: string | undefined;
  readonly once?: boolean | undefined;
}

/** At which errors to stop. */
export type ErrorStops = 'none' | 'uncaught' | 'all';

export type Resume = 'continue' | 'over' | 'in' | 'out';

export interface FrameInfo {
  /** 0 is the topmost. */
  readonly index: number;
  readonly name: string;
  readonly source: SourceInfo;
  /** Null where nothing tells: in code without probes. */
  readonly place: Place | null;
}

export interface VariableInfo {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  /** Asks for what is in it; 0 when there is nothing. */
  readonly ref: number;
  /** How many children are found by index, and how many by name. */
  readonly indexed: number;
  readonly named: number;
  /** An expression for it; empty when there is none. */
  readonly expression: string;
  /** Whether it can be set. */
  readonly settable: boolean;
}

export interface ScopeInfo {
  readonly name: string;
  readonly ref: number;
  readonly indexed: number;
  readonly named: number;
  /** `callers`: variables of callers that the frame sees; `data`: what is stored. */
  readonly kind: 'locals' | 'callers' | 'sent' | 'data';
}

/** Of `evaluate`: `hover` changes nothing. */
export type EvaluateContext = 'hover' | 'watch' | 'repl';

/** Each request with what it takes and what it gives. A request that cannot be met rejects with an Error for people. */
export interface Requests {
  setBreakpoints: { params: { source: SourceRef; breakpoints: readonly BreakpointSpec[] }; result: readonly BreakpointInfo[] };
  setFunctionBreakpoints: { params: { breakpoints: readonly FunctionBreakpointSpec[] }; result: readonly BreakpointInfo[] };
  setErrorStops: { params: { stops: ErrorStops }; result: null };
  /** Runs the target; `stopOnEntry` stops at the first statement. */
  start: { params: { stopOnEntry: boolean }; result: null };
  resume: { params: { how: Resume }; result: null };
  pause: { params: null; result: null };
  /** Ends the target; nothing of what it did is kept. */
  end: { params: null; result: null };
  frames: { params: { from: number; count: number }; result: { frames: readonly FrameInfo[]; total: number } };
  scopes: { params: { frame: number }; result: readonly ScopeInfo[] };
  variables: {
    params: { ref: number; filter?: 'indexed' | 'named' | undefined; start?: number | undefined; count?: number | undefined };
    result: readonly VariableInfo[];
  };
  evaluate: { params: { frame: number | null; text: string; context: EvaluateContext }; result: VariableInfo };
  setVariable: { params: { ref: number; name: string; value: string }; result: VariableInfo };
  source: { params: { id: number }; result: string };
  sources: { params: null; result: readonly SourceInfo[] };
  /** Where in these lines breakpoints can be. */
  statements: { params: { source: SourceRef; line: number; endLine: number }; result: readonly Place[] };
  /** Names that an expression can begin with. */
  names: { params: { frame: number | null }; result: readonly string[] };
}

/** A file; or a text without one by its name, which is the same in each run for closures of procedures and types. */
export type SourceRef = { readonly path: string } | { readonly name: string };

export const refOf = ({ name, path }: SourceInfo): SourceRef => (path === null ? { name } : { path });

export type StopReason = 'entry' | 'step' | 'breakpoint' | 'function breakpoint' | 'pause' | 'error';

export interface Stop {
  readonly reason: StopReason;
  /** Ids of the breakpoints that it is at. */
  readonly breakpoints: readonly number[];
  /** Of an error: its text, name and code, and whether a `try` takes it. */
  readonly error: { readonly message: string; readonly code: number; readonly handled: boolean } | null;
}

/** How the target ended. */
export type Ending =
  | { readonly kind: 'answer' /** JSON. */; readonly text: string }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly code: number;
      /** Where in the script it was raised; null when that is not known. */
      readonly at: { readonly source: SourceInfo; readonly place: Place } | null;
    }
  /** It was ended from outside. */
  | { readonly kind: 'ended' };

export type Event =
  /** The target can be started. */
  | { readonly event: 'ready'; readonly source: SourceInfo }
  /** It never will be: errors in the script, or why the store or procedure cannot be used. */
  | { readonly event: 'failed'; readonly diagnostics: readonly Diagnostic[]; readonly message: string }
  | { readonly event: 'stopped'; readonly stop: Stop }
  | { readonly event: 'continued' }
  | { readonly event: 'output'; readonly kind: 'log' | 'logpoint' | 'warning'; readonly text: string }
  /** A breakpoint found its place, or was removed after its only stop. */
  | { readonly event: 'breakpoint'; readonly breakpoint: BreakpointInfo; readonly isGone: boolean }
  | { readonly event: 'loaded'; readonly source: SourceInfo }
  | { readonly event: 'done'; readonly ending: Ending };

/** From the main thread. */
export type Request = {
  readonly [K in keyof Requests]: { readonly id: number; readonly method: K; readonly params: Requests[K]['params'] };
}[keyof Requests];

/** To the main thread. */
export type Message = Event | { readonly event: 'answer'; readonly id: number; readonly result: unknown; readonly error: string | null };
