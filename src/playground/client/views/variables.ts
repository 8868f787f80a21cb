/** What goes along with each query: variables as a JSON object, and files as bytes. */
import { JsonEditor } from '../editor/json-editor.ts';
import type { Dialect } from '../messages.ts';
import { type Given, isVariableName, type ReadVariables, readVariables } from '../net/variables.ts';
import { button, counted, freshId, h } from '../ui/dom.ts';

export interface VariablesEvents {
  /** The text has changed. */
  onText(text: string): void;
  /** What goes along is something else than before: the types by name, in the words of the language. */
  onChange(types: Readonly<Record<string, string>>): void;
  onRun(): void;
}

const HINT = '{"name": "Iris", "born": 2019}';
const TODAY = 'Each query can use these names as variables, as those of any client. A file is a variable of type bytes.';
const OF_2019 = 'The 2019 dialect takes no variables; files come as blobs, in their order: blob(0), blob(1), …';

export class VariablesPane {
  readonly element: HTMLElement;
  private readonly events: VariablesEvents;
  private readonly editor: JsonEditor;
  private readonly problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  private readonly chips = h('div', { class: 'chips', role: 'list', 'aria-label': 'Files' });
  private readonly about = h('p', { class: 'about dim' }, TODAY);
  private readonly count = h('span', { class: 'dim', role: 'status' });
  private readonly chooser: HTMLInputElement;
  private readonly files = new Map<string, { readonly file: string; readonly bytes: Uint8Array }>();
  private read: ReadVariables;
  private told = '';
  private dialect: Dialect = 'v1';

  constructor(text: string, events: VariablesEvents) {
    this.events = events;
    const id = freshId('file');
    this.chooser = h('input', { id, type: 'file', class: 'hidden', multiple: true, tabindex: '-1', 'aria-hidden': 'true' });
    this.chooser.addEventListener('change', () => void this.take());
    this.editor = new JsonEditor('Variables as JSON', HINT, text, {
      onChange: (present) => this.changed(present),
      onRun: () => events.onRun(),
    });
    this.read = readVariables(text);
    const add = button('Add files', () => this.chooser.click(), { class: 'button small' });
    const bar = h('div', { class: 'pane-bar' }, add, this.chooser, h('span', { class: 'gap' }), this.count);
    this.element = h('div', { class: 'pane' }, bar, this.problem, this.chips, this.editor.element, this.about);
  }

  /** How many go along. */
  get size(): number {
    return (this.dialect === '2019' ? 0 : this.read.values.size) + this.files.size;
  }

  /** What goes along with a query. Throws an Error with the place when the text is wrong. */
  given(): Given {
    const { problem } = this;
    if (this.dialect !== '2019' && this.read.problem !== null)
      throw new Error(`The query was not sent, for its variables are wrong: ${problem.textContent}`);
    return { values: this.read.values, files: new Map([...this.files].map(([name, { bytes }]) => [name, bytes])) };
  }

  setDialect(dialect: Dialect): void {
    this.dialect = dialect;
    this.about.textContent = dialect === '2019' ? OF_2019 : TODAY;
    this.show();
  }

  private changed(text: string): void {
    this.read = readVariables(text);
    this.events.onText(text);
    // A name that was that of a file is the text's from now on.
    for (const [name, taken] of [...this.files]) {
      if (!this.read.values.has(name)) continue;
      this.files.delete(name);
      this.files.set(this.nameFor(taken.file), taken);
    }
    this.show();
  }

  private show(): void {
    const { problem, colours } = this.read;
    this.editor.show(colours, problem);
    this.problem.hidden = problem === null;
    this.problem.replaceChildren();
    if (problem !== null) {
      const { line, column } = this.editor.placeOf(problem.from);
      this.problem.append(`line ${line}, column ${column}: ${problem.message}`);
    }
    this.count.textContent = counted(this.size, this.dialect === '2019' ? 'blob' : 'variable');
    this.showFiles();
    this.tell();
  }

  private tell(): void {
    const files = [...this.files.keys()].map((name): [string, string] => [name, 'bytes']);
    const types = Object.fromEntries([...this.read.types, ...files]);
    const told = JSON.stringify([this.dialect, types]);
    if (told === this.told) return;
    this.told = told;
    this.events.onChange(types);
  }

  private showFiles(): void {
    const chips = [...this.files].map(([name, { file, bytes }], i) => {
      const label = this.dialect === '2019' ? `blob(${i})` : name;
      const end = h(
        'button',
        { type: 'button', class: 'chip-end', 'aria-label': `Take ${file} out`, on: { click: () => this.drop(name) } },
        '×',
      );
      return h(
        'span',
        { class: 'chip', role: 'listitem' },
        label,
        h('span', { class: 'dim' }, ` ${file}, ${counted(bytes.length, 'byte')}`),
        end,
      );
    });
    this.chips.replaceChildren(...chips);
  }

  private async take(): Promise<void> {
    const chosen = [...(this.chooser.files ?? [])];
    // The same file can be chosen again then.
    this.chooser.value = '';
    for (const file of chosen)
      this.files.set(this.nameFor(file.name), { file: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    this.show();
  }

  /** The name of a file without its ending, as a variable can have it, and as none has. */
  private nameFor(file: string): string {
    const plain = file
      .replace(/\.[^.]*$/, '')
      .replaceAll(/\W/g, '_')
      .slice(0, 200);
    const name = isVariableName(plain) ? plain : `_${plain}`;
    const isTaken = (text: string): boolean => this.files.has(text) || this.read.values.has(text);
    let free = name;
    for (let i = 2; isTaken(free); i++) free = `${name}_${i}`;
    return free;
  }

  private drop(name: string): void {
    this.files.delete(name);
    this.show();
  }
}
