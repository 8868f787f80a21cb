/** What came of the last query: its answer in three forms, or its error. */
import type { Reply } from '../net/socket.ts';
import { ServerError } from '../net/socket.ts';
import type { Value } from '../net/values.ts';
import { counted, h } from '../ui/dom.ts';
import { Tabs } from '../ui/tabs.ts';
import { jsonText } from './json.ts';
import { resultGraph } from './result-graph.ts';
import { resultTable } from './result-table.ts';
import { resultTree, type ThingOf } from './result-tree.ts';

const FORMS = ['tree', 'table', 'graph'] as const;
type Form = (typeof FORMS)[number];

const LABELS: Readonly<Record<Form, string>> = { tree: 'Tree', table: 'Table', graph: 'Graph' };

export class ResultView {
  readonly element: HTMLElement;
  private readonly panels: Readonly<Record<Form, HTMLElement>>;
  private readonly tabs: Tabs;
  private readonly status = h('span', { class: 'result-status', role: 'status' });
  private readonly warnings = h('ul', { class: 'warnings', 'aria-label': 'Logged by the query', hidden: true });
  private readonly copy = h('button', { type: 'button', class: 'button small', title: 'Copy the result as JSON', hidden: true }, 'Copy');
  private result: { readonly value: Value; readonly thingOf: ThingOf } | null = null;
  private readonly drawn = new Set<Form>();

  constructor() {
    const panel = (form: Form): HTMLElement => h('div', { class: `result-${form} scrolls`, tabindex: form === 'table' ? '0' : null });
    this.panels = { tree: panel('tree'), table: panel('table'), graph: panel('graph') };
    this.tabs = new Tabs(
      'Forms of the result',
      FORMS.map((name) => ({ name, label: LABELS[name], panel: this.panels[name], onShow: () => this.draw(name) })),
    );
    this.element = h(
      'section',
      { class: 'result', 'aria-label': 'Result' },
      h('div', { class: 'tab-row' }, this.tabs.bar, this.status, this.copy),
      this.warnings,
      this.tabs.panels,
    );
    this.copy.addEventListener('click', () => void this.copyResult());
    this.message(h('p', { class: 'empty' }, 'Run a query with Ctrl-Enter, or Cmd-Enter on a Mac; its result stands here.'));
  }

  private message(element: HTMLElement): void {
    this.result = null;
    this.copy.hidden = true;
    for (const form of FORMS) this.panels[form].replaceChildren(element.cloneNode(true));
  }

  running(): void {
    this.status.textContent = 'running…';
    this.status.className = 'result-status';
    this.warnings.replaceChildren();
    this.warnings.hidden = true;
  }

  /** A line that the query logged. */
  warn(text: string): void {
    this.warnings.hidden = false;
    this.warnings.append(h('li', {}, text));
  }

  show({ value, size }: Reply, milliseconds: number, thingOf: ThingOf): void {
    this.result = { value, thingOf };
    this.copy.hidden = false;
    this.drawn.clear();
    this.status.textContent = `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms · ${counted(size, 'byte')}`;
    // The form in sight is drawn now, the others when they are looked at.
    this.draw(this.tabs.shown as Form);
  }

  private async copyResult(): Promise<void> {
    if (this.result === null) return;
    try {
      await navigator.clipboard.writeText(jsonText(this.result.value));
      this.status.textContent = 'copied';
    } catch {
      // Browsers keep the clipboard from pages of other machines without TLS.
      this.status.textContent = 'the browser does not let the page copy';
    }
  }

  /** `state` says in two words what there is in place of an answer. */
  fail(error: unknown, state = 'no answer'): void {
    const text = error instanceof Error ? error.message : String(error);
    const code = error instanceof ServerError ? `error ${error.code}` : state;
    this.message(h('div', { class: 'failure' }, h('p', { class: 'failure-text' }, text)));
    this.status.textContent = code;
    this.status.className = 'result-status is-error';
  }

  /** Takes away what there is, when the user leaves. */
  reset(): void {
    this.status.textContent = '';
    this.warnings.replaceChildren();
    this.warnings.hidden = true;
    this.message(h('p', { class: 'empty' }, 'Run a query with Ctrl-Enter; its result stands here.'));
  }

  private draw(form: Form): void {
    if (this.result === null || this.drawn.has(form)) return;
    this.drawn.add(form);
    const { value, thingOf } = this.result;
    const element = form === 'tree' ? resultTree(value, thingOf) : form === 'table' ? resultTable(value) : resultGraph(value, thingOf);
    this.panels[form].replaceChildren(element);
  }
}
