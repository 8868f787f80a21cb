/** The source of an expression in JavaScript's syntax: without any flag, and without `i` above all, which knows letters beyond ASCII. */
import type { Node } from './ast.ts';

const escapeCode = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;

const PLAIN = /[A-Za-z0-9_ ,:;<>@#%&~'"=!]/;

function literal(text: string): string {
  let source = '';
  for (const char of text) source += PLAIN.test(char) ? char : escapeCode(char.charCodeAt(0));
  return source;
}

function setSource(low: Uint8Array): string {
  let ranges = '';
  let count = 0;
  for (let code = 0; code < 256; code++) {
    if (low[code] !== 1) continue;
    const start = code;
    while (code < 255 && low[code + 1] === 1) code++;
    count += code - start + 1;
    ranges += escapeCode(start) + (code > start ? `-${escapeCode(code)}` : '');
  }
  return count === 256 ? '[^]' : `[${ranges}]`;
}

const ASSERTS: Readonly<Record<string, string>> = {
  start: '^',
  'very-end': '$',
  end: '(?=\\n?$)',
  'line-start': '(?:^|(?<=\\n)(?=[^]))',
  'line-end': '(?=\\n|$)',
  word: '\\b',
  'no-word': '\\B',
};

const isAtom = (node: Node): boolean =>
  node.kind === 'set' || node.kind === 'group' || node.kind === 'byte' || (node.kind === 'chars' && node.text.length === 1);

/** The source of what a plan found possible. Groups are kept only when `groups` is set. */
export function toJavaScript(node: Node, groups: boolean): string {
  const source = (n: Node): string => toJavaScript(n, groups);
  switch (node.kind) {
    case 'chars':
      return literal(node.text);
    case 'set':
      return setSource(node.set.low);
    case 'byte':
      return '[^]';
    case 'sequence':
      return node.items.map((item) => (item.kind === 'alternatives' ? `(?:${source(item)})` : source(item))).join('');
    case 'alternatives':
      return node.items.map(source).join('|');
    case 'group':
      return `${groups ? '(' : '(?:'}${source(node.body)})`;
    case 'repeat': {
      const body = isAtom(node.body) ? source(node.body) : `(?:${source(node.body)})`;
      return body + quantifier(node.min, node.max) + (node.mode === 'lazy' ? '?' : '');
    }
    case 'assert':
      return ASSERTS[node.assert] as string;
    case 'look':
      return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${node.alternatives.map(source).join('|')})`;
    case 'empty':
      return '';
    default:
      throw new Error(`no JavaScript for ${node.kind}`);
  }
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (max === 1 && min === 0) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}
