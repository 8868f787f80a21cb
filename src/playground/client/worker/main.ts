/** The worker of the page: it has the compiler, the checker and what editors are told, and answers one question after another. */
import { typeOfName } from '../../../analysis/directives.ts';
import type { Schema } from '../../../analysis/schema.ts';
import { SchemaError, schemaFromJson } from '../../../analysis/schema-json.ts';
import { ANY, type Type } from '../../../analysis/types.ts';
import type { Question, Questions, SourceText, Topic } from '../messages.ts';
import { check } from './check.ts';
import { functionsOf, treeOf } from './insides.ts';
import { hint, proposals, signature } from './proposals.ts';
import { reference } from './reference.ts';
import { type Source, sourceOf } from './source.ts';

let schema: Schema | null = null;
let variables: ReadonlyMap<string, Type> = new Map();
/** The text that was asked about last: several questions follow one change. */
let last: Source | null = null;

function source({ text, dialect, scope }: SourceText): Source {
  const known = last?.given;
  if (last === null || known?.text !== text || known.dialect !== dialect || known.scope !== scope)
    last = sourceOf({ text, dialect, scope }, schema, variables);
  return last;
}

function readSchema(json: string | null): Schema | null {
  if (json === null) return null;
  try {
    return schemaFromJson(json);
  } catch (error) {
    // A schema that cannot be read is none.
    if (error instanceof SchemaError) return null;
    throw error;
  }
}

const ANSWERS: { readonly [T in Topic]: (ask: Questions[T]['ask']) => Questions[T]['answer'] } = {
  schema: ({ json }) => {
    schema = readSchema(json);
    last = null;
    return null;
  },
  variables: ({ types }) => {
    variables = new Map(Object.entries(types).map(([name, type]) => [name, typeOfName(type) ?? ANY]));
    last = null;
    return null;
  },
  check: (ask) => check(source(ask)),
  tree: (ask) => treeOf(source(ask)),
  program: (ask) => {
    const asked = source(ask);
    const program = asked.program();
    return program === null ? null : functionsOf(asked, program);
  },
  complete: (ask) => proposals(source(ask), ask.at),
  hover: (ask) => hint(source(ask), ask.at),
  signature: (ask) => signature(source(ask), ask.at),
  format: (ask) => source(ask).formatted(),
  reference: ({ dialect }) => reference(dialect),
};

function answer<T extends Topic>({ topic, ask }: Question<T>): Questions[T]['answer'] {
  return ANSWERS[topic](ask);
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  try {
    self.postMessage({ id: data.id, answer: answer(data) });
  } catch (error) {
    self.postMessage({ id: data.id, failure: error instanceof Error ? error.message : String(error) });
  }
};
