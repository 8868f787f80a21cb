/** All functions and methods, with a search. */
import type { ReferenceEntry } from '../messages.ts';
import { counted, freshId, h } from '../ui/dom.ts';
import { markdown } from '../ui/markdown.ts';

/** How well an entry answers a search, 0 for not at all: its name counts more than its text. */
function rank({ name, receiver, doc }: ReferenceEntry, words: readonly string[]): number {
  let sum = 0;
  for (const word of words) {
    const own = name.toLowerCase();
    if (own === word) sum += 100;
    else if (own.startsWith(word)) sum += 50;
    else if (own.includes(word)) sum += 20;
    else if (receiver?.split('|').includes(word) === true) sum += 10;
    else if (doc.toLowerCase().includes(word)) sum += 2;
    else return 0;
  }
  return sum;
}

export class ReferencePane {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly count = h('span', { class: 'dim', role: 'status' });
  private readonly list = h('div', { class: 'pane-body' });
  private readonly use: (example: string) => void;
  private entries: readonly ReferenceEntry[] = [];

  /** `use` is given an example that is wanted in the editor. */
  constructor(use: (example: string) => void) {
    this.use = use;
    const id = freshId('search');
    this.input = h('input', {
      id,
      type: 'search',
      class: 'input',
      placeholder: 'name, type or word',
      autocomplete: 'off',
      spellcheck: 'false',
      on: { input: () => this.render() },
    });
    const label = h('label', { class: 'hidden', for: id }, 'Search the reference');
    this.element = h('div', { class: 'pane' }, h('div', { class: 'pane-bar' }, label, this.input, this.count), this.list);
  }

  show(entries: readonly ReferenceEntry[]): void {
    this.entries = entries;
    this.render();
  }

  private render(): void {
    const words = this.input.value
      .toLowerCase()
      .split(/[\s.()]+/)
      .filter((word) => word !== '');
    const found = this.entries
      .map((entry) => ({ entry, rank: words.length === 0 ? 1 : rank(entry, words) }))
      .filter((each) => each.rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .map(({ entry }) => entry);
    this.count.textContent = counted(found.length, 'function');
    if (found.length === 0) this.list.replaceChildren(h('p', { class: 'empty' }, 'No function has these words.'));
    else this.list.replaceChildren(...found.map((entry) => this.entryOf(entry, found.length === 1)));
  }

  private entryOf(entry: ReferenceEntry, isOpen: boolean): HTMLElement {
    const { name, receiver, doc } = entry;
    const head = h(
      'summary',
      {},
      h('code', {}, receiver === null ? '' : h('span', { class: 'dim' }, `${receiver}.`), h('span', { class: 'tok-function' }, name)),
    );
    const details = h('details', { class: 'entry', 'data-name': name }, head);
    // Filled when it is opened: there are hundreds.
    const fill = (): void => {
      if (details.open && details.childElementCount === 1) details.append(...this.bodyOf(entry));
    };
    details.addEventListener('toggle', fill);
    head.append(h('span', { class: 'dim brief' }, doc.split(/(?<=\.)\s/)[0] ?? ''));
    details.open = isOpen;
    fill();
    return details;
  }

  private bodyOf({ signature, doc, example, notes }: ReferenceEntry): HTMLElement[] {
    const parts = [h('pre', { class: 'code signature' }, signature), ...markdown(doc)];
    if (notes.length > 0) parts.push(h('p', {}, ...notes.map((note) => h('span', { class: 'badge' }, note))));
    if (example !== '') {
      const use = h('button', { type: 'button', class: 'button small', on: { click: () => this.use(example) } }, 'Put into the editor');
      parts.push(h('pre', { class: 'code' }, example), use);
    }
    return parts;
  }
}
