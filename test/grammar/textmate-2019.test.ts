/** The grammar for colours of the 2019 dialect against its lexer, run by what editors run it with. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { IToken } from 'chevrotain';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { tokenize } from '../../grammar/2019/lexer.ts';
import * as t from '../../grammar/2019/tokens.ts';
import { cases2019 } from '../dialect-2019/cases.ts';
import { program, source } from '../dialect-2019/programs.ts';

const FILE = new URL('../../grammar/2019/thingsdb-2019.tmLanguage.json', import.meta.url);
const SUFFIX = '.thingsdb-2019';

let grammar: IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(FILE, 'utf8'), 'grammar.json')),
  });
  const loaded = await registry.loadGrammar('source.thingsdb-2019');
  if (loaded === null) throw new Error('no grammar');
  grammar = loaded;
});

/** The innermost scope of each character of a text, without its suffix. */
function scopes(text: string): string[] {
  const found: string[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes: stack } of tokens) {
      const scope = stack.at(-1) ?? '';
      for (let at = startIndex; at < Math.min(endIndex, line.length); at++)
        found.push(scope.endsWith(SUFFIX) ? scope.slice(0, -SUFFIX.length) : scope);
    }
    found.push('');
  }
  return found;
}

/** What a token of the lexer may be coloured as. */
function wanted(token: IToken, next: IToken | undefined): RegExp {
  const { tokenType, image } = token;
  switch (tokenType) {
    case t.StringText:
      return /^string\.quoted|^constant\.character\.escape/;
    case t.Regex:
      return /^string\.regexp|^punctuation\.definition\.string\.end|^keyword\.other/;
    case t.Int:
      return /^constant\.numeric\.integer$/;
    case t.Float:
      return /inf|nan/.test(image) ? /^constant\.language\.float$/ : /^constant\.numeric\.float$/;
    case t.Temp:
      return /^variable\.other\.readwrite$/;
    case t.Nil:
    case t.True:
    case t.False:
      return /^constant\.language$|^variable\.other\.property$|^entity\.name\.function\.member$/;
    case t.Name:
      return next?.tokenType === t.LParen ? /^entity\.name\.function/ : /^variable\.(?:other\.property|parameter)$/;
    case t.Arrow:
      return /^storage\.type\.function\.arrow$/;
    case t.Bang:
      return /^keyword\.operator\.logical$/;
    case t.Dot:
      return /^punctuation\.accessor$/;
    default:
      if (tokenType.CATEGORIES?.includes(t.AssignOperator) === true) return /^keyword\.operator\.assignment$/;
      if (tokenType.CATEGORIES?.includes(t.BinaryOperator) === true)
        return /^keyword\.operator\.(?:comparison|logical|bitwise|arithmetic)$/;
      return /^punctuation|^keyword\.operator\.ternary$/;
  }
}

/** The tokens that are coloured as something else than they are. */
function misses(text: string): string[] {
  const { tokens, comments } = tokenize(text);
  const found = scopes(text);
  const wrong = tokens.slice(0, -1).flatMap((token, i) => {
    // Behind a sign stands the number itself.
    const at = token.startOffset + token.image.length - 1;
    const scope = found[at] ?? '';
    return wanted(token, tokens[i + 1]).test(scope) ? [] : [`${token.image} in ${text}: ${scope}`];
  });
  const inside = comments.filter(({ start }) => !/^comment/.test(found[start] ?? ''));
  return [...wrong, ...inside.map(({ text: comment }) => comment)];
}

describe('the colours of the 2019 dialect', () => {
  it('are those of the tokens in all acceptance cases', () => {
    const texts = cases2019.flatMap(({ steps }) => steps).filter(({ err }) => err !== 'QUERY_ERROR');
    expect(texts.length).toBeGreaterThan(350);
    for (const { code } of texts) expect(misses(code)).toEqual([]);
  });

  it('are those of the tokens in random programs', () => {
    const below = source(7);
    for (let i = 0; i < 1000; i++) expect(misses(program(below))).toEqual([]);
  });

  it.each([
    ['/* a */ x', 'comment.block', 0],
    ['a.b', 'variable.other.property', 2],
    ['a, b => c', 'variable.parameter', 0],
    ['a, b => c', 'variable.parameter', 3],
    ['a, b => c', 'variable.other.property', 8],
    ['(8 / 2 / 2)', 'keyword.operator.arithmetic', 3],
    ['(8 // 2 // 2)', 'constant.numeric.integer', 6],
    ['x.test(/a b/i)', 'string.regexp', 8],
    ['x = /a\\/b/;', 'string.regexp', 8],
    ['{nil: 1}', 'variable.other.property', 1],
    ['(a) ? nil : b', 'constant.language', 6],
    ["'it''s'", 'constant.character.escape', 3],
    ['$tmp', 'variable.other.readwrite', 1],
    ["'two\nlines'", 'string.quoted.single', 6],
  ])('%j: %s', (text, scope, at) => {
    expect(scopes(text)[at]).toBe(scope);
  });
});
