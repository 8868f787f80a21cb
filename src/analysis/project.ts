/** The project file `thingsc.json`: what the checker and the editors know of the scripts below its folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative, resolve, sep } from 'node:path';
import { parse } from '../../grammar/v1/parser.ts';
import { TiError } from '../errors.ts';
import type { AnalyzeOptions } from './analyze.ts';
import type { ScopeKind } from './context.ts';
import { typeOfName } from './directives.ts';
import { type Code, isCode, type Severity } from './findings.ts';
import { Schema } from './schema.ts';
import { SchemaError, schemaFromJson } from './schema-json.ts';
import { addScript } from './schema-script.ts';
import type { Type } from './types.ts';

export const PROJECT_FILE = 'thingsc.json';

/** Why a project file or a schema cannot be used. `message` is text, not bytes. */
export class ProjectError extends Error {}

/** What holds for some files. */
export interface Settings {
  readonly scope?: ScopeKind;
  readonly vars?: ReadonlyMap<string, Type>;
  readonly rules?: Readonly<Partial<Record<Code, Severity | 'off'>>>;
  readonly readOnly?: boolean;
  readonly schema?: string;
}

export interface Project {
  /** Where its file lies. */
  readonly folder: string;
  /** Globs of the scripts, below the folder. */
  readonly files: readonly string[];
  readonly failOn: Severity | null;
  readonly settings: Settings;
  readonly overrides: readonly { readonly files: readonly string[]; readonly settings: Settings }[];
}

type Members = Readonly<Record<string, unknown>>;

class Reader {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  private fail(why: string): ProjectError {
    return new ProjectError(`${this.path}: ${why}`);
  }

  private members(value: unknown, what: string): Members {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
    throw this.fail(`${what} must be an object`);
  }

  private globs(value: unknown, what: string): string[] {
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value as string[];
    throw this.fail(`${what} must be a list of patterns`);
  }

  private scope(value: unknown): ScopeKind {
    if (value === 'collection' || value === 'thingsdb' || value === 'node') return value;
    throw this.fail('`scope` must be `collection`, `thingsdb` or `node`');
  }

  private severity(value: unknown, what: string): Severity {
    if (value === 'error' || value === 'warning' || value === 'info') return value;
    throw this.fail(`${what} must be \`error\`, \`warning\` or \`info\``);
  }

  private vars(value: unknown): Map<string, Type> {
    const vars = new Map<string, Type>();
    for (const [name, told] of Object.entries(this.members(value, '`vars`'))) {
      const type = typeof told === 'string' ? typeOfName(told) : null;
      if (type === null) throw this.fail(`\`vars\`: there is no type \`${String(told)}\``);
      vars.set(Buffer.from(name, 'utf8').latin1Slice(), type);
    }
    return vars;
  }

  private rules(value: unknown): Partial<Record<Code, Severity | 'off'>> {
    const rules: Partial<Record<Code, Severity | 'off'>> = {};
    for (const [code, told] of Object.entries(this.members(value, '`rules`'))) {
      if (!isCode(code)) throw this.fail(`\`rules\`: there are no findings of the code \`${code}\``);
      rules[code] = told === 'off' ? 'off' : this.severity(told, `\`rules\`: \`${code}\``);
    }
    return rules;
  }

  private settings(given: Members): Settings {
    const { scope, vars, rules, readOnly, schema } = given;
    if (readOnly !== undefined && typeof readOnly !== 'boolean') throw this.fail('`readOnly` must be true or false');
    if (schema !== undefined && typeof schema !== 'string') throw this.fail('`schema` must be the name of a file');
    return {
      ...(scope === undefined ? {} : { scope: this.scope(scope) }),
      ...(vars === undefined ? {} : { vars: this.vars(vars) }),
      ...(rules === undefined ? {} : { rules: this.rules(rules) }),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(schema === undefined ? {} : { schema: resolve(dirname(this.path), schema) }),
    };
  }

