/** The editor of queries. It lies in a shadow tree, since its styles come as style sheets of scripts, which the page's policy does not let into a document. */
import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import type { Language } from '../language.ts';
import type { Checked, Dialect, Mark, Remark, SourceText } from '../messages.ts';
import { h } from '../ui/dom.ts';
import { closeSignature, completion, hovers, signatures } from './assist.ts';
import { marks, pointAt, showColours } from './marks.ts';
import { theme } from './theme.ts';

export interface EditorEvents {
  onRun(): void;
  /** The text, dialect or scope has changed and was checked. */
  onChecked(checked: Checked, source: SourceText): void;
  onCursor(at: number): void;
  /** Focus is to leave the editor. */
  onLeave(): void;
}

/** How long the text must rest before it is checked, in ms. */
const REST = 120;

function diagnosticOf(view: EditorView, remark: Remark): Diagnostic {
  const { from, to, severity, message, reason, fix } = remark;
  const end = view.state.doc.length;
  return {
    from: Math.min(from, end),
    to: Math.min(to, end),
    severity,
    message,
    renderMessage: () =>
      h('span', { class: 'cm-diagnosticText' }, message, reason === null ? null : h('span', { class: 'reason' }, reason)),
    ...(fix === null
      ? {}
      : {
          actions: [
            {
              name: fix.title,
              apply: (editor: EditorView) => editor.dispatch({ changes: fix.changes.map((change) => ({ ...change })) }),
            },
          ],
        }),
  };
}

export class Editor {
  readonly element: HTMLElement;
  private readonly view: EditorView;
  private readonly language: Language;
  private readonly events: EditorEvents;
  private dialect: Dialect = 'v1';
  private scope: SourceText['scope'] = 'collection';
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(language: Language, events: EditorEvents, text: string) {
    this.language = language;
    this.events = events;
    this.element = h('div', { class: 'editor' });
    const root = this.element.attachShadow({ mode: 'open', delegatesFocus: true });
    const parent = h('div', { class: 'editor-inner' });
    root.append(parent);
    parent.style.height = '100%';
    this.view = new EditorView({ parent, root, state: EditorState.create({ doc: text, extensions: this.extensions() }) });
    this.checkSoon(0);
  }

  private extensions() {
    const sourceOf = ({ state }: { readonly state: EditorState }): SourceText => this.sourceOf(state);
    const own = [
      { key: 'Mod-Enter', run: () => this.told(() => this.events.onRun()) },
      { key: 'Escape', run: (view: EditorView) => closeSignature(view) || this.told(() => this.events.onLeave()) },
      { key: 'Shift-Alt-f', run: () => this.told(() => void this.format()) },
    ];
    return [
      lineNumbers(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      EditorState.tabSize.of(4),
      indentUnit.of('    '),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      marks,
      completion(this.language, sourceOf),
      hovers(this.language, sourceOf),
      signatures(this.language, sourceOf),
      Prec.high(keymap.of([...own.slice(0, 1), ...own.slice(2)])),
      keymap.of([
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...lintKeymap,
        { key: 'Tab', run: acceptCompletion },
        indentWithTab,
        ...defaultKeymap.filter(({ key }) => key !== 'Escape'),
        ...own.slice(1, 2),
      ]),
      EditorView.contentAttributes.of({ 'aria-label': 'Query', spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
      EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
        if (docChanged) this.checkSoon(REST);
        if (docChanged || selectionSet) this.events.onCursor(state.selection.main.head);
      }),
      theme,
    ];
  }

  private told(tell: () => void): boolean {
    tell();
    return true;
  }

  private sourceOf(state: EditorState): SourceText {
    return { text: state.doc.toString(), dialect: this.dialect, scope: this.scope };
  }

  get source(): SourceText {
    return this.sourceOf(this.view.state);
  }

  get cursor(): number {
    return this.view.state.selection.main.head;
  }

  setText(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: text.length } });
  }

  /** Which language the text is in, and where it is to run. */
  setKind(dialect: Dialect, scope: SourceText['scope']): void {
    if (dialect === this.dialect && scope === this.scope) return;
    this.dialect = dialect;
    this.scope = scope;
    this.checkSoon(0);
  }

  focus(): void {
    this.view.focus();
  }

  pointAt(mark: Mark | null, isScrolled = false): void {
    pointAt(this.view, mark, isScrolled);
  }

  select({ from, to }: Mark): void {
    const end = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true });
    this.view.focus();
  }

  /** Has the text formatted; a text with errors stays as it is. */
  async format(): Promise<void> {
    const { source } = this;
    const text = await this.language.ask('format', source);
    if (text !== null && text !== source.text && this.source.text === source.text) {
      const anchor = Math.min(this.cursor, text.length);
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor } });
    }
  }

  /** Checks the text anew, such as when the schema has changed. */
  check(): void {
    this.checkSoon(0);
  }

  private checkSoon(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.checkNow(), pause);
  }

  private async checkNow(): Promise<void> {
    const { source } = this;
    const checked = await this.language.ask('check', source);
    const present = this.source;
    // Of a text that has changed since, a later check tells.
    if (present.text !== source.text || present.dialect !== source.dialect || present.scope !== source.scope) return;
    showColours(this.view, checked.colours);
    this.view.dispatch(
      setDiagnostics(
        this.view.state,
        checked.remarks.map((remark) => diagnosticOf(this.view, remark)),
      ),
    );
    this.events.onChecked(checked, source);
  }
}
