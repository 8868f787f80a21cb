/** The little Markdown that descriptions are written in: paragraphs, fenced code, rules, `code` and links. */
import { h } from './dom.ts';

const INLINE = /`([^`]+)`|\[([^\]]+)\]\((https:\/\/[^)\s]+)\)/g;

function inline(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, address] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    if (code !== undefined) parts.push(h('code', {}, code));
    else parts.push(h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label ?? ''));
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** The elements of a text. */
export function markdown(text: string): HTMLElement[] {
  const elements: HTMLElement[] = [];
  const blocks = text.split(/(```[a-z]*\n[\s\S]*?\n```)/);
  for (const block of blocks) {
    const code = /^```[a-z]*\n([\s\S]*?)\n```$/.exec(block);
    if (code !== null) {
      elements.push(h('pre', { class: 'code' }, code[1] ?? ''));
      continue;
    }
    for (const paragraph of block.split(/\n{2,}/).map((each) => each.trim())) {
      if (paragraph === '---') elements.push(h('hr'));
      else if (paragraph !== '') elements.push(h('p', {}, ...inline(paragraph)));
    }
  }
  return elements;
}
