/** Random source texts that parse, for property tests. */
import fc from 'fast-check';

const word = fc.constantFrom('a', 'b', 'foo', 'x1', '_', 'Person', 'else', 'in', 'this');
const anyWord = fc.oneof(word, fc.constantFrom('if', 'for', 'return', 'nil', 'true', 'inf', 'break'));
/** Between tokens. */
const gap = fc.oneof(
  { weight: 8, arbitrary: fc.constant(' ') },
  fc.constantFrom('', '\n', '\n\n', '\t', ' /* c */ ', ' // c\n', '\n// d\n\n'),
);

const number = fc.oneof(
  fc.constantFrom('0', '7', '-7', '+7', '0x1f', '0b11', '0o17', '9223372036854775807', '99999999999999999999'),
  fc.constantFrom('1.5', '.5', '-2.5e+3', 'inf', 'nan'),
);
const text = fc.constantFrom("''", "'it''s'", '"a"', '"b\n"', "'{'", "'// x'", "'\xc3\xa9'");
const regex = fc.constantFrom('/a/', '/a b/i', '/\\//');
const templateText = fc.constantFrom('', 'a', ' ', '{{', '}}', '``', '\n', 'a // ', '/* x */');
const binaryOp = fc.constantFrom('*', '/', '%', '+', '-', '<<', '>>', '&', '^', '|', '<', '>', '==', '!=', '<=', '>=', '&&', '||');
const assignOp = fc.constantFrom('=', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|=');
const prefix = fc.constantFrom('!', '-', '+', '~', '!!', '~-', '- ', '! ', '~~!-');

type Text = fc.Arbitrary<string>;
const cat = (...parts: readonly (Text | string)[]): Text =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''));
const many = (item: Text, separator: string, minLength = 0): Text =>
  fc.array(cat(gap, item, gap), { minLength, maxLength: 3 }).map((items) => items.join(separator));

type Texts = {
  readonly statement: string;
  readonly chain: string;
  readonly primary: string;
  readonly link: string;
  readonly operand: string;
};

const { statement } = fc.letrec<Texts>((tie) => {
  const all = tie('statement');
  const chain = tie('chain');
  const fields = many(fc.oneof(cat(anyWord, gap, ':', gap, all), cat(anyWord, ':')), ',');
  const block = cat('{', many(all, ';', 1), ';}');
  return {
    link: fc.oneof(
      cat(fc.constantFrom('.', '..', ' .', '\n.'), anyWord),
      cat('.', anyWord, '(', many(all, ','), ')'),
      cat('[', gap, all, ']'),
      cat('[', fc.constantFrom('', '1', 'a'), ':', fc.constantFrom('', '2', 'b:', ':-1'), ']'),
    ),
    primary: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      word,
      cat(number, ' '),
      text,
      regex,
      fc.constantFrom('nil', 'true', 'false'),
      cat('`', templateText, '{ ', gap, all, gap, '}', templateText, '`'),
      cat(word, '(', many(all, ','), ')'),
      cat('[', many(all, ','), ']'),
      cat('{', fields, '}'),
      cat('&{', fields, '}'),
      cat(word, '{', fields, '}'),
      cat(word, '{', anyWord, '}'),
      cat(word, '{||', gap, all, '}'),
      cat('(', gap, all, gap, ')'),
    ),
    chain: fc.oneof(
      cat(tie('primary'), tie('link')),
      cat(tie('primary'), tie('link'), tie('link'), tie('link'), tie('link')),
      cat('.', anyWord, tie('link')),
      tie('primary'),
    ),
    operand: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      tie('primary'),
      chain,
      cat(prefix, chain),
      block,
      cat('|', fc.constantFrom('', 'a', 'a, b', 'if,nil', 'a,'), '|', gap, all),
      cat('if', gap, '(', all, ')', gap, all),
      cat('if (', all, ')', gap, block, gap, 'else ', gap, all),
      cat('for', gap, '(', word, ' in ', all, ')', gap, all),
      cat('for (x, y in l) {', all, '; if (x) break; continue; }'),
    ),
    statement: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      tie('operand'),
      cat(tie('operand'), ' ', binaryOp, ' ', gap, tie('operand')),
      cat(tie('operand'), ' ', binaryOp, ' ', tie('operand'), ' ', binaryOp, ' ', gap, tie('operand')),
      cat(tie('operand'), gap, '?', gap, all, gap, ':', gap, all),
      cat(word, gap, assignOp, ' ', all),
      cat('.', anyWord, gap, assignOp, ' ', all),
      cat(word, '[', all, ']', gap, assignOp, ' ', all),
      cat('{ return', fc.constantFrom('', ' 1', ' a, 2', ' {}, 1, 2'), '; }'),
    ),
  };
});

/** Texts of some statements. */
export const sourceText: Text = fc.array(cat(gap, statement, gap), { maxLength: 4 }).map((all) => all.join(';'));
