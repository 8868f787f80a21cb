/** What the page and its worker tell each other. Places count UTF-16 code units of the text, as the editor does. */

export type Dialect = 'v1' | '2019';

export interface Mark {
  readonly from: number;
  readonly to: number;
}

export interface TextChange extends Mark {
  readonly insert: string;
}

export interface Remark extends Mark {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly reason: string | null;
  readonly fix: { readonly title: string; readonly changes: readonly TextChange[] } | null;
}

export interface Coloured extends Mark {
  /** The end of the name of a CSS class. */
  readonly colour: string;
}

/** Why a query needs a change, and where. */
export interface Effect extends Mark {
  readonly what: string;
}

export interface Checked {
  readonly remarks: readonly Remark[];
  readonly colours: readonly Coloured[];
  /** In the scope that was given; null for a query that changes nothing, or that cannot be compiled. */
  readonly effect: Effect | null;
}

export interface TreeNode extends Mark {
  readonly kind: string;
  readonly label: string;
  readonly children: readonly TreeNode[];
}

export interface Instruction extends Mark {
  readonly at: number;
  readonly op: string;
  readonly operands: string;
  /** What jumps go to. */
  readonly label: string | null;
  /** Values on the stack before it; null where control never comes. */
  readonly height: number | null;
}

export interface CompiledFunction {
  readonly title: string;
  readonly facts: readonly string[];
  readonly instructions: readonly Instruction[];
}

export interface Proposal {
  readonly label: string;
  readonly kind: string;
  readonly detail: string | null;
  /** Markdown. */
  readonly doc: string | null;
  /** What is written, with `${}` where the cursor goes; null for the label itself. */
  readonly snippet: string | null;
  /** The higher, the earlier in the list. */
  readonly boost: number;
}

export interface Hint extends Mark {
  /** Markdown. */
  readonly doc: string;
}

export interface Signature {
  readonly label: string;
  /** The part of the label that is written at present. */
  readonly active: readonly [number, number] | null;
}

export interface ReferenceEntry {
  readonly name: string;
  /** The types of which it is a method; null for a function. */
  readonly receiver: string | null;
  readonly signature: string;
  readonly doc: string;
  readonly example: string;
  readonly notes: readonly string[];
}

export interface SourceText {
  readonly text: string;
  readonly dialect: Dialect;
  readonly scope: 'collection' | 'thingsdb' | 'node';
}

/** What can be asked, and what is answered. */
export interface Questions {
  /** Takes note of what a collection has: the JSON of types, enumerators and procedures; null for what is not known. */
  schema: { readonly ask: { readonly json: string | null }; readonly answer: null };
  /** Takes note of the variables that come with the query: their types by name, in the words of the language. */
  variables: { readonly ask: { readonly types: Readonly<Record<string, string>> }; readonly answer: null };
  check: { readonly ask: SourceText; readonly answer: Checked };
  tree: { readonly ask: SourceText; readonly answer: TreeNode };
  /** Null for a text that has errors. */
  program: { readonly ask: SourceText; readonly answer: readonly CompiledFunction[] | null };
  complete: { readonly ask: SourceText & { readonly at: number }; readonly answer: readonly Proposal[] };
  hover: { readonly ask: SourceText & { readonly at: number }; readonly answer: Hint | null };
  signature: { readonly ask: SourceText & { readonly at: number }; readonly answer: Signature | null };
  /** The text as the formatter has it; null for one with errors. */
  format: { readonly ask: SourceText; readonly answer: string | null };
  reference: { readonly ask: { readonly dialect: Dialect }; readonly answer: readonly ReferenceEntry[] };
}

export type Topic = keyof Questions;

export interface Question<T extends Topic = Topic> {
  readonly id: number;
  readonly topic: T;
  readonly ask: Questions[T]['ask'];
}

export interface Answer<T extends Topic = Topic> {
  readonly id: number;
  readonly answer: Questions[T]['answer'];
}

/** A fault of ours. */
export interface Failure {
  readonly id: number;
  readonly failure: string;
}
