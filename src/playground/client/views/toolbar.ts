/** The head of the page: where the query runs, in which language, and who is logged in. */
import type { Dialect } from '../messages.ts';
import { button, freshId, h } from '../ui/dom.ts';
import { themeButton } from '../ui/theme.ts';

export interface ToolbarEvents {
  onRun(): void;
  onFormat(): void;
  onScope(scope: string): void;
  onDialect(dialect: Dialect): void;
  onLogOut(): void;
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export class Toolbar {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly options = h('datalist', { id: freshId('scopes') });
  private readonly select: HTMLSelectElement;
  private readonly runButton: HTMLButtonElement;
  private readonly who = h('span', { class: 'who' });
  private present = '';

  constructor(events: ToolbarEvents) {
    const scopeId = freshId('scope');
    const dialectId = freshId('dialect');
    const chosen = (): void => {
      const scope = this.input.value.trim();
      if (scope === this.present || scope === '') {
        this.input.value = this.present;
        return;
      }
      this.present = scope;
      events.onScope(scope);
    };
    this.input = h('input', {
      id: scopeId,
      class: 'input scope',
      list: this.options.id,
      spellcheck: 'false',
      autocomplete: 'off',
      on: { change: chosen },
    });
    // All scopes are offered, not only those that begin as the present one.
    this.input.addEventListener('focus', () => this.input.select());
    this.select = h(
      'select',
      { id: dialectId, class: 'input', on: { change: () => events.onDialect(this.select.value as Dialect) } },
      h('option', { value: 'v1' }, 'v1'),
      h('option', { value: '2019' }, '2019'),
    );
    const keys = IS_MAC ? '⌘⏎' : 'Ctrl ⏎';
    this.runButton = h(
      'button',
      { type: 'button', class: 'button primary', 'aria-keyshortcuts': 'Control+Enter Meta+Enter', on: { click: () => events.onRun() } },
      'Run',
      h('kbd', { 'aria-hidden': 'true' }, keys),
    );
    this.element = h(
      'header',
      { class: 'toolbar' },
      h(
        'span',
        { class: 'brand' },
        h('img', { src: '/icon.svg', alt: '', width: 20, height: 20 }),
        h('span', { class: 'brand-name' }, 'thingsc'),
      ),
      h('label', { class: 'labelled', for: scopeId }, 'Scope'),
      this.input,
      this.options,
      h('label', { class: 'labelled', for: dialectId }, 'Dialect'),
      this.select,
      this.runButton,
      button('Format', () => events.onFormat(), { 'aria-keyshortcuts': 'Shift+Alt+F', title: 'Format the query (Shift-Alt-F)' }),
      h('span', { class: 'gap' }),
      this.who,
      themeButton(),
      button('Log out', () => events.onLogOut()),
    );
  }

  set scope(scope: string) {
    this.present = scope;
    this.input.value = scope;
  }

  get scope(): string {
    return this.present;
  }

  set dialect(dialect: Dialect) {
    this.select.value = dialect;
  }

  offer(scopes: readonly string[]): void {
    this.options.replaceChildren(...scopes.map((value) => h('option', { value })));
  }

  showUser(user: string): void {
    this.who.textContent = user;
  }

  focusRun(): void {
    this.runButton.focus();
  }
}
