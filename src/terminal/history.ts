/** Texts that were entered before: in the order of time, in a file that several processes may add to. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How many texts are kept. */
const MOST = 1000;
/** The file is cut when it has so many. */
const MOST_IN_FILE = 2 * MOST;

/** A line of the file is a text as a JSON string; what is none was written by someone else, and is passed over. */
function textOf(line: string): string[] {
  try {
    const text: unknown = JSON.parse(line);
    return typeof text === 'string' && text !== '' ? [text] : [];
  } catch {
    return [];
  }
}

const lineOf = (text: string): string => `${JSON.stringify(text)}\n`;

export class History {
  private readonly texts: string[] = [];
  private readonly path: string | null;
  private readonly onProblem: (problem: string) => void;
  private hasFailed = false;

  /** With a path, texts are read from there and added there; a file that cannot be used is told of once, and done without. */
  constructor(path: string | null = null, onProblem: (problem: string) => void = () => {}) {
    this.path = path;
    this.onProblem = onProblem;
    if (path !== null) this.attempt(() => this.read(path));
  }

  get length(): number {
    return this.texts.length;
  }

  /** All texts, the oldest first. */
  get all(): readonly string[] {
    return this.texts;
  }

  /** The text that was entered as the `index`th; undefined beyond the last. */
  at(index: number): string | undefined {
    return this.texts[index];
  }

  /** Adds a text that is not the same as the last. */
  add(text: string): void {
    if (text.trim() === '' || text === this.texts.at(-1)) return;
    this.texts.push(text);
    if (this.texts.length > MOST) this.texts.shift();
    const { path } = this;
    if (path !== null) this.attempt(() => appendFileSync(path, lineOf(text), { mode: 0o600 }));
  }

  /** The last text before `index` that contains the words; -1 when there is none. */
  searchBack(words: string, index: number): number {
    for (let i = Math.min(index, this.texts.length) - 1; i >= 0; i--) if (this.texts[i]?.includes(words) === true) return i;
    return -1;
  }

  /** The first text behind `index` that contains the words; -1 when there is none. */
  searchOn(words: string, index: number): number {
    return this.texts.findIndex((text, i) => i > index && text.includes(words));
  }

  private read(path: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) return;
    const found = readFileSync(path, 'utf8').split('\n').flatMap(textOf);
    this.texts.push(...found.slice(-MOST));
    if (found.length <= MOST_IN_FILE) return;
    writeFileSync(`${path}.new`, this.texts.map(lineOf).join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  private attempt(action: () => void): void {
    if (this.hasFailed) return;
    try {
      action();
    } catch (error) {
      this.hasFailed = true;
      this.onProblem(error instanceof Error ? error.message : String(error));
    }
  }
}
