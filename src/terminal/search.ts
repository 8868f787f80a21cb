/** A search through the history while it is being typed. */
import type { History } from './history.ts';
import type { Styled } from './layout.ts';

export class Search {
  private readonly history: History;
  private words = '';
  private hasFailed = false;
  /** Which text is shown; the length of the history for none yet. */
  index: number;

  constructor(history: History) {
    this.history = history;
    this.index = history.length;
  }

  get prompt(): Styled {
    const what = this.hasFailed ? 'no match for' : 'search';
    return { text: `${what} "${this.words}": `, style: this.hasFailed ? '33' : '36' };
  }

  /** The text that was found; null while there is none. */
  get found(): { readonly text: string; readonly cursor: number } | null {
    const text = this.history.at(this.index);
    return text === undefined ? null : { text, cursor: text.indexOf(this.words) };
  }

  /** Adds to what is searched for. The text that is shown may still be right. */
  type(text: string): void {
    this.words += text;
    this.take(this.history.searchBack(this.words, this.index + 1));
  }

  deleteBefore(): void {
    this.words = this.words.slice(0, -1);
    this.take(this.history.searchBack(this.words, this.history.length));
  }

  older(): void {
    this.take(this.history.searchBack(this.words, this.index));
  }

  newer(): void {
    this.take(this.history.searchOn(this.words, this.index));
  }

  private take(index: number): void {
    this.hasFailed = index < 0;
    if (index >= 0) this.index = index;
  }
}
