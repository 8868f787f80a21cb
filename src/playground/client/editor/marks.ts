/** Colours that the worker finds, and the part of the text that a pane points at. Both keep their places while the text changes. */
import { type Extension, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Coloured, Mark } from '../messages.ts';

const setColours = StateEffect.define<readonly Coloured[]>();
const setPointed = StateEffect.define<Mark | null>();

const styles = new Map<string, Decoration>();

function styleOf(colour: string): Decoration {
  let style = styles.get(colour);
  if (style === undefined) {
    style = Decoration.mark({ class: `tok-${colour}` });
    styles.set(colour, style);
  }
  return style;
}

function within(marks: readonly Coloured[], length: number): Range<Decoration>[] {
  return marks.filter(({ from, to }) => from < to && to <= length).map(({ from, to, colour }) => styleOf(colour).range(from, to));
}

const colourField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(present, transaction) {
    let decorations = present.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setColours)) decorations = Decoration.set(within(effect.value, transaction.newDoc.length), true);
    }
    return decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const pointed = Decoration.mark({ class: 'cm-insides' });

const pointedField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(present, transaction) {
    let decorations = present.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setPointed)) continue;
      const mark = effect.value;
      decorations =
        mark === null || mark.from >= mark.to || mark.to > transaction.newDoc.length
          ? Decoration.none
          : Decoration.set([pointed.range(mark.from, mark.to)]);
    }
    return decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const marks: Extension = [colourField, pointedField];

export function showColours(view: EditorView, colours: readonly Coloured[]): void {
  view.dispatch({ effects: setColours.of(colours) });
}

/** Marks a part of the text, and brings it into sight when it is told to. */
export function pointAt(view: EditorView, mark: Mark | null, isScrolled: boolean): void {
  const effects: StateEffect<unknown>[] = [setPointed.of(mark)];
  if (mark !== null && isScrolled && mark.to <= view.state.doc.length) effects.push(EditorView.scrollIntoView(mark.from, { y: 'nearest' }));
  view.dispatch({ effects });
}
