/** `docs/dialect-2019.md`: the 2019 dialect for those who use it, with all its functions, made from their rows. */
import { rows2019 } from '../src/builtins/dialect-2019/registry.ts';
import { isFunction2019, name2019, ownName2019, signature2019, title2019 } from '../src/builtins/dialect-2019/words.ts';
import type { Row } from '../src/builtins/row.ts';
import { ERRORS_2019 } from '../src/wire/errors-2019.ts';

/** Rows that no text can call are for programs alone. */
const shown = rows2019.filter((row) => !ownName2019(row).startsWith('.'));
const isOfRoot = (row: Row): boolean => row.scopes?.includes('thingsdb') === true;

function section(row: Row): string {
  const title = title2019(row);
  const form = name2019(row) === ownName2019(row) ? '' : ', for several';
  const right = row.changes !== undefined || row.right !== undefined ? ' Needs the privilege `MODIFY`.' : '';
  const parts = [`### ${title}${form}`, `    ${signature2019(row)}`, row.doc + right];
  if (row.example !== '') parts.push(`\`\`\`\n${row.example}\n\`\`\``);
  return parts.join('\n\n');
}

const operator = (row: Row): string => `| \`${ownName2019(row).replaceAll('|', '\\|')}\` | ${row.doc} |`;

/** The text of the page. */
export function dialect2019Page(): string {
  const operators = shown.filter((row) => !isFunction2019(row));
  const functions = shown.filter(isFunction2019);
  const errors = [...ERRORS_2019].map(([name, code]) => `| \`${name}\` | ${code} |`).join('\n');
  return `# The 2019 dialect

<!-- Written by \`npm run docs\` from the rows in src/builtins/dialect-2019. -->

${ABOUT}

## Operators

Loosest last; operators of one line group to the left: \`* / // %\`, \`+ -\`, \`&\`, \`^\`, \`|\`, \`< > == != <= >=\`, \`&&\`, \`||\`.

| operator | |
|---|---|
${operators.map(operator).join('\n')}

## Functions of collections

Without a receiver, a function on a thing works on the root of the collection: \`del('a')\`. Behind \`// =>\` is the result of the last statement as JSON. The examples
come with one blob, \`alpha\`. A wrong number or type of arguments is \`BAD_REQUEST\`, a receiver that lacks the function \`INDEX_ERROR\`.

${functions
  .filter((row) => !isOfRoot(row))
  .map(section)
  .join('\n\n')}

## Functions of the root

The root knows literals, \`!\`, operations in parentheses and these functions, and the names \`READ\` 1, \`MODIFY\` 3, \`WATCH\` 4, \`GRANT\` 11, \`FULL\` 15, and \`DEBUG\` 0, \`INFO\` 1,
\`WARNING\` 2, \`ERROR\` 3, \`CRITICAL\` 4.

${functions.filter(isOfRoot).map(section).join('\n\n')}

## Errors

| name | code |
|---|---|
${errors}
`;
}

const ABOUT = `The language and the protocol of February 2019, beside those of today on the same server and the same data. A collection can be asked in both.

## Running and asking

Scripts whose names end in \`.t19\` are in the dialect; \`--dialect 2019\` says so for any other.

\`\`\`console
$ thingsc run lamps.t19
$ thingsc query --dialect 2019 -c stuff -q "lamp = blob(0); lamp" -b lamp.png
$ thingsc query --dialect 2019 -c 0 -q "users();"
$ thingsc fmt --write lamps.t19
$ thingsc check lamps.t19
\`\`\`

The checker ([check.md](check.md)) and editors ([editors.md](editors.md)) know the dialect, and so do \`compile\`, \`disasm\`, \`ast\`, \`test\` ([testing.md](testing.md#the-2019-dialect)), \`profile\`, \`debug\`, \`repl\` and \`run --trace\`. \`-s 0\` runs a script in the root.

Clients of that year connect to the port of all others: a log-in in QPack makes a connection one of 2019. A query whose payload is a map (\`query\`, \`target\`, \`blobs\`) is in
the dialect on any connection, in MessagePack. The target is the name or id of a collection, or 0 for the root, which is meant when it is left out. The answer has
one result for each statement; clients unwrap that of a single statement. When a statement fails, the error is the answer, and what statements before it changed stays.

Over HTTP (\`http_api_port\`, see [http.md](http.md)) a POST to \`/2019\` asks with the same map, as JSON or MessagePack. The result of a single statement comes unwrapped, an error as
\`{"error_msg": ..., "error_code": ...}\`, where the code is 204 less than that of the table of errors (-1 for \`INTERNAL_ERROR\`).

\`\`\`console
$ curl -s -u admin:pass -H 'Content-Type: application/json' -d '{"query": "(5 / 2)", "target": "stuff"}' http://127.0.0.1:9210/2019
2.5
\`\`\`

## Watching

A request of type 48, with a map of \`collection\` and \`things\` (an array of ids), watches things; 49 ends that. Packages without a request follow: 16 with the thing as it is,
17 with the jobs of each change, 18 when the thing is gone. It needs the privilege \`WATCH\`, and nothing else.

Clients of today have the same by the requests 35 and 36, an array of a scope and ids of things; what follows are packages of the types 1 to 3, with \`change\` in place of
\`event\` and \`operations\` in place of \`jobs\`.

## Quotas

\`set_quota(collection, quota, limit)\` limits what a collection may hold, and holds for queries in either dialect; what goes beyond is \`MAX_QUOTA_ERROR\`, in the language of today
\`max_quota_err\` (-57). As many as the limit are allowed: \`things\` that are stored, the root among them; \`properties\` of one thing; items of one array (\`array_size\`); bytes of a query, and of each
text that comes with it (\`raw_size\`).

## Moving on

\`thingsc migrate lamps.t19 -o lamps.ti\` translates a script to the language of today. What has no exact counterpart is marked by a comment and told with its place: attributes, quotas,
blobs, several results, arrays of things, and functions of the root whose answers have other keys. Where the type of a value decides and the script does not tell it, the
common case is taken: \`find\` is on an array, an index is one of an array, and \`==\` compares no arrays.

## The language

- Statements are separated by \`;\`, and each gives a result. Comments are \`/* ... */\`.
- A name is a property of the collection's root, or an argument of an arrow function around it. \`$name\` is a variable that lives as long as the query.
- Operators stand in parentheses: \`(1 + 2)\`, and \`(a > b) ? a : b\`. An assignment gives nil: \`= += -= *= /= //= %= &= ^= |=\`.
- \`x => (x + 1)\` and \`x, i => i\` are arrow functions; on a thing they get names and values.
- An index is a number: \`list[0]\`, \`list[-1]\`. That of a raw gives a byte as an int.
- False are nil, false, 0, 0.0, and what is empty of raws and arrays. Things are true.
- An array holds things or other values, never both, and an array in an array cannot be changed. Strings are \`'it''s'\` or \`"it's"\`, regular expressions \`/text/i\`.
- A result shows a thing with its properties; things in it are ids (\`{"#": 5}\`). A thing that is not stored has the id 0.
- Attributes (\`set\`, \`get\`) are kept with a thing, and shown by \`get\` and to those who watch.`;
