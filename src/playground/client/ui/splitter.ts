/** A bar between two parts of the page that gives one more room and the other less: by dragging, or by arrow keys. */
import { h } from './dom.ts';
import { kept } from './settings.ts';

export interface SplitterOptions {
  readonly label: string;
  /** `x`: parts beside each other. */
  readonly axis: 'x' | 'y';
  /** Which share of the frame is kept under this name. */
  readonly key: 'side' | 'top';
  /** The share of the first part, 0 to 1. */
  readonly usual: number;
  readonly variable: '--side' | '--top';
}

const LEAST = 0.15;
const STEP = 0.03;

/** `frame` has the parts, and the variable by which its styles divide it. */
export function splitter(frame: HTMLElement, { label, axis, key, usual, variable }: SplitterOptions): HTMLElement {
  const saved = Number(kept.get(key));
  let share = saved >= LEAST && saved <= 1 - LEAST ? saved : usual;
  const bar = h('div', {
    class: `splitter splitter-${axis}`,
    role: 'separator',
    tabindex: '0',
    'aria-label': label,
    'aria-orientation': axis === 'x' ? 'vertical' : 'horizontal',
    'aria-valuemin': LEAST * 100,
    'aria-valuemax': (1 - LEAST) * 100,
  });
  const set = (wanted: number): void => {
    share = Math.max(LEAST, Math.min(1 - LEAST, wanted));
    frame.style.setProperty(variable, `${(share * 100).toFixed(1)}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    kept.set(key, String(share));
  };
  bar.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
  });
  bar.addEventListener('pointermove', (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = frame.getBoundingClientRect();
    set(axis === 'x' ? (event.clientX - left) / width : (event.clientY - top) / height);
  });
  bar.addEventListener('dblclick', () => set(usual));
  bar.addEventListener('keydown', (event) => {
    const less = axis === 'x' ? 'ArrowLeft' : 'ArrowUp';
    const more = axis === 'x' ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    set(share + (event.key === more ? STEP : -STEP));
  });
  set(share);
  return bar;
}
