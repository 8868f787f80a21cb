/** What is known of the scope that the prompt is in, for completion, hints and help: asked for when it is needed, and again when something may have changed. */
import type { AnalyzeOptions } from '../../analysis/analyze.ts';
import type { ScopeKind } from '../../analysis/context.ts';
import { Schema } from '../../analysis/schema.ts';
import { SchemaError, schemaFromJson } from '../../analysis/schema-json.ts';
import { ANY, instanceOf, listOf, memberOf, ofMask, THING, type Type, thingWith } from '../../analysis/types.ts';
import { Kind } from '../../builtins/row.ts';
import { TiError } from '../../errors.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { scopeOf } from '../address.ts';
import { isThingsdb, schemaQuery } from '../check/schema.ts';
import { fromBytes } from '../io.ts';

/** Asks a query of today's dialect in the scope that the prompt is in. */
export type AskHere = (text: string) => Promise<Buffer>;

/** More properties of the root are not asked for. */
const MOST_PROPERTIES = 1000;

/** Name, type, and of a list the type of its first item. */
const ROOT_QUERY = `.keys()[0:${MOST_PROPERTIES}].map(|key| {
  value = .get(key);
  [key, type(value), is_list(value) && value.len() > 0 ? type(value[0]) : nil];
});`;

/** The kind of scope of a name as the prompt has it. */
export function scopeKind(name: string): ScopeKind {
  const scope = scopeOf(name);
  if (isThingsdb(scope)) return 'thingsdb';
  return /^(@n|\/n)/.test(scope) ? 'node' : 'collection';
}

function typeNamed(name: string, schema: Schema): Type {
  if (schema.types.has(name)) return instanceOf(name);
  if (schema.enums.has(name)) return memberOf(name);
  const bit = (Kind as Readonly<Record<string, number>>)[name];
  return bit === undefined ? ANY : ofMask(bit);
}

function rootFrom(json: string, schema: Schema): Type {
  const rows = JSON.parse(json) as readonly (readonly [string, string, string | null])[];
  const fields = rows.map(([key, type, item]): [string, Type] => [
    Buffer.from(key, 'utf8').latin1Slice(),
    item === null ? typeNamed(type, schema) : listOf(typeNamed(item, schema)),
  ]);
  return thingWith(new Map(fields));
}

export class Known {
  private readonly ask: AskHere;
  private schema = new Schema(false);
  private root: Type = THING;
  private isFresh = false;
  private asking: Promise<void> | null = null;

  constructor(ask: AskHere) {
    this.ask = ask;
  }

  /** To be called when a query may have changed what there is, or the scope is another. */
  outdated(): void {
    this.isFresh = false;
  }

  /** What there was when it was last asked for. */
  get options(): Pick<AnalyzeOptions, 'schema' | 'root'> {
    return { schema: this.schema, root: this.root };
  }

  /** The names of the properties of the root, as far as they are known. */
  get rootNames(): ReadonlySet<string> {
    return new Set(this.root.fields?.keys() ?? []);
  }

  /** Asks for what there is now, unless nothing can have changed. What cannot be had is left out. */
  async refresh(scope: string): Promise<void> {
    if (this.isFresh) return;
    this.asking ??= this.fetch(scopeKind(scope), scope).finally(() => {
      this.asking = null;
    });
    await this.asking;
  }

  private async fetch(kind: ScopeKind, scope: string): Promise<void> {
    this.isFresh = true;
    const schemaJson = kind === 'node' ? null : await this.json(schemaQuery(scopeOf(scope)));
    const rootJson = kind === 'collection' ? await this.json(ROOT_QUERY) : null;
    try {
      this.schema = schemaJson === null ? new Schema(false) : schemaFromJson(schemaJson);
      this.root = rootJson === null ? THING : rootFrom(rootJson, this.schema);
    } catch (error) {
      // A server that tells it in another way has no completion of its names.
      if (!(error instanceof SchemaError || error instanceof SyntaxError)) throw error;
    }
  }

  private async json(query: string): Promise<string | null> {
    try {
      return fromBytes(msgpackToJson(await this.ask(query), { unsupported: 'text', indent: 0 }));
    } catch (error) {
      if (error instanceof TiError) return null;
      throw error;
    }
  }
}
