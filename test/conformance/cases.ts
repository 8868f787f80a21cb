/** The cases and the list of accepted deviations. */
import { readFileSync } from 'node:fs';
import type { Typed } from './typed.ts';

export const FAMILIES = ['core', 'lists', 'scalars', 'things', 'types', 'system'] as const;
export type Family = (typeof FAMILIES)[number];

export interface Step {
  readonly code: string;
  readonly scope?: string;
  /** JSON text of the variables, kept as text: a number with a point is a float. */
  readonly vars?: string;
  readonly auth?: readonly [string, string];
  readonly token?: string;
  readonly ok?: Typed;
  readonly err?: number;
}

export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Texts of the values under the key `vars`, in order: JSON.parse would lose the difference between 1 and 1.0. */
function varsTexts(line: string): string[] {
  const texts: string[] = [];
  let inString = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
      continue;
    }
    if (c !== '"') continue;
    if (line.startsWith('"vars": ', i)) {
      const end = endOfValue(line, i + 8);
      texts.push(line.slice(i + 8, end));
      i = end - 1;
    } else inString = true;
  }
  return texts;
}

function endOfValue(line: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < line.length; i++) {
    const c = line[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return line.length;
}

export function loadCases(family: Family): Case[] {
  const text = readFileSync(new URL(`./cases/${family}.json`, import.meta.url), 'utf8');
  const cases: Case[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim().replace(/,$/, '');
    if (!line.startsWith('{')) continue;
    const parsed = JSON.parse(line) as { name: string; steps: (Omit<Step, 'vars'> & { vars?: unknown })[] };
    const vars = varsTexts(line);
    const steps = parsed.steps.map((step) => {
      const { vars: given, ...rest } = step;
      return given === undefined ? rest : { ...rest, vars: vars.shift() as string };
    });
    cases.push({ name: parsed.name, steps });
  }
  return cases;
}

export interface Deviation {
  readonly reason: string;
  readonly cases: readonly string[];
}

/** Case to reason, from the project's list of deviations. */
export function loadDeviations(): Map<string, string> {
  const list = JSON.parse(readFileSync(new URL('./deviations.json', import.meta.url), 'utf8')) as Deviation[];
  return new Map(list.flatMap(({ reason, cases }) => cases.map((name) => [name, reason] as const)));
}
