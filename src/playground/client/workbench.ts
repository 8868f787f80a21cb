/** The page behind the log-in: the editor, what came of the query, and the panes beside. */
import { PackageType } from '../../server/framing.ts';
import { Editor } from './editor/editor.ts';
import type { Language } from './language.ts';
import type { Checked, Dialect, SourceText, TreeNode } from './messages.ts';
import { fetchAccess, fetchSchema, kindOf } from './net/scopes.ts';
import type { Session } from './net/session.ts';
import type { Push } from './net/socket.ts';
import { fieldOf, stringOf } from './net/values.ts';
import type { Given } from './net/variables.ts';
import { counted, h } from './ui/dom.ts';
import { kept, ofWindow } from './ui/settings.ts';
import { splitter } from './ui/splitter.ts';
import { Tabs } from './ui/tabs.ts';
import { EventsPane } from './views/events.ts';
import { BytecodePane, TreePane } from './views/insides.ts';
import { ReferencePane } from './views/reference.ts';
import { ResultView } from './views/result.ts';
import { SchemaPane } from './views/schema.ts';
import { Toolbar } from './views/toolbar.ts';
import { VariablesPane } from './views/variables.ts';

const FIRST_TEXT = `// What is in this collection?
.keys();
`;

const DEFAULT_SCOPE = '//stuff';

export class Workbench {
  readonly element: HTMLElement;
  private readonly session: Session;
  private readonly language: Language;
  private readonly toolbar: Toolbar;
  private readonly editor: Editor;
  private readonly verdict = h('div', { class: 'verdict', role: 'status', 'aria-label': 'Verdict on the query' });
  private readonly result = new ResultView();
  private readonly tree: TreePane;
  private readonly bytecode: BytecodePane;
  private readonly schema: SchemaPane;
  private readonly variables: VariablesPane;
  private readonly events: EventsPane;
  private readonly reference: ReferencePane;
  private readonly side: Tabs;
  private dialect: Dialect;
  private treeShown: TreeNode | null = null;
  private runs = 0;
  private schemaJson: string | null = null;
  private unseen = 0;
  private isKnown = false;
  private referenceOf: Dialect | null = null;

  constructor(session: Session, language: Language, logOut: () => void) {
    this.session = session;
    this.language = language;
    this.dialect = ofWindow.get('dialect') === '2019' ? '2019' : 'v1';
    this.toolbar = new Toolbar({
      onRun: () => void this.run(),
      onFormat: () => void this.editor.format(),
      onScope: (scope) => this.setScope(scope),
      onDialect: (dialect) => this.setDialect(dialect),
      onLogOut: logOut,
    });
    this.toolbar.scope = kept.get('scope') ?? DEFAULT_SCOPE;
    this.toolbar.dialect = this.dialect;
    this.editor = new Editor(
      language,
      {
        onRun: () => void this.run(),
        onChecked: (checked, source) => this.checked(checked, source),
        onCursor: (at) => this.follow(at),
        onLeave: () => this.toolbar.focusRun(),
      },
      ofWindow.get('text') ?? FIRST_TEXT,
    );
    const pointing = {
      point: (mark: Parameters<Editor['pointAt']>[0]) => this.editor.pointAt(mark),
      choose: (mark: Parameters<Editor['select']>[0]) => this.editor.select(mark),
    };
    this.tree = new TreePane(pointing);
    this.bytecode = new BytecodePane(pointing);
    this.schema = new SchemaPane(() => void this.refreshSchema());
    this.variables = new VariablesPane(ofWindow.get('variables') ?? '', {
      onText: (text) => ofWindow.set('variables', text),
      onChange: (types) => void this.useVariables(types),
      onRun: () => void this.run(),
    });
    this.events = new EventsPane(this.listening());
    this.reference = new ReferencePane((example) => {
      this.editor.setText(example);
      this.editor.focus();
    });
    this.side = this.sideTabs();
    this.variables.setDialect(this.dialect);
    this.element = this.layout();
  }

