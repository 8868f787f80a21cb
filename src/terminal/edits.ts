/** Edits and moves by key. */
import type { Action } from './keys.ts';
import type { TextBuffer } from './text-buffer.ts';

/** What keys do that only concern the text and its cursor. */
export const EDITS: Readonly<Partial<Record<Action, (buffer: TextBuffer) => void>>> = {
  left: (buffer) => buffer.left(),
  right: (buffer) => buffer.right(),
  'word-left': (buffer) => buffer.toWordBefore(),
  'word-right': (buffer) => buffer.toWordAfter(),
  'line-start': (buffer) => buffer.toLineStart(),
  'line-end': (buffer) => buffer.toLineEnd(),
  'text-start': (buffer) => buffer.toStart(),
  'text-end': (buffer) => buffer.toEnd(),
  'delete-before': (buffer) => buffer.deleteBefore(),
  'delete-after': (buffer) => buffer.deleteAfter(),
  'kill-word-before': (buffer) => buffer.killWordBefore(),
  'kill-word-after': (buffer) => buffer.killWordAfter(),
  'kill-to-line-start': (buffer) => buffer.killToLineStart(),
  'kill-to-line-end': (buffer) => buffer.killToLineEnd(),
  yank: (buffer) => buffer.yank(),
  transpose: (buffer) => buffer.transpose(),
  undo: (buffer) => buffer.undo(),
  redo: (buffer) => buffer.redo(),
};
