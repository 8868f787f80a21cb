/**
 * Writes docs/grammar/v1.ebnf and docs/grammar/v1.html, both from the rules that the parser runs.
 *
 *     node scripts/grammar-docs.ts
 */
import { writeFileSync } from 'node:fs';
import { EOF, type ISerializedGast, Lexer, type TokenType } from 'chevrotain';
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

const types = new Map<string, TokenType>([...tokens.vocabulary, EOF].map((type) => [type.name, type]));

/** Tokens whose pattern is a function: what they look like, in the notation of regular expressions. */
const scanned: Readonly<Record<string, string>> = {
  String: `('[^']*')+ | ("[^"]*")+`,
  Regex: '/ (anything but a line break, up to the first slash without a backslash before it) / [a-z]*',
  TemplateText: '([^`{}] | `` | {{ | }})+',
  BlockComment: String.raw`/\* (anything, up to the first) \*/`,
};

const lexical = ['Name', 'Int', 'Float', 'String', 'Regex', 'TemplateText', 'Whitespace', 'LineComment', 'BlockComment'];
const categories = ['Identifier', 'Constant', 'Numeric', 'Sign', 'PrefixOperator', 'BinaryOperator', 'AssignOperator', 'Access', 'Jump'];

const notes: Readonly<Record<string, string>> = {
  Name: 'at most 255 bytes; never a keyword where that may stand',
  Int: 'no letter, digit, underscore or point directly behind it',
  Float: 'no letter, digit, underscore or point directly behind it; "inf" and "nan" are floats too',
  Regex: 'only where an operand may stand',
  Whitespace: 'allowed between tokens, as comments are',
  TemplateText: 'white space and comments at its start are text as well',
  Identifier: 'a keyword is a name wherever it cannot be itself',
  Sign: 'part of a number only with a digit directly behind it',
  BinaryOperator: `from the tightest to the loosest, all from left to right: ${PRECEDENCE.map((group) => group.join(' ')).join(' ; ')}`,
};

const patternOf = (type: TokenType): string => (typeof type.PATTERN === 'string' ? type.PATTERN : '');

/** The literal text of a token, or null for one that is a pattern or a category. */
function literalOf(name: string): string | null {
  const type = types.get(name);
  if (type === undefined || type === EOF || type.PATTERN === Lexer.NA) return null;
  if (typeof type.PATTERN === 'string') return type.PATTERN;
  const keyword = type.PATTERN instanceof RegExp ? /^([a-z]+)\(\?!/.exec(type.PATTERN.source) : null;
  return keyword?.[1] ?? null;
}

const members = (category: string): string[] => {
  const all = [...types.values()].filter((type) => type.CATEGORIES?.some((parent) => parent.name === category));
  const names = all.map((type) => (literalOf(type.name) === null ? type.name : quote(literalOf(type.name) as string)));
  return category === 'BinaryOperator' ? PRECEDENCE.flat().map(quote) : names;
};

const quote = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`);

/** The rules of the grammar, each where it is first referred to. */
function rulesOf(): Rule[] {
  const all = new Map(new LeanParser().getSerializedGastProductions().map((rule) => [(rule as Part).name ?? '', rule as unknown as Rule]));
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

const NOTATION = `(* The grammar of the language, written from the parser's rules by scripts/grammar-docs.ts.

   "text"   itself                 Name     a token, below
   [ a ]    a or nothing           { a }    a, any number of times
   a | b    a or b                 ( a )    a group

   A statement takes as much as it can. Source text is bytes; a zero byte ends it. *)
`;

/** The grammar in EBNF. */
export function grammarEbnf(): string {
  const lines = [NOTATION, '(* Rules *)', ''];
  for (const rule of rulesOf())
    lines.push(`${rule.name} = ${wrapped(ebnfAll(rule.definition as readonly Part[]), rule.name.length + 3)} ;`);
  lines.push('', '(* Groups of tokens *)', '');
  for (const name of categories) lines.push(...noted(name), `${name} = ${wrapped(members(name).join(' | '), name.length + 3)} ;`);
  lines.push('', '(* Tokens, as regular expressions *)', '');
  for (const name of lexical) lines.push(...noted(name), `${name} = ${describe(name)} ;`);
  return `${lines.join('\n')}\n`;
}

const noted = (name: string): string[] => (notes[name] === undefined ? [] : [`(* ${notes[name]} *)`]);

function describe(name: string): string {
  const type = types.get(name);
  const pattern = type?.PATTERN instanceof RegExp ? type.PATTERN.source : scanned[name];
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
  return box(name === 'EOF' ? 'end of text' : name, categories.includes(name) ? 'rule' : 'token');
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
export function grammarHtml(): string {
  const rules = rulesOf();
  const out = ['<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8">', '<title>Grammar of the language</title>'];
  out.push(`<style>${STYLE}</style>`, '</head>', '<body>', '<h1>Grammar of the language</h1>');
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
  const note = notes[name] === undefined ? '' : `<dd>${escapeXml(notes[name])}</dd>`;
  return `<dt id="${name}"><b>${name}</b></dt><dd><code>${escapeXml(text)}</code></dd>${note}`;
}

if (import.meta.main) {
  const folder = new URL('../docs/grammar/', import.meta.url);
  writeFileSync(new URL('v1.ebnf', folder), grammarEbnf());
  writeFileSync(new URL('v1.html', folder), grammarHtml());
}
