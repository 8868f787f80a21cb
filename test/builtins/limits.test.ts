/**
 * Scripts that would take all memory or all time end with an error, and the server goes on: they run one after another in a process with a small heap.
 * `LIMITS_SECONDS=3 npx vitest run test/builtins/limits` lets those that only take time run on for so long.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MEMORY = -2;
const TOO_LARGE = -6;
const OPERATION = -63;

/** What makes a text of some megabytes. */
const LONG = "s = 'abcdefghijklmnop'; range(18).each(|| s += s); ";
const LIST = 'l = range(100000); ';

type Case = readonly [text: string, ...allowed: number[]];

const CASES: readonly Case[] = [
  ['range(INT_MAX)', OPERATION],
  ['range(INT_MIN, INT_MAX, 2)', OPERATION],
  ['while_ = 0; f = || f(); f()', OPERATION],
  ["s = 'a'; for (x in range(100)) s += s; nil", MEMORY],
  ["s = 'a'; for (x in range(100)) s = `{s}{s}`; nil", MEMORY],
  ["s = 'a'; for (x in range(100)) s = [s, s].join(''); nil", MEMORY],
  ["s = bytes('a'); range(100).each(|| s += s); nil", MEMORY],
  [`${LONG} kept = []; range(100000).each(|| kept.push(s.upper())); nil`, MEMORY, OPERATION],
  [`${LONG} kept = []; range(100000).each(|| kept.push(base64_encode(s))); nil`, MEMORY, OPERATION],
  [`${LONG} kept = []; range(100000).each(|x| kept.push(s.replace('a', str(x)))); nil`, MEMORY, OPERATION],
  [`${LONG} s.replace('a', s); nil`, MEMORY],
  [`${LONG} s.split('a').map(|| s.split('b')); nil`, MEMORY, OPERATION],
  [`${LONG} s.replace(/./, 'xxxxxxxxxxxxxxxxxxxxxxx').len(); nil`, MEMORY, OPERATION],
  [`${LONG} /./g.match(s); nil`, MEMORY, OPERATION],
  [`${LONG} for (x in range(100000)) s == s.lower(); nil`, OPERATION],
  [`${LONG} for (x in range(100000)) s + 'x' < s + 'y'; nil`, OPERATION],
  [`${LONG} for (x in range(100000)) (s + 'x')[0]; nil`, OPERATION],
  [`${LONG} for (x in range(100000)) (s + 'x').starts_with('b'); nil`, OPERATION],
  [`${LONG} range(1000).map(|| s)`, MEMORY, TOO_LARGE],
  [`${LONG} json_dump(range(1000).map(|| s))`, MEMORY, TOO_LARGE],
  [`${LONG} t = {}; t.a = range(1000).map(|| s); t.b = 1; json_dump(t, {deep: 2})`, MEMORY, TOO_LARGE],
  ['l = [1]; for (x in range(100)) l.extend(l); nil', MEMORY],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.copy())); nil`, MEMORY],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.map(|x| x + 0.5))); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.sort())); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.filter(|| true))); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l[0:90000])); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.reverse())); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(range(100000))); nil`, MEMORY, OPERATION],
  [`${LIST} kept = []; range(100000).each(|| kept.push(l.map(|x| str(x)).join(','))); nil`, MEMORY, OPERATION],
  [`${LIST} s = json_dump(l); kept = []; range(100000).each(|| kept.push(json_load(s))); nil`, MEMORY, OPERATION],
  [`${LIST} s = l.map(|x| str(x)).join(','); kept = []; range(100000).each(|| kept.push(s.split(','))); nil`, MEMORY, OPERATION],
  [`${LIST} for (x in range(100000)) l.sort(|a, b| b - a); nil`, OPERATION],
  [`${LIST} for (x in range(100000)) l.sort(); nil`, OPERATION],
  [`${LIST} m = l.copy(); for (x in range(100000)) l == m; nil`, OPERATION],
  ['l = [1]; for (x in range(40)) l = [l, l]; m = [1]; for (x in range(40)) m = [m, m]; l == m', OPERATION],
  ['l = [1]; for (x in range(40)) l = [l, l]; l.flat(50).len()', MEMORY, OPERATION],
  ['t = {n: 1}; for (x in range(40)) t = {a: t, b: t}; t.copy(100); nil', OPERATION, 0],
  ['t = {n: 1}; for (x in range(40)) t = {a: t, b: t}; t.equals(t.copy(1), 100); nil', OPERATION, 0],
  ['t = {n: 1}; for (x in range(40)) t = {a: t, b: t}; return t, 100', TOO_LARGE, MEMORY, OPERATION],
  ['s = set(); range(50000).each(|| s.add({})); kept = []; range(100000).each(|| kept.push(s | s)); nil', MEMORY, OPERATION],
  ['s = set(); range(50000).each(|| s.add({})); for (x in range(100000)) s - s; nil', OPERATION],
  ['s = set(); range(50000).each(|| s.add({})); for (x in range(100000)) s <= s; nil', OPERATION],
  ['range(100000).each(|x| range(100000).each(|y| x + y)); nil', OPERATION],
  ['t = {}; range(100000).each(|x| range(100).each(|y| t[`{x}-{y}`] = x)); nil', MEMORY, OPERATION],
  ["range(100000).each(|| randstr(1000)); kept = []; range(100000).each(|| kept.push(randstr(100000, 'ab'))); nil", MEMORY, OPERATION, -60],
  ["/(a+)+\\1$/.test(range(10000).map(|| 'a').join('') + 'b')", OPERATION],
  ["s = range(20000).map(|| 'a').join('') + 'b'; for (x in range(100000)) /^(a+)+$/.test(s); nil", OPERATION],
  ["s = range(20000).map(|| 'a').join('') + 'b'; for (x in range(100000)) s.replace(/(a|aa)+$/, ''); nil", OPERATION],
  ["closure(range(100000).map(|| '(').join('')); nil", -52, OPERATION],
  ["json_load(range(100000).map(|| '[').join('')); nil", -60, OPERATION],
  // What is stored stays, so this is the last.
  ['.all = []; range(100000).each(|x| range(1000).each(|y| .all.push({x:, y:}))); nil', MEMORY, OPERATION],
];

/** Where only the memory may end a script, it has time to fill it. */
const lineOf = ([text, ...allowed]: Case): string => JSON.stringify({ text, limit: allowed.includes(OPERATION) ? 'short' : 'long' });

function codes(cases: readonly Case[]): Promise<number[]> {
  const child = fileURLToPath(new URL('./limits-child.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const running = execFile(process.execPath, ['--max-old-space-size=300', child], (error, out, err) => {
      if (error !== null) reject(new Error(`${out}\n${err}`, { cause: error }));
      else resolve(out.trim().split('\n').map(Number));
    });
    running.stdin?.end(cases.map((one) => `${lineOf(one)}\n`).join(''));
  });
}

it('runaway scripts end with an error, one after another', { timeout: 300_000 }, async () => {
  const found = await codes([...CASES, ['1 + 1;', 0]]);
  const wrong = CASES.flatMap(([text, ...allowed], i) => (allowed.includes(found[i] as number) ? [] : [`${text}: ${found[i]}`]));
  expect(wrong).toEqual([]);
  // It still answers.
  expect(found.at(-1)).toBe(0);
});
