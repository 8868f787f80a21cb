/** Names that were perhaps meant. */

/** In how many letters two names differ, swaps of neighbours counted once; more than `most` is told as `most + 1`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}

const key = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** What other languages call it. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  append: ['push', 'add'],
  concat: ['extend'],
  contains: ['has', 'test'],
  delete: ['del', 'remove'],
  endswith: ['ends_with'],
  foreach: ['each'],
  includes: ['has'],
  indexof: ['index_of'],
  isnull: ['is_nil'],
  length: ['len'],
  lenght: ['len'],
  print: ['log'],
  println: ['log'],
  push: ['add'],
  size: ['len'],
  startswith: ['starts_with'],
  string: ['str'],
  strip: ['trim'],
  throw: ['raise'],
  tolower: ['lower'],
  tolowercase: ['lower'],
  toupper: ['upper'],
  touppercase: ['upper'],
};

/** The name that is closest to one that was not found; null when none is close. */
export function nearName(name: string, candidates: Iterable<string>): string | null {
  const names = [...candidates];
  const most = name.length < 6 ? 1 : 2;
  const wanted = key(name);
  let found: string | null = null;
  let least = most + 1;
  for (const other of names) {
    if (other === name) continue;
    const steps = key(other) === wanted ? 0 : distance(name, other, most);
    // Of short names, most differ in little.
    if (steps > least || steps > most || steps * 2 >= Math.max(name.length, 3)) continue;
    // Of several that are as close, the first in the alphabet: the order of the names says nothing.
    if (steps === least && found !== null && found < other) continue;
    least = steps;
    found = other;
  }
  if (found !== null) return found;
  const meant = Object.hasOwn(ELSEWHERE, wanted) ? (ELSEWHERE[wanted] ?? []) : [];
  const there = meant.length === 0 ? null : new Set(names);
  return meant.find((other) => there?.has(other) === true) ?? null;
}
