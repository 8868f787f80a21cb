/** The syntax tree and the instructions of the query, beside the places that they come from. */
import type { CompiledFunction, Instruction, Mark, TreeNode } from '../messages.ts';
import { counted, h } from '../ui/dom.ts';
import { Tree, type TreeItem, type TreeLine } from '../ui/tree.ts';

/** What a pane tells the editor. */
export interface Pointing {
  /** Marks a part of the text, or none. */
  point(mark: Mark | null): void;
  /** Moves the cursor to it. */
  choose(mark: Mark): void;
}

const holds = ({ from, to }: Mark, at: number): boolean => from <= at && at <= to;
const width = ({ from, to }: Mark): number => to - from;

/** Deeper trees, and trees of more nodes than this, begin closed. */
const MAX_OPEN = 1500;

const count = (node: TreeNode): number => node.children.reduce((sum, child) => sum + count(child), 1);

/** The innermost node around a place: of those that touch, the one that begins there. */
function innermost(node: TreeNode, at: number): TreeNode {
  const around = node.children.filter((child) => holds(child, at));
  const child = around.find(({ from }) => from === at) ?? around[0];
  return child === undefined ? node : innermost(child, at);
}

export class TreePane {
  readonly element = h('div', { class: 'pane-body' });
  private readonly pointing: Pointing;
  private readonly lines = new Map<TreeNode, TreeLine>();
  private root: TreeNode | null = null;
  private marked: TreeLine | null = null;

  constructor(pointing: Pointing) {
    this.pointing = pointing;
  }

  show(root: TreeNode): void {
    this.root = root;
    this.lines.clear();
    this.marked = null;
    const { scrollTop } = this.element;
    this.element.replaceChildren(new Tree('Syntax tree', [this.itemOf(root, count(root) <= MAX_OPEN)]).element);
    this.element.scrollTop = scrollTop;
  }

  private itemOf(node: TreeNode, isOpen: boolean): TreeItem {
    const { kind, label, children } = node;
    return {
      content: [h('span', { class: 'tok-class' }, kind), label === '' ? '' : h('span', { class: 'value' }, ` ${label}`)],
      children: children.length === 0 ? null : () => children.map((child) => this.itemOf(child, isOpen)),
      isOpen: isOpen || node === this.root,
      onPoint: (isPointed) => this.pointing.point(isPointed ? node : null),
      onChoose: () => this.pointing.choose(node),
      onMade: (line) => {
        this.lines.set(node, line);
      },
    };
  }

  /** Marks the node around a place of the text, as far as it is to be seen. */
  follow(at: number): void {
    this.marked?.mark(false);
    this.marked = null;
    if (this.root === null) return;
    this.marked = this.lines.get(innermost(this.root, at)) ?? null;
    this.marked?.mark(true);
  }
}

export class BytecodePane {
  readonly element = h('div', { class: 'pane-body' });
  private readonly pointing: Pointing;
  private rows: { readonly instruction: Instruction; readonly row: HTMLElement }[] = [];

  constructor(pointing: Pointing) {
    this.pointing = pointing;
  }

  /** Null: the text has errors, and nothing comes of it. */
  show(functions: readonly CompiledFunction[] | null): void {
    this.rows = [];
    if (functions === null) {
      this.element.replaceChildren(h('p', { class: 'empty' }, 'The query has errors; without them its instructions stand here.'));
      return;
    }
    this.element.replaceChildren(...functions.map((each) => this.functionOf(each)));
  }

  private functionOf({ title, facts, instructions }: CompiledFunction): HTMLElement {
    const body = h('tbody', {}, ...instructions.map((each) => this.rowOf(each)));
    const heads = ['at', 'stack', 'instruction', 'operands'].map((text) => h('th', { scope: 'col' }, text));
    const label = `${title}, ${counted(instructions.length, 'instruction')}`;
    const table = h(
      'table',
      { class: 'code-table', 'aria-label': label, on: { keydown: (event) => this.move(event) } },
      h('thead', {}, h('tr', {}, ...heads)),
      body,
    );
    return h('section', {}, h('h3', { class: 'pane-title' }, title, h('span', { class: 'dim' }, ` ${facts.join(' · ')}`)), table);
  }

  private rowOf(instruction: Instruction): HTMLElement {
    const { at, op, operands, label, height } = instruction;
    const row = h(
      'tr',
      { tabindex: this.rows.length === 0 ? '0' : '-1' },
      h('td', { class: 'is-number dim' }, label === null ? null : h('span', { class: 'jump' }, `${label} `), String(at)),
      h('td', { class: 'is-number dim' }, height === null ? '-' : String(height)),
      h('td', { class: 'tok-keyword' }, op),
      h('td', {}, operands),
    );
    const point = (isPointed: boolean): void => this.pointing.point(isPointed && instruction.from >= 0 ? instruction : null);
    row.addEventListener('mouseenter', () => point(true));
    row.addEventListener('mouseleave', () => point(false));
    row.addEventListener('focus', () => point(true));
    row.addEventListener('blur', () => point(false));
    row.addEventListener('click', () => {
      if (instruction.from >= 0) this.pointing.choose(instruction);
    });
    this.rows.push({ instruction, row });
    return row;
  }

  private move(event: KeyboardEvent): void {
    const at = this.rows.findIndex(({ row }) => row === event.target);
    const present = this.rows[at];
    if (present === undefined) return;
    if (event.key === 'Enter') {
      if (present.instruction.from >= 0) this.pointing.choose(present.instruction);
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = this.rows[at + step];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    present.row.setAttribute('tabindex', '-1');
    next.row.setAttribute('tabindex', '0');
    next.row.focus();
  }

  /** Marks the instructions that come from around a place: those of the token there, or else of the smallest part of the text around it that has some. */
  follow(at: number, tree: TreeNode | null): void {
    const own = this.rows.filter(({ instruction }) => instruction.from >= 0 && holds(instruction, at));
    const begun = own.filter(({ instruction }) => instruction.from === at);
    const marked = new Set(begun.length > 0 ? begun : own.length > 0 || tree === null ? own : this.within(around(tree, at)));
    let isFirst = true;
    for (const each of this.rows) {
      each.row.classList.toggle('is-marked', marked.has(each));
      if (marked.has(each) && isFirst) {
        each.row.scrollIntoView({ block: 'nearest' });
        isFirst = false;
      }
    }
  }

  private within(nodes: readonly TreeNode[]): typeof this.rows {
    for (const node of nodes) {
      const found = this.rows.filter(({ instruction }) => instruction.from >= node.from && instruction.to <= node.to);
      // The whole script says nothing of a place in it.
      if (found.length > 0 && node.kind !== 'Script') return found;
    }
    return [];
  }
}

/** The nodes around a place, the smallest first. */
function around(node: TreeNode, at: number): TreeNode[] {
  const found: TreeNode[] = [];
  const visit = (each: TreeNode): void => {
    if (!holds(each, at)) return;
    found.push(each);
    for (const child of each.children) visit(child);
  };
  visit(node);
  return found.sort((a, b) => width(a) - width(b));
}
