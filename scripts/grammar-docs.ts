/**
 * Writes docs/grammar/v1.ebnf and v1.html, and the same of the 2019 dialect, from the rules that the parsers run.
 *
 *     node scripts/grammar-docs.ts
 */
import { writeFileSync } from 'node:fs';
import { EOF, type ISerializedGast, Lexer, type TokenType } from 'chevrotain';
import { Parser as Parser2019 } from '../grammar/2019/parser.ts';
import * as tokens2019 from '../grammar/2019/tokens.ts';
import { LeanParser } from '../grammar/v1/lean.ts';
import * as tokens from '../grammar/v1/tokens.ts';
import { PRECEDENCE } from '../src/ast/precedence.ts';
import { box, choice, diagram, escapeXml, loop, optional, type Rail, sequence } from './railroad.ts';

interface Rule {
  readonly name: string;
  readonly definition: readonly ISerializedGast[];
}

interface Part {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Part[];
  readonly separator?: { readonly name: string };
}

/** What the pages of a dialect are made from. */
interface Dialect {
  readonly title: string;
  readonly types: ReadonlyMap<string, TokenType>;
  readonly lexical: readonly string[];
  readonly categories: readonly string[];
  readonly notes: Readonly<Record<string, string>>;
  /** Operators, the tightest first. */
  readonly precedence: readonly (readonly string[])[];
  readonly productions: () => readonly ISerializedGast[];
  /** What else a reader must know. */
  readonly remark: string;
}

const typesOf = (vocabulary: readonly TokenType[]): Map<string, TokenType> =>
  new Map([...vocabulary, EOF].map((type) => [type.name, type]));

/** Tokens whose pattern is a function: what they look like, in the notation of regular expressions. */
const scanned: Readonly<Record<string, string>> = {
  String: `('[^']*')+ | ("[^"]*")+`,
  Regex: '/ (anything but a line break, up to the first slash without a backslash before it) / [a-z]*',
  Regex2019: '/ (anything but a line break, up to the first slash without a backslash before it) / i?',
  Int2019: '[-+]?(0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+)',
  Float2019: String.raw`[-+]?([0-9]*\.[0-9]+(e[+-][0-9]+)?|inf|nan)`,
  TemplateText: '([^`{}] | `` | {{ | }})+',
  BlockComment: String.raw`/\* (anything, up to the first) \*/`,
};

const precedenceText = (groups: readonly (readonly string[])[]): string => groups.map((group) => group.join(' ')).join(' ; ');

const V1: Dialect = {
  title: 'Grammar of the language',
  types: typesOf(tokens.vocabulary),
  lexical: ['Name', 'Int', 'Float', 'String', 'Regex', 'TemplateText', 'Whitespace', 'LineComment', 'BlockComment'],
  categories: ['Identifier', 'Constant', 'Numeric', 'Sign', 'PrefixOperator', 'BinaryOperator', 'AssignOperator', 'Access', 'Jump'],
  notes: {
    Name: 'at most 255 bytes; never a keyword where that may stand',
    Int: 'no letter, digit, underscore or point directly behind it',
    Float: 'no letter, digit, underscore or point directly behind it; "inf" and "nan" are floats too',
    Regex: 'only where an operand may stand',
    Whitespace: 'allowed between tokens, as comments are',
    TemplateText: 'white space and comments at its start are text as well',
    Identifier: 'a keyword is a name wherever it cannot be itself',
    Sign: 'part of a number only with a digit directly behind it',
    BinaryOperator: `from the tightest to the loosest, all from left to right: ${precedenceText(PRECEDENCE)}`,
  },
  precedence: PRECEDENCE,
  productions: () => new LeanParser().getSerializedGastProductions(),
  remark: 'A statement takes as much as it can. Source text is bytes; a zero byte ends it.',
};

const PRECEDENCE_2019 = [['*', '/', '//', '%'], ['+', '-'], ['&'], ['^'], ['|'], ['<', '>', '==', '!=', '<=', '>='], ['&&'], ['||']];

/** The 2019 dialect. */
export const DIALECT_2019: Dialect = {
  title: 'Grammar of the 2019 dialect',
  types: typesOf(tokens2019.vocabulary),
  lexical: ['Name', 'Temp', 'Int', 'Float', 'String', 'Regex', 'Whitespace', 'BlockComment'],
  categories: ['Identifier', 'Constant', 'BinaryOperator', 'AssignOperator'],
  notes: {
    Name: 'at most 255 bytes',
    Int: 'only where an operand may stand; no letter, digit, underscore or fraction directly behind it',
    Float: 'only where an operand may stand',
    Regex: 'only where an operand may stand',
    Whitespace: 'allowed between tokens, as comments are',
    Identifier: '"nil", "true" and "false" are names behind a point and as keys only',
    BinaryOperator: `from the tightest to the loosest, all from left to right: ${precedenceText(PRECEDENCE_2019)}`,
  },
  precedence: PRECEDENCE_2019,
  productions: () => new Parser2019(false).getSerializedGastProductions(),
  remark:
    'A ";" stands between expressions, or behind the last.\n   A comma behind the last argument means something to "thing" and "get". Source text is bytes; a zero byte ends it.',
};

