/** What keys do, by the names that Node.js gives them. The bindings are those of Emacs, as in most prompts. */

/** A key as `emitKeypressEvents` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

export type Action =
  | 'enter'
  | 'new-line'
  | 'interrupt'
  | 'end-or-delete'
  | 'suspend'
  | 'clear-screen'
  | 'complete'
  | 'complete-back'
  | 'escape'
  | 'search'
  | 'search-on'
  | 'cancel'
  | 'older'
  | 'newer'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'delete-before'
  | 'delete-after'
  | 'kill-word-before'
  | 'kill-word-after'
  | 'kill-to-line-start'
  | 'kill-to-line-end'
  | 'yank'
  | 'transpose'
  | 'undo'
  | 'redo'
  | 'paste-start'
  | 'paste-end';

/** `C-` is Ctrl, `M-` is Alt or Esc, `S-` is Shift. */
const BINDINGS: Readonly<Record<string, Action>> = {
  return: 'enter',
  enter: 'enter',
  'M-return': 'new-line',
  'M-enter': 'new-line',
  'C-c': 'interrupt',
  'C-d': 'end-or-delete',
  'C-z': 'suspend',
  'C-l': 'clear-screen',
  tab: 'complete',
  'S-tab': 'complete-back',
  escape: 'escape',
  'M-escape': 'escape',
  'C-r': 'search',
  'C-s': 'search-on',
  'C-g': 'cancel',
  'C-p': 'older',
  'C-n': 'newer',
  pageup: 'older',
  pagedown: 'newer',
  up: 'up',
  down: 'down',
  left: 'left',
  'C-b': 'left',
  right: 'right',
  'C-f': 'right',
  'C-left': 'word-left',
  'M-left': 'word-left',
  'M-b': 'word-left',
  'C-right': 'word-right',
  'M-right': 'word-right',
  'M-f': 'word-right',
  home: 'line-start',
  'C-a': 'line-start',
  end: 'line-end',
  'C-e': 'line-end',
  'C-home': 'text-start',
  'C-end': 'text-end',
  backspace: 'delete-before',
  'C-h': 'delete-before',
  delete: 'delete-after',
  'C-w': 'kill-word-before',
  'C-backspace': 'kill-word-before',
  'M-backspace': 'kill-word-before',
  'M-d': 'kill-word-after',
  'C-delete': 'kill-word-after',
  'C-u': 'kill-to-line-start',
  'C-k': 'kill-to-line-end',
  'C-y': 'yank',
  'C-t': 'transpose',
  'paste-start': 'paste-start',
  'paste-end': 'paste-end',
};

/** Keys that have no name. */
const SEQUENCES: Readonly<Record<string, Action>> = { '\x1f': 'undo', '\x1e': 'redo' };

/** What a key does; null for one that writes itself, or does nothing. */
export function actionOf({ name, sequence, ctrl, meta, shift }: Key): Action | null {
  const unnamed = SEQUENCES[sequence ?? ''];
  if (unnamed !== undefined) return unnamed;
  if (name === undefined) return null;
  const modifiers = `${ctrl === true ? 'C-' : ''}${meta === true ? 'M-' : ''}`;
  return BINDINGS[`${modifiers}${shift === true ? 'S-' : ''}${name}`] ?? BINDINGS[`${modifiers}${name}`] ?? null;
}

/** The text that a key writes; empty for one that writes none. */
export function textOf({ sequence, ctrl, meta }: Key): string {
  if (sequence === undefined || ctrl === true || meta === true) return '';
  return cleaned(sequence);
}

/** Line ends of all systems become line feeds; other control characters but tabs go. */
export function cleaned(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go.
  return text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}
