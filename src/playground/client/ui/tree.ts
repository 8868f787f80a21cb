/** A tree of lines that open and close, moved through by the arrow keys. */
import { h } from './dom.ts';

export interface TreeItem {
  /** What the line shows. */
  readonly content: readonly (Node | string)[];
  /** What lies below it, made when it is first opened; null for a leaf. */
  readonly children: (() => readonly TreeItem[] | Promise<readonly TreeItem[]>) | null;
  readonly isOpen?: boolean;
  readonly onPoint?: (isPointed: boolean) => void;
  readonly onChoose?: () => void;
  /** Is handed the line when it is made. */
  readonly onMade?: (line: TreeLine) => void;
}

/** Lines below one beyond this count are shown when they are asked for. */
const PART = 500;

export class TreeLine {
  readonly element: HTMLElement;
  readonly item: TreeItem;
  private readonly row: HTMLElement;
  private readonly below: HTMLElement | null;
  private readonly tree: Tree;
  private readonly depth: number;
  private isFilled = false;

  constructor(tree: Tree, item: TreeItem, depth: number) {
    this.tree = tree;
    this.item = item;
    this.depth = depth;
    this.row = h('div', { class: 'tree-row' }, h('span', { class: 'twist', 'aria-hidden': 'true' }), h('span', {}, ...item.content));
    this.row.style.paddingLeft = `${depth * 14 + 4}px`;
    this.below = item.children === null ? null : h('div', { role: 'group', hidden: true });
    this.element = h('div', { class: 'tree-item', role: 'treeitem', tabindex: '-1', 'aria-level': depth + 1 }, this.row, this.below);
    if (this.below !== null) this.element.setAttribute('aria-expanded', 'false');
    tree.register(this);
    this.listen();
    item.onMade?.(this);
    if (item.isOpen === true) void this.open();
  }

  private listen(): void {
    const { onPoint, onChoose } = this.item;
    this.row.addEventListener('click', (event) => {
      this.tree.focus(this);
      if (onChoose === undefined || (event.target as Element).closest('.twist') !== null) this.toggle();
      else onChoose();
    });
    if (onPoint === undefined) return;
    this.row.addEventListener('mouseenter', () => onPoint(true));
    this.row.addEventListener('mouseleave', () => onPoint(false));
    this.element.addEventListener('focus', () => onPoint(true));
    this.element.addEventListener('blur', () => onPoint(false));
  }

  get isOpen(): boolean {
    return this.element.getAttribute('aria-expanded') === 'true';
  }

  get canOpen(): boolean {
    return this.below !== null;
  }

  mark(isMarked: boolean): void {
    this.row.classList.toggle('is-marked', isMarked);
    if (isMarked) this.row.scrollIntoView({ block: 'nearest' });
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else void this.open();
  }

  close(): void {
    if (this.below === null) return;
    this.below.hidden = true;
    this.element.setAttribute('aria-expanded', 'false');
  }

  async open(): Promise<void> {
    if (this.below === null) return;
    this.below.hidden = false;
    this.element.setAttribute('aria-expanded', 'true');
    if (this.isFilled) return;
    this.isFilled = true;
    const items = this.item.children?.() ?? [];
    this.fill(this.below, items instanceof Promise ? await items : items, 0);
  }

  private fill(below: HTMLElement, items: readonly TreeItem[], from: number): void {
    for (const item of items.slice(from, from + PART)) below.append(new TreeLine(this.tree, item, this.depth + 1).element);
    const left = items.length - from - PART;
    if (left <= 0) return;
    const more = h('button', { type: 'button', class: 'link tree-more' }, `${left.toLocaleString('en')} more`);
    more.style.marginLeft = `${(this.depth + 1) * 14 + 20}px`;
    more.addEventListener('click', () => {
      more.remove();
      this.fill(below, items, from + PART);
    });
    below.append(more);
  }
}

const lines = new WeakMap<Element, TreeLine>();

export class Tree {
  readonly element: HTMLElement;

  constructor(label: string, items: readonly TreeItem[]) {
    this.element = h('div', { class: 'tree', role: 'tree', 'aria-label': label, on: { keydown: (event) => this.move(event) } });
    for (const item of items) this.element.append(new TreeLine(this, item, 0).element);
    this.element.querySelector('[role=treeitem]')?.setAttribute('tabindex', '0');
  }

  register(line: TreeLine): void {
    lines.set(line.element, line);
  }

  /** Moves the focus to a line, which is then what Tab comes to. */
  focus({ element }: TreeLine): void {
    for (const other of this.element.querySelectorAll('[role=treeitem][tabindex="0"]')) other.setAttribute('tabindex', '-1');
    element.setAttribute('tabindex', '0');
    element.focus({ preventScroll: true });
    element.querySelector('.tree-row')?.scrollIntoView({ block: 'nearest' });
  }

  private visible(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[role=treeitem]')].filter((each) => each.closest('[hidden]') === null);
  }

  private move(event: KeyboardEvent): void {
    const present = (event.target as Element).closest<HTMLElement>('[role=treeitem]');
    const line = present === null ? undefined : lines.get(present);
    if (present === null || line === undefined || event.target !== present) return;
    const all = this.visible();
    const at = all.indexOf(present);
    const go = (element: HTMLElement | null | undefined): void => {
      const target = element === null || element === undefined ? undefined : lines.get(element);
      if (target !== undefined) this.focus(target);
    };
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(all[at + 1]),
      ArrowUp: () => go(all[at - 1]),
      Home: () => go(all[0]),
      End: () => go(all.at(-1)),
      ArrowRight: () => (line.canOpen && !line.isOpen ? void line.open() : go(present.querySelector<HTMLElement>('[role=treeitem]'))),
      ArrowLeft: () => (line.isOpen ? line.close() : go(present.parentElement?.closest<HTMLElement>('[role=treeitem]'))),
      Enter: () => (line.item.onChoose === undefined ? line.toggle() : line.item.onChoose()),
      ' ': () => line.toggle(),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}
