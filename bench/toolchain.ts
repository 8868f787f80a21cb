/** Parsing and compiling, in this process. */
import { parse } from '../grammar/v1/parser.ts';
import { analyze } from '../src/analysis/analyze.ts';
import { compileText } from '../src/engine/toolchain.ts';

export interface ToolchainRow {
  readonly name: string;
  /** Milliseconds that one turn took. */
  readonly turn: () => number;
  /** What it is meant not to exceed, in ms. */
  readonly limit?: number;
}

const SMALL = '.products.filter(|p| p.stock < 3 && p.price > 10.0).map(|p| `{p.name}: {p.stock}`);';
const STATEMENT =
  'for (x in .list) { if (x.n > 10) { x.n -= 1; .log.push({at: x.n, text: `now {x.n}`}); } else { x.set("done", true); }; };\n';
const MEDIUM = STATEMENT.repeat(80);
const LARGE = STATEMENT.repeat(Math.ceil((1024 * 1024) / STATEMENT.length));

const PART = `set_type('Product{n}', {
  name: 'str',
  stock: 'int',
  label: |this| \`{this.name}: {this.stock}\`,
});
new_procedure('restock{n}', |name, count| {
  product = .products.find(|p| p.name == name);
  if (is_nil(product)) {
    product = Product{n}{name: name};
    .products.add(product);
  };
  product.stock += int(count);
  product.label();
});
total{n} = 0;
for (p in .products) {
  if (p.stock > 10 && p.name.starts_with('a')) {
    total{n} += p.stock;
  } else {
    .log.push({at: now(), text: \`{p.name} is low\`});
  };
};
`;
const LINES = 5000;
const SCRIPT = Array.from({ length: Math.ceil(LINES / PART.split('\n').length) }, (_, i) => PART.replaceAll('{n}', String(i))).join('');

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function repeated(times: number, work: () => unknown): () => number {
  return () =>
    timed(() => {
      for (let i = 0; i < times; i++) work();
    });
}

export const TOOLCHAIN_ROWS: readonly ToolchainRow[] = [
  { name: `parse a query of ${SMALL.length} bytes, 1000 times`, turn: repeated(1000, () => parse(SMALL)) },
  { name: `compile it, 1000 times`, turn: repeated(1000, () => compileText(SMALL)) },
  { name: 'parse 10 KB', turn: repeated(1, () => parse(MEDIUM)) },
  { name: 'compile 10 KB', turn: repeated(1, () => compileText(MEDIUM)) },
  { name: 'parse 1 MB', turn: repeated(1, () => parse(LARGE)) },
  { name: 'check a script of 5,000 lines, as an editor asks for it', turn: repeated(1, () => analyze(SCRIPT)), limit: 50 },
];
