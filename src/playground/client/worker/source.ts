/** A text with all that the compiler and the checker know of it, each found out when it is first asked for. */
import { compactArrow } from '../../../../grammar/2019/compact.ts';
import { format as format2019 } from '../../../../grammar/2019/format.ts';
import { tokenize as tokenize2019 } from '../../../../grammar/2019/lexer.ts';
import { compactClosure } from '../../../../grammar/v1/compact.ts';
import { closureDefinition } from '../../../../grammar/v1/definition.ts';
import { format } from '../../../../grammar/v1/format.ts';
import { type Tokens, tokenize } from '../../../../grammar/v1/lexer.ts';
import type { Finding } from '../../../analysis/findings.ts';
import type { Schema } from '../../../analysis/schema.ts';
import type { Type } from '../../../analysis/types.ts';
import type { Script } from '../../../ast/nodes.ts';
import { library } from '../../../builtins/library.ts';
import type { EffectReason, Program } from '../../../bytecode/program.ts';
import { compileScript } from '../../../compiler/compile.ts';
import { compileScript2019 } from '../../../compiler/dialect-2019/compile.ts';
import { TiError } from '../../../errors.ts';
import { Document2019 } from '../../../lsp/dialect-2019/document.ts';
import { Document, fromBytes } from '../../../lsp/document.ts';
import type { SourceText } from '../messages.ts';
import { Places } from './places.ts';

/** One that finds out a value once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export abstract class Source {
  readonly given: SourceText;
  readonly document: Document;
  readonly places: Places;
  /** Null for a text with errors. */
  readonly program: () => Program | null;

  constructor(given: SourceText, document: Document) {
    this.given = given;
    this.document = document;
    this.places = new Places(given.text, document.bytes.length);
    this.program = once(() => {
      try {
        return this.compile();
      } catch (error) {
        // What the parser lets pass and the compiler does not is among the findings.
        if (error instanceof TiError) return null;
        throw error;
      }
    });
  }

  /** What is wrong, in the order of the text. */
  abstract readonly findings: readonly Finding[];
  abstract readonly script: Script;
  abstract tokens(): Tokens;
  protected abstract compile(): Program | null;
  /** The text as the formatter has it; null for one with errors. */
  abstract formatted(): string | null;

  /** Why the query needs a change in its scope; null when it needs none. */
  get effect(): EffectReason | null {
    const effects = this.program()?.effects;
    if (effects === undefined || this.given.scope === 'node') return null;
    return this.given.scope === 'thingsdb' ? effects.thingsdb : effects.collection;
  }
}

const texts = { compact: compactClosure, definition: closureDefinition };

class SourceV1 extends Source {
  constructor(given: SourceText, schema: Schema | null, vars: ReadonlyMap<string, Type>) {
    const known = given.scope === 'node' || schema === null ? {} : { schema };
    super(given, new Document('query', 0, given.text, () => ({ scope: given.scope, vars, varsKnown: true, ...known })));
  }

  get findings(): readonly Finding[] {
    return this.document.analysis.findings;
  }

  get script(): Script {
    return this.document.analysis.script;
  }

  tokens(): Tokens {
    return tokenize(this.document.bytes);
  }

  protected compile(): Program | null {
    const { bytes, analysis } = this.document;
    return analysis.diagnostics.length > 0 ? null : compileScript(analysis.script, bytes, library, texts);
  }

  formatted(): string | null {
    return this.document.analysis.diagnostics.length > 0 ? null : fromBytes(format(this.document.bytes));
  }
}

const texts2019 = { compact: compactArrow, definition: compactArrow };

class Source2019 extends Source {
  override readonly document: Document2019;

  constructor(given: SourceText) {
    const document = new Document2019('query', 0, given.text, () => (given.scope === 'node' ? {} : { scope: given.scope }));
    super(given, document);
    this.document = document;
  }

  get findings(): readonly Finding[] {
    return this.document.analysis2019.findings;
  }

  get script(): Script {
    return this.document.analysis2019.script;
  }

  tokens(): Tokens {
    return tokenize2019(this.document.bytes);
  }

  protected compile(): Program | null {
    const { script, diagnostics, target } = this.document.analysis2019;
    return diagnostics.length > 0 ? null : compileScript2019(script, this.document.bytes, target, library, texts2019);
  }

  formatted(): string | null {
    return this.document.analysis2019.diagnostics.length > 0 ? null : fromBytes(format2019(this.document.bytes));
  }
}

/** `variables`: the types of those that come with the query, by name. */
export const sourceOf = (given: SourceText, schema: Schema | null, variables: ReadonlyMap<string, Type> = new Map()): Source =>
  given.dialect === '2019' ? new Source2019(given) : new SourceV1(given, schema, variables);