  private sideTabs(): Tabs {
    const insides = (): void => void this.refreshInsides();
    return new Tabs('Beside the query', [
      { name: 'schema', label: 'Schema', panel: h('div', {}, this.schema.element) },
      { name: 'variables', label: 'Variables', panel: h('div', {}, this.variables.element) },
      { name: 'tree', label: 'Syntax tree', panel: h('div', {}, this.tree.element), onShow: insides },
      { name: 'bytecode', label: 'Bytecode', panel: h('div', {}, this.bytecode.element), onShow: insides },
      { name: 'events', label: 'Events', panel: h('div', {}, this.events.element), onShow: () => this.seen() },
      { name: 'reference', label: 'Reference', panel: h('div', {}, this.reference.element), onShow: () => void this.showReference() },
    ]);
  }

  private layout(): HTMLElement {
    const left = h('div', { class: 'left' });
    const body = h('main', { class: 'body' });
    const query = h('section', { class: 'query', 'aria-label': 'Query' }, this.editor.element, this.verdict);
    const rows = splitter(left, { label: 'Height of the editor', axis: 'y', key: 'top', usual: 0.48, variable: '--top' });
    const columns = splitter(body, { label: 'Width of the editor', axis: 'x', key: 'side', usual: 0.58, variable: '--side' });
    left.append(query, rows, this.result.element);
    const side = h('section', { class: 'side', 'aria-label': 'Panes' }, h('div', { class: 'tab-row' }, this.side.bar), this.side.panels);
    body.append(left, columns, side);
    const shortcut = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      event.preventDefault();
      void this.run();
    };
    return h('div', { class: 'workbench', on: { keydown: shortcut } }, this.toolbar.element, body);
  }

  /** To be called when the page is to be seen, after a log-in. */
  async begin(): Promise<void> {
    this.editor.setKind(this.dialect, kindOf(this.toolbar.scope));
    this.editor.focus();
    const scopes = await this.learnAccess();
    // Of collections that the user never chose from, the latest: that with which each store begins is rarely the one.
    const first = kept.get('scope') === null ? (scopes.findLast((scope) => scope.startsWith('//')) ?? scopes[0]) : scopes[0];
    const isReachable = kept.get('scope') !== null && scopes.includes(this.toolbar.scope);
    if (first !== undefined && !isReachable) this.setScope(first);
    else await this.refreshSchema();
  }

  /** Gives the scopes that the user may reach, as far as that is told. */
  private async learnAccess(): Promise<readonly string[]> {
    const { user, scopes } = await fetchAccess(this.session, this.toolbar.scope);
    this.isKnown = user !== null;
    this.toolbar.showUser(user ?? this.session.userName ?? '');
    this.toolbar.offer(scopes);
    return scopes;
  }

  /** To be called when a lost connection is there again. */
  async resume(): Promise<void> {
    this.events.note('connected again');
    await Promise.all([this.events.resume(), this.refreshSchema()]);
  }

  onPush(push: Push): void {
    if (push.type === PackageType.WARN) this.result.warn(stringOf(fieldOf(push.value, 'warn_msg')));
    else this.events.onPush(push);
  }

  /** To be called when nothing knows the language. */
  unchecked(): void {
    this.verdict.replaceChildren(h('span', { class: 'is-error' }, 'not checked'));
  }

  private listening(): ConstructorParameters<typeof EventsPane>[0] {
    return {
      scope: () => this.toolbar.scope,
      join: (scope, room) => this.session.room('join', scope, room),
      leave: (scope, room) => this.session.room('leave', scope, room),
      watch: (scope, thing) => this.session.watch('watch', scope, thing),
      unwatch: (scope, thing) => this.session.watch('unwatch', scope, thing),
      onEvent: () => {
        if (this.side.shown === 'events') return;
        this.unseen += 1;
        this.side.setCount('events', this.unseen);
      },
    };
  }

  private seen(): void {
    this.unseen = 0;
    this.side.setCount('events', 0);
  }

  private setScope(scope: string): void {
    this.toolbar.scope = scope;
    kept.set('scope', scope);
    this.editor.setKind(this.dialect, kindOf(scope));
    void this.refreshSchema();
    // One who may reach nothing but this scope is only told of itself in it.
    if (!this.isKnown) void this.learnAccess().catch(() => {});
  }

  private setDialect(dialect: Dialect): void {
    this.dialect = dialect;
    ofWindow.set('dialect', dialect);
    this.variables.setDialect(dialect);
    this.editor.setKind(dialect, kindOf(this.toolbar.scope));
    if (this.side.shown === 'reference') void this.showReference();
  }

  private async run(): Promise<void> {
    this.runs += 1;
    const run = this.runs;
    const { source } = this.editor;
    const { scope } = this.toolbar;
    const given = this.given();
    if (given === null) return;
    const checked = this.language.ask('check', source).catch(() => null);
    this.result.running();
    const started = performance.now();
    try {
      const reply = await this.session.query(scope, source.text, this.dialect, given);
      // A result of an earlier run must not stand over that of a later one.
      if (run === this.runs)
        this.result.show(reply, performance.now() - started, async (id) => (await this.session.query(scope, `thing(${id});`)).value);
    } catch (error) {
      if (run === this.runs) this.result.fail(error);
    }
    // What cannot be checked may have changed anything.
    if ((await checked)?.effect !== null) await this.refreshSchema();
  }

  /** What goes along with the query; null, and the reason in place of a result, when it is wrong. */
  private given(): Given | null {
    try {
      return this.variables.given();
    } catch (error) {
      this.result.fail(error, 'not sent');
      this.side.show('variables');
      return null;
    }
  }

  private async useVariables(types: Readonly<Record<string, string>>): Promise<void> {
    this.side.setCount('variables', this.variables.size);
    await this.language.ask('variables', { types }).catch(() => null);
    this.editor.check();
  }

  private checked({ remarks, effect }: Checked, source: SourceText): void {
    ofWindow.set('text', source.text);
    const errors = remarks.filter(({ severity }) => severity === 'error').length;
    const others = remarks.length - errors;
    const found = [errors > 0 ? counted(errors, 'error') : '', others > 0 ? counted(others, 'remark') : '']
      .filter((each) => each !== '')
      .join(', ');
    const says = errors > 0 ? '' : effect === null ? 'reads only' : `makes a change: ${effect.what}`;
    this.verdict.replaceChildren(
      h('span', { class: errors > 0 ? 'is-error' : others > 0 ? 'is-warning' : 'is-fine' }, found === '' ? 'no remarks' : found),
      h('span', { class: 'dim' }, says),
      h('span', { class: 'gap' }),
      h('span', { class: 'dim keys' }, 'Esc leaves the editor · Ctrl-Space completes'),
    );
    void this.refreshInsides();
  }

  private async refreshInsides(): Promise<void> {
    const { shown } = this.side;
    if (shown !== 'tree' && shown !== 'bytecode') return;
    const { source } = this.editor;
    const [tree, program] = await Promise.all([
      this.language.ask('tree', source),
      shown === 'bytecode' ? this.language.ask('program', source) : null,
    ]);
    if (this.editor.source.text !== source.text || this.side.shown !== shown) return;
    this.treeShown = tree;
    if (shown === 'tree') this.tree.show(tree);
    else this.bytecode.show(program);
    this.follow(this.editor.cursor);
  }

  private follow(at: number): void {
    if (this.side.shown === 'tree') this.tree.follow(at);
    else if (this.side.shown === 'bytecode') this.bytecode.follow(at, this.treeShown);
  }

  private async refreshSchema(): Promise<void> {
    const { scope } = this.toolbar;
    try {
      const schema = await fetchSchema(this.session, scope);
      if (scope !== this.toolbar.scope) return;
      this.schema.show(schema?.info ?? 'A node has no types and procedures.');
      await this.useSchema(schema?.json ?? null);
    } catch (error) {
      if (scope !== this.toolbar.scope) return;
      this.schema.show(error instanceof Error ? error.message : String(error));
      await this.useSchema(null);
    }
  }

  private async useSchema(json: string | null): Promise<void> {
    if (json === this.schemaJson) return;
    this.schemaJson = json;
    await this.language.ask('schema', { json });
    this.editor.check();
  }

  private async showReference(): Promise<void> {
    const { dialect } = this;
    if (this.referenceOf === dialect) return;
    this.referenceOf = dialect;
    this.reference.show(await this.language.ask('reference', { dialect }));
  }
}