/** The dialect whose pages are being made. */
let dialect: Dialect = V1;

const patternOf = (type: TokenType): string => (typeof type.PATTERN === 'string' ? type.PATTERN : '');

/** The literal text of a token, or null for one that is a pattern or a category. */
function literalOf(name: string): string | null {
  const type = dialect.types.get(name);
  if (type === undefined || type === EOF || type.PATTERN === Lexer.NA) return null;
  if (typeof type.PATTERN === 'string') return type.PATTERN;
  const keyword = type.PATTERN instanceof RegExp ? /^([a-z]+)\(\?!/.exec(type.PATTERN.source) : null;
  return keyword?.[1] ?? null;
}

const members = (category: string): string[] => {
  const all = [...dialect.types.values()].filter((type) => type.CATEGORIES?.some((parent) => parent.name === category));
  const names = all.map((type) => (literalOf(type.name) === null ? type.name : quote(literalOf(type.name) as string)));
  return category === 'BinaryOperator' ? dialect.precedence.flat().map(quote) : names;
};

const quote = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`);

/** The rules of the grammar, each where it is first referred to. */
function rulesOf(): Rule[] {
  const all = new Map(dialect.productions().map((rule) => [(rule as Part).name ?? '', rule as unknown as Rule]));
  const order = ['script'];
  for (const name of order) {
    for (const next of references(all.get(name)?.definition as readonly Part[])) if (!order.includes(next)) order.push(next);
  }
  if (order.length !== all.size) throw new Error('a rule is not referred to');
  return order.map((name) => all.get(name) as Rule);
}

const references = (parts: readonly Part[]): string[] =>
  parts.flatMap((part) => (part.type === 'NonTerminal' ? [part.name ?? ''] : references(part.definition ?? [])));

function terminal(name: string): string {
  if (name === 'EOF') return 'end of text';
  const literal = literalOf(name);
  return literal === null ? name : quote(literal);
}

/** A part of a rule in EBNF. `tight` asks for brackets around alternatives. */
function ebnf(part: Part, tight: boolean): string {
  const body = (): string => ebnfAll(part.definition ?? []);
  switch (part.type) {
    case 'NonTerminal':
      return part.name ?? '';
    case 'Terminal':
      return terminal(part.name ?? '');
    case 'Option':
      return `[ ${body()} ]`;
    case 'Repetition':
      return `{ ${body()} }`;
    case 'RepetitionWithSeparator': {
      const separator = terminal(part.separator?.name ?? '');
      return `[ ${body()} { ${separator} ${body()} } [ ${separator} ] ]`;
    }
    case 'Alternation': {
      const text = (part.definition ?? []).map((alternative) => ebnfAll(alternative.definition ?? [])).join(' | ');
      return tight ? `( ${text} )` : text;
    }
    default:
      throw new Error(`no notation for ${part.type}`);
  }
}

const ebnfAll = (parts: readonly Part[]): string => parts.map((part) => ebnf(part, parts.length > 1)).join(' ');

const notation =
  (): string => `(* The ${dialect.title.slice(0, 1).toLowerCase()}${dialect.title.slice(1)}, written from the parser's rules by scripts/grammar-docs.ts.

   "text"   itself                 Name     a token, below
   [ a ]    a or nothing           { a }    a, any number of times
   a | b    a or b                 ( a )    a group

   ${dialect.remark} *)
`;

/** The grammar in EBNF. */
export function grammarEbnf(of: Dialect = V1): string {
  dialect = of;
  const { categories, lexical } = dialect;
  const lines = [notation(), '(* Rules *)', ''];
  for (const rule of rulesOf())
    lines.push(`${rule.name} = ${wrapped(ebnfAll(rule.definition as readonly Part[]), rule.name.length + 3)} ;`);
  lines.push('', '(* Groups of tokens *)', '');
  for (const name of categories) lines.push(...noted(name), `${name} = ${wrapped(members(name).join(' | '), name.length + 3)} ;`);
  lines.push('', '(* Tokens, as regular expressions *)', '');
  for (const name of lexical) lines.push(...noted(name), `${name} = ${describe(name)} ;`);
  return `${lines.join('\n')}\n`;
}

const noted = (name: string): string[] => (dialect.notes[name] === undefined ? [] : [`(* ${dialect.notes[name]} *)`]);

function describe(name: string): string {
  const type = dialect.types.get(name);
  const own = dialect === DIALECT_2019 ? scanned[`${name}2019`] : undefined;
  const pattern = own ?? (type?.PATTERN instanceof RegExp ? type.PATTERN.source : scanned[name]);
  return `? ${pattern ?? patternOf(type as TokenType)} ?`;
}

/** Breaks a long production before its alternatives. */
function wrapped(text: string, indent: number): string {
  if (text.length + indent < 110) return text;
  const parts = text.split(' | ');
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < 100 - indent) lines[lines.length - 1] = `${last} | ${part}`;
    else lines.push(lines.length === 0 ? part : `| ${part}`);
  }
  return lines.join(`\n${' '.repeat(indent - 2)}`);
}

function rail(part: Part): Rail {
  const body = (): Rail => sequence((part.definition ?? []).map(rail));
  switch (part.type) {
    case 'NonTerminal':
      return box(part.name ?? '', 'rule');
    case 'Terminal':
      return tokenBox(part.name ?? '');
    case 'Option':
      return optional(body());
    case 'Repetition':
      return optional(loop(body()));
    case 'RepetitionWithSeparator': {
      const separator = tokenBox(part.separator?.name ?? '');
      return optional(sequence([loop(body(), separator), optional(separator)]));
    }
    case 'Alternation':
      return choice((part.definition ?? []).map((alternative) => sequence((alternative.definition ?? []).map(rail))));
    default:
      throw new Error(`no diagram for ${part.type}`);
  }
}

function tokenBox(name: string): Rail {
  const literal = literalOf(name);
  if (literal !== null) return box(literal, 'literal');
  return box(name === 'EOF' ? 'end of text' : name, dialect.categories.includes(name) ? 'rule' : 'token');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #1d2733; background: #fff; }
h2 { font: 600 16px ui-monospace, monospace; margin: 2em 0 .4em; }
.scroll { overflow-x: auto; }
svg { display: block; }
svg path { fill: none; stroke: #5b6b7b; stroke-width: 1.5; }
svg rect { stroke: #5b6b7b; stroke-width: 1.2; }
svg text { font: 12px ui-monospace, monospace; text-anchor: middle; fill: #1d2733; }
.literal rect { fill: #e2f2e4; } .token rect { fill: #fdf0d5; } .rule rect { fill: #e3ecf8; }
a:hover rect { stroke: #1560bd; } code { font: 13px ui-monospace, monospace; } dt { margin-top: .8em; } dd { margin: 0 0 0 1.5em; }
nav a { margin-right: .8em; white-space: nowrap; }
`;

/** The grammar as a page of railroad diagrams, complete in itself. */
export function grammarHtml(of: Dialect = V1): string {
  dialect = of;
  const { categories, lexical, title } = dialect;
  const rules = rulesOf();
  const out = ['<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8">', `<title>${title}</title>`];
  out.push(`<style>${STYLE}</style>`, '</head>', '<body>', `<h1>${title}</h1>`);
  out.push('<p>Drawn from the rules that the parser runs. Green: itself. Yellow: a token. Blue: a rule, linked to its diagram.</p>');
  out.push(`<nav>${rules.map((rule) => `<a href="#${rule.name}">${rule.name}</a>`).join('\n')}</nav>`);
  for (const rule of rules) {
    const drawn = diagram(sequence((rule.definition as readonly Part[]).map(rail)));
    out.push(`<h2 id="${rule.name}">${rule.name}</h2>`, `<div class="scroll">${drawn}</div>`);
  }
  out.push('<h1>Groups of tokens</h1>', '<dl>');
  for (const name of categories) out.push(entry(name, members(name).join(' ')));
  out.push('</dl>', '<h1>Tokens</h1>', '<dl>');
  for (const name of lexical) out.push(entry(name, describe(name).slice(2, -2)));
  out.push('</dl>', '</body>', '</html>');
  return `${out.join('\n')}\n`;
}

function entry(name: string, text: string): string {
  const told = dialect.notes[name];
  const note = told === undefined ? '' : `<dd>${escapeXml(told)}</dd>`;
  return `<dt id="${name}"><b>${name}</b></dt><dd><code>${escapeXml(text)}</code></dd>${note}`;
}

if (import.meta.main) {
  const folder = new URL('../docs/grammar/', import.meta.url);
  writeFileSync(new URL('v1.ebnf', folder), grammarEbnf());
  writeFileSync(new URL('v1.html', folder), grammarHtml());
  writeFileSync(new URL('2019.ebnf', folder), grammarEbnf(DIALECT_2019));
  writeFileSync(new URL('2019.html', folder), grammarHtml(DIALECT_2019));
}
