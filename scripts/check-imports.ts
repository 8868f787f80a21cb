/**
 * Checks that imports between folders go one way. What a folder may import is listed here, lowest first; a type counts as much as a value. Besides,
 * every folder may import itself and the files that lie in `src` itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  msgpack: [],
  storage: [],
  ast: [],
  grammar: ['ast'],
  regex: [],
  values: ['regex'],
  time: ['values'],
  bytecode: ['values'],
  compiler: ['ast', 'bytecode', 'values'],
  wire: ['msgpack', 'values'],
  model: ['msgpack', 'values', 'time'],
  builtins: ['msgpack', 'values', 'regex', 'time', 'wire', 'compiler', 'model'],
  vm: ['bytecode', 'values', 'model', 'builtins'],
  engine: ['msgpack', 'storage', 'ast', 'grammar', 'values', 'bytecode', 'compiler', 'wire', 'model', 'builtins', 'vm'],
  modules: ['msgpack', 'values', 'model'],
  import: ['msgpack', 'values', 'time', 'model'],
  analysis: ['ast', 'grammar', 'values', 'bytecode', 'compiler', 'wire', 'model', 'builtins'],
  migrate: ['ast', 'grammar'],
  lsp: ['ast', 'grammar', 'values', 'builtins', 'analysis'],
  testing: ['ast', 'grammar', 'bytecode', 'values', 'builtins', 'vm', 'engine', 'storage', 'msgpack', 'wire'],
  profile: ['bytecode', 'values', 'builtins', 'vm'],
  debug: ['msgpack', 'ast', 'grammar', 'values', 'bytecode', 'wire', 'model', 'builtins', 'vm', 'engine'],
  terminal: [],
  server: ['msgpack', 'values', 'wire', 'model', 'engine'],
  playground: ['msgpack', 'ast', 'grammar', 'bytecode', 'compiler', 'wire', 'builtins', 'analysis', 'lsp', 'server'],
  cli: [
    'msgpack',
    'model',
    'storage',
    'ast',
    'grammar',
    'values',
    'bytecode',
    'builtins',
    'wire',
    'engine',
    'modules',
    'import',
    'server',
    'analysis',
    'lsp',
    'migrate',
    'testing',
    'profile',
    'terminal',
    'playground',
    'debug',
  ],
};

/** Files that may be imported from anywhere. */
const COMMON = new Set(['src/errors.ts', 'src/limits.ts', 'src/utf8.ts']);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']*)'/g;

function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    from: file,
    to: normalize(join(dirname(file), match[1] as string)).replaceAll('\\', '/'),
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** `src/vm/loop.ts` lies in `vm`, `grammar/v1/parser.ts` in `grammar`. */
function folderOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'src' ? second : first;
}

/** Why the import is not allowed; null when it is. */
function fault({ from, to }: Import): string | null {
  const [own, other] = [folderOf(from), folderOf(to)];
  if (own === other || COMMON.has(to)) return null;
  const allowed = ALLOWED[own];
  if (allowed === undefined) return `the folder ${own} has no place in the order yet`;
  return allowed.includes(other) ? null : `${own} must not import ${other}`;
}

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
const files = ['src', 'grammar']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`.replaceAll('\\', '/')))
  .filter((name) => name.endsWith('.ts'));
const faults = files
  .flatMap((file) => importsOf(file, readFileSync(file, 'utf8')))
  .flatMap((found) => {
    const why = fault(found);
    return why === null ? [] : [`${found.from}:${found.line}: ${why} (${found.to})`];
  });
for (const line of faults) console.log(line);
if (faults.length > 0) console.log(`\n${faults.length} imports against the order of the folders; scripts/check-imports.ts has the order`);
process.exitCode = faults.length === 0 ? 0 : 1;
