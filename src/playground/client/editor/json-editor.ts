/** A small editor of JSON, with colours and the place of what is wrong. In a shadow tree, as the editor of queries is. Tab leaves it. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import type { Coloured, Mark } from '../messages.ts';
import { h } from '../ui/dom.ts';
import { marks, showColours } from './marks.ts';
import { theme } from './theme.ts';

export interface JsonEditorEvents {
  onChange(text: string): void;
  onRun(): void;
}

export class JsonEditor {
  readonly element: HTMLElement;
  private readonly view: EditorView;

  /** `label` names it, `hint` stands in it while it is empty. */
  constructor(label: string, hint: string, text: string, events: JsonEditorEvents) {
    this.element = h('div', { class: 'editor' });
    const root = this.element.attachShadow({ mode: 'open', delegatesFocus: true });
    const parent = h('div', {});
    parent.style.height = '100%';
    root.append(parent);
    const run = (): boolean => {
      events.onRun();
      return true;
    };
    const extensions = [
      lineNumbers(),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      indentUnit.of('  '),
      EditorView.lineWrapping,
      placeholder(hint),
      marks,
      Prec.high(keymap.of([{ key: 'Mod-Enter', run }])),
      keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) events.onChange(state.doc.toString());
      }),
      theme,
    ];
    this.view = new EditorView({ parent, root, state: EditorState.create({ doc: text, extensions }) });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** The line and column of a place in the text, from 1 each. */
  placeOf(at: number): { readonly line: number; readonly column: number } {
    const { number, from } = this.view.state.doc.lineAt(Math.min(at, this.view.state.doc.length));
    return { line: number, column: at - from + 1 };
  }

  show(colours: readonly Coloured[], problem: (Mark & { readonly message: string }) | null): void {
    const end = this.view.state.doc.length;
    showColours(this.view, colours);
    const diagnostics =
      problem === null
        ? []
        : [{ ...problem, from: Math.min(problem.from, end), to: Math.min(problem.to, end), severity: 'error' as const }];
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  select({ from, to }: Mark): void {
    const end = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true });
    this.view.focus();
  }
}