  private known(given: Members, more: readonly string[]): void {
    const names = new Set(['scope', 'vars', 'rules', 'readOnly', 'schema', 'files', ...more]);
    for (const name of Object.keys(given)) if (!names.has(name)) throw this.fail(`there is no setting \`${name}\``);
  }

  read(text: string): Project {
    let told: unknown;
    try {
      told = JSON.parse(text);
    } catch (error) {
      throw this.fail(error instanceof Error ? error.message : String(error));
    }
    const given = this.members(told, 'a project');
    this.known(given, ['failOn', 'overrides', '$schema']);
    const { overrides = [], files = ['**/*.ti', '**/*.t19'], failOn } = given;
    if (!Array.isArray(overrides)) throw this.fail('`overrides` must be a list');
    return {
      folder: dirname(this.path),
      files: this.globs(files, '`files`'),
      failOn: failOn === undefined ? null : this.severity(failOn, '`failOn`'),
      settings: this.settings(given),
      overrides: overrides.map((each) => {
        const members = this.members(each, 'each of `overrides`');
        this.known(members, []);
        return { files: this.globs(members['files'], '`files` of an override'), settings: this.settings(members) };
      }),
    };
  }
}

/** The project that a folder belongs to; null when there is none. Throws ProjectError. */
export function findProject(folder: string): Project | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, PROJECT_FILE);
    if (existsSync(path)) return readProject(path);
    if (dirname(at) === at) return null;
  }
}

/** Throws ProjectError. */
export function readProject(path: string): Project {
  return new Reader(resolve(path)).read(readText(path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ProjectError(`cannot read ${path}`);
  }
}

const below = (project: Project, path: string): string => relative(project.folder, resolve(path)).split(sep).join('/');

/** All scripts of a project, as paths from `folder`. */
export function projectFiles(project: Project, folder: string): string[] {
  return readdirSync(project.folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => !name.split('/').includes('node_modules') && project.files.some((glob) => matchesGlob(name, glob)))
    .sort()
    .map((name) => relative(folder, join(project.folder, name)));
}

/** What a project says of a file; null stands for a text that is none. */
export function settingsFor(project: Project, path: string | null): Settings {
  const name = path === null ? null : below(project, path);
  const own = name === null ? [] : project.overrides.filter(({ files }) => files.some((glob) => matchesGlob(name, glob)));
  let all = project.settings;
  for (const { settings } of own) all = { ...all, ...settings, rules: { ...all.rules, ...settings.rules } };
  return all;
}

/**
 * Reads a schema: the JSON that `thingsc schema` writes, or (any file whose name does not end in `.json`) a script that defines types, enumerators and
 * procedures. Throws ProjectError.
 */
export function readSchema(path: string): Schema {
  if (path.endsWith('.json')) {
    try {
      return schemaFromJson(readText(path));
    } catch (error) {
      if (error instanceof SchemaError) throw new ProjectError(`${path} is no schema: ${error.message}`);
      throw error;
    }
  }
  const schema = new Schema(true);
  try {
    addScript(schema, parse(Buffer.from(readText(path), 'utf8').latin1Slice()));
  } catch (error) {
    if (error instanceof TiError) throw new ProjectError(`${path} is no schema: ${Buffer.from(error.message, 'latin1').toString()}`);
    throw error;
  }
  // Places in that file mean nothing in another.
  for (const type of schema.types.values()) type.at = null;
  for (const each of schema.enums.values()) each.at = null;
  return schema;
}

/** The settings as the checker takes them; the schema is read by `schemaOf`. */
export function optionsOf(settings: Settings, schemaOf: (path: string) => Schema): AnalyzeOptions {
  const { scope, vars, rules, readOnly, schema } = settings;
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(vars === undefined ? {} : { vars, varsKnown: true }),
    ...(rules === undefined ? {} : { rules }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(schema === undefined ? {} : { schema: schemaOf(schema) }),
  };
}
