/** Scripts that run before the one that is checked, as its comments say: what they define is there. */
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Node, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import type { Directives } from './directives.ts';
import type { Finding } from './findings.ts';
import type { Schema } from './schema.ts';
import { addScript } from './schema-script.ts';

/** The text of a script (a byte string) by its path in a comment; null when there is none. */
export type Load = (path: string) => string | null;

function addPropertyNames(found: Set<string>, script: Script): void {
  walk(script, {
    enter(node: Node) {
      if (node.kind === 'Field' || node.kind === 'PropertyLink') found.add(node.name.name);
      else if (node.kind === 'StringLiteral') found.add(node.value);
      return undefined;
    },
  });
}

/** The schema behind the loaded scripts, which stays the same object while their texts stay. */
export class Loads {
  private texts: readonly string[] = [];
  private last: { readonly given: Schema; readonly schema: Schema } | null = null;

  /** `problems`: what cannot be read. */
  behind(given: Schema, { loads }: Directives, load: Load | undefined): { schema: Schema; problems: Finding[] } {
    if (load === undefined || loads.length === 0) return { schema: given, problems: [] };
    const problems: Finding[] = [];
    const texts: string[] = [];
    for (const { path, comment } of loads) {
      const text = load(path);
      if (text !== null) texts.push(text);
      else {
        const { start, end } = comment;
        problems.push({ code: 'unused-directive', severity: 'warning', start, end, message: `cannot read \`${path}\`` });
      }
    }
    return { schema: this.schemaOf(given, texts), problems };
  }

  private schemaOf(given: Schema, texts: readonly string[]): Schema {
    const { last } = this;
    if (last?.given === given && texts.length === this.texts.length && texts.every((text, i) => text === this.texts[i])) return last.schema;
    const schema = given.copy();
    for (const text of texts) {
      const { script } = parseTolerant(text);
      addScript(schema, script);
      addPropertyNames(schema.properties, script);
    }
    this.texts = texts;
    this.last = { given, schema };
    return schema;
  }
}
