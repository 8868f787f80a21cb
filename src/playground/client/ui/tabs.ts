/** Tabs, as the keyboard expects them: arrows move between them, the panel of the chosen one is shown. */
import { freshId, h } from './dom.ts';

export interface Tab {
  readonly name: string;
  readonly label: string;
  readonly panel: HTMLElement;
  /** Called each time the tab comes into sight. */
  readonly onShow?: () => void;
}

export class Tabs {
  /** The row of tabs. */
  readonly bar: HTMLElement;
  /** The panels, of which one is shown. */
  readonly panels: HTMLElement;
  private readonly tabs: readonly Tab[];
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private present = '';

  constructor(label: string, tabs: readonly Tab[]) {
    this.tabs = tabs;
    this.bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label, on: { keydown: (event) => this.move(event) } });
    this.panels = h('div', { class: 'panels' });
    for (const tab of tabs) this.add(tab);
    const [first] = tabs;
    if (first !== undefined) this.show(first.name);
  }

  private add({ name, label, panel }: Tab): void {
    const id = freshId('tab');
    const press = (): void => this.show(name);
    const made = h(
      'button',
      { type: 'button', class: 'tab', role: 'tab', id, 'data-tab': name, 'aria-controls': `${id}-panel`, on: { click: press } },
      label,
    );
    panel.id = `${id}-panel`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', id);
    this.buttons.set(name, made);
    this.bar.append(made);
    this.panels.append(panel);
  }

  get shown(): string {
    return this.present;
  }

  show(name: string): void {
    this.present = name;
    for (const tab of this.tabs) {
      const isShown = tab.name === name;
      const made = this.buttons.get(tab.name);
      made?.setAttribute('aria-selected', String(isShown));
      made?.setAttribute('tabindex', isShown ? '0' : '-1');
      tab.panel.hidden = !isShown;
      if (isShown) tab.onShow?.();
    }
  }

  /** A number beside the label, such as of what came while the tab was out of sight; none for 0. */
  setCount(name: string, count: number): void {
    const made = this.buttons.get(name);
    if (made === undefined) return;
    if (count === 0) made.removeAttribute('data-count');
    else made.setAttribute('data-count', String(count));
  }

  private move(event: KeyboardEvent): void {
    const names = this.tabs.map((tab) => tab.name);
    const at = names.indexOf(this.present);
    const steps: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const name = names[(step + names.length) % names.length] as string;
    this.show(name);
    this.buttons.get(name)?.focus();
  }
}
