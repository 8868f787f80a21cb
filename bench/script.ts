/** A script as an application grows one: types, enumerators, procedures, tasks, loops, comments and texts, mixed. */

const PARTS: readonly string[] = [
  `// --- products {n} ---
set_enum('State{n}', {OPEN: 1, PAID: 2, SENT: 3});
set_type('Product{n}', {
  name: 'str<1:80>',
  price: 'float<0:10000>',
  stock: 'uint',
  tags: '[str]',
  label: |this| \`{this.name} at {this.price}\`,
  is_low: |this, least| this.stock < least,
});
`,
  `/* An order holds its lines by value, so that a
   price may change later. */
set_type('Line{n}', {product: 'Product{n}?', count: 'pint', price: 'float'});
set_type('Order{n}', {
  id: '#',
  state: 'State{n}',
  lines: '[Line{n}]',
  created: 'datetime',
  total: |this| this.lines.reduce(|sum, line| sum + line.count * line.price, 0.0),
});
`,
  `new_procedure('add_product{n}', |name, price, stock| {
  "Adds a product; fails when there is one of that name.";
  raise_if_known = .products.find(|p| p.name == name);
  if (raise_if_known) {
    raise(\`there is a product named {name} already\`);
  };
  product = Product{n}{
    name:,
    price: float(price),
    stock: int(stock),
    tags: name.lower().split(' '),
  };
  .products.push(product);
  product.id();
});
`,
  `new_procedure('restock{n}', |lines, limit| {
  failed = [];
  for (line in lines) {
    product = .products.find(|p| p.name == line.name);
    if (is_nil(product)) {
      failed.push({name: line.name, reason: 'unknown'});
      continue;
    };
    if (product.stock + line.count > limit) {
      failed.push({name: line.name, reason: \`more than {limit}\`});
    } else {
      product.stock += line.count;   // counted when it is unpacked
    };
  };
  failed;
});
`,
  `new_procedure('report{n}', |from, to| {
  orders = .orders
    .filter(|o| o.created >= datetime(from) && o.created < datetime(to))
    .sort(|a, b| a.created < b.created ? -1 : 1);
  by_state = {};
  orders.each(|o| {
    key = o.state.name();
    by_state[key] = by_state.get(key, 0) + 1;
  });
  return {
    count: orders.len(),
    by_state: by_state,
    best: orders.map(|o| o.total()).sort()[-1],
    names: orders.map(|o| o.lines.map(|l| l.product.name)).flat().unique(),
  }, 3;
});
`,
  `
count{n} = 0;
limits{n} = {low: 3, high: 500, factor: 1.25};
for (key, value in limits{n}) {
  if (!is_int(value) || value < 0) {
    count{n} -= 1;
  } else if (key.starts_with('l') && value != 7) {
    count{n} += value * 2;
  } else {
    count{n} += range(value).filter(|x| x % 3 == 0).map(|x| x * x).sum();
  };
};
.settings.set('count{n}', count{n});
`,
  `clean{n} = |text| {
  words = text.trim().lower().replace(/[^a-z0-9 ]+/, '').split(' ');
  words = words.filter(|w| w.len() > 2).map(|w| w.upper());
  return words.len() ? words.join('-') : 'none';
};
assert(clean{n}('  Some Text, and {{more}}  ') == 'SOME-TEXT-AND-MORE');
task(datetime().move('days', 1), |task, n| {
  wse();
  .log.push(\`task {task.id()} ran with {n} at {datetime()}\`);
  task.again_in('hours', 12);
}, [{n}]);
`,
  `first{n} = try(.products[0].stock, lookup_err());
result{n} = is_err(first{n}) ? 0 : first{n};
mapped{n} = [1, 2, 3].map(|x| [x, x + result{n}, (x << 2) & 0xff]);
.matrix{n} = mapped{n}.map(|row| row.map(|cell| cell * 0.5));
http{n} = {url: 'https://example.org/{n}', headers: [['Accept', 'application/json']], retries: 3};
future(|| {
  .last_url = http{n}.url;
}).then(|| .done_{n} = true).else(|err| log(err.msg()));
`,
];

/** A script of at least so many lines. */
export function longScript(lines: number): string {
  let text = '';
  for (let n = 0; text.split('\n').length <= lines; n++) for (const part of PARTS) text += part.replaceAll('{n}', String(n));
  return text;
}
