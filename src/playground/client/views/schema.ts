/** What a collection consists of: types with fields, methods and relations, enumerators, procedures; as lists, and drawn. */
import { counted, h } from '../ui/dom.ts';
import { type Box, drawing, type Line } from '../ui/drawing.ts';
import type { Callable, EnumInfo, SchemaInfo, TypeInfo } from './schema-info.ts';

/** The types and enumerators that a definition names. */
function namedIn(definition: string, known: ReadonlySet<string>): string[] {
  return [...new Set(definition.match(/[A-Za-z_]\w*/g) ?? [])].filter((name) => known.has(name));
}

function linesOf({ types, enums }: SchemaInfo): Line[] {
  const known = new Set([...types, ...enums].map(({ name }) => name));
  const lines: Line[] = [];
  for (const { name, fields, relations } of types) {
    for (const [field, definition] of fields) {
      const relation = relations.get(field);
      if (relation === undefined) {
        for (const to of namedIn(definition, known)) lines.push({ from: name, to, label: field, isDashed: true, isMutual: false });
      } else if (name < relation.type || (name === relation.type && field <= relation.property)) {
        // A relation has two ends and is drawn once.
        const label = name === relation.type && field === relation.property ? field : `${field} / ${relation.property}`;
        lines.push({ from: name, to: relation.type, label, isDashed: false, isMutual: true });
      }
    }
  }
  return lines;
}

function boxesOf({ types, enums }: SchemaInfo): Box[] {
  return [
    ...types.map(({ name, fields, methods, isWrapOnly }) => ({
      key: name,
      title: name,
      lines: [...fields, ...methods.map((method): [string, string] => [`${method.name}(${method.params.slice(1).join(', ')})`, ''])],
      style: isWrapOnly ? 'loose' : 'thing',
    })),
    ...enums.map(({ name, members }) => ({ key: name, title: name, lines: members, style: 'enum' })),
  ];
}

const doc = (text: string): HTMLElement | null => (text === '' ? null : h('p', { class: 'dim doc' }, text));

function callableRow({ name, params, doc: text, definition, isChanging }: Callable, what: string): HTMLElement {
  const head = [
    h('span', { class: 'tok-function' }, name),
    `(${params.join(', ')})`,
    isChanging ? h('span', { class: 'badge' }, 'changes') : null,
  ];
  return h(
    'details',
    { class: 'entry', 'data-name': name },
    h('summary', {}, h('code', {}, ...head.filter((each) => each !== null)), h('span', { class: 'dim kind' }, what)),
    doc(text),
    h('pre', { class: 'code' }, definition),
  );
}

function typeEntry({ name, fields, methods, relations, isWrapOnly }: TypeInfo): HTMLElement {
  const rows = fields.map(([field, definition]) => {
    const relation = relations.get(field);
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, field),
      h('td', { class: 'tok-class' }, definition),
      h('td', { class: 'dim' }, relation === undefined ? '' : `↔ ${relation.type}.${relation.property}`),
    );
  });
  return h(
    'details',
    { class: 'entry', 'data-name': name, open: true },
    h('summary', {}, h('code', { class: 'tok-class' }, name), h('span', { class: 'dim kind' }, isWrapOnly ? 'wrap-only type' : 'type')),
    rows.length === 0 ? h('p', { class: 'dim doc' }, 'no fields') : h('table', { class: 'fields' }, h('tbody', {}, ...rows)),
    ...methods.map((method) => callableRow({ ...method, params: method.params.slice(1) }, 'method')),
  );
}

function enumEntry({ name, members }: EnumInfo): HTMLElement {
  const rows = members.map(([member, value]) => h('tr', {}, h('th', { scope: 'row' }, member), h('td', { class: 'tok-number' }, value)));
  return h(
    'details',
    { class: 'entry', 'data-name': name, open: true },
    h('summary', {}, h('code', { class: 'tok-enum' }, name), h('span', { class: 'dim kind' }, 'enum')),
    h('table', { class: 'fields' }, h('tbody', {}, ...rows)),
  );
}

export class SchemaPane {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'pane-body' });
  private readonly count = h('span', { class: 'dim' });
  private readonly toggle: HTMLButtonElement;
  private schema: SchemaInfo | null = null;
  private isDrawn = false;

  constructor(refresh: () => void) {
    this.toggle = h(
      'button',
      { type: 'button', class: 'button small', 'aria-pressed': 'false', on: { click: () => this.draw(!this.isDrawn) } },
      'Drawing',
    );
    const again = h('button', { type: 'button', class: 'button small', on: { click: refresh } }, 'Refresh');
    this.element = h(
      'div',
      { class: 'pane' },
      h('div', { class: 'pane-bar' }, this.count, h('span', { class: 'gap' }), this.toggle, again),
      this.body,
    );
  }

  /** A text in place of a schema says why there is none. */
  show(schema: SchemaInfo | string): void {
    if (typeof schema === 'string') {
      this.schema = null;
      this.count.textContent = '';
      this.body.replaceChildren(h('p', { class: 'empty' }, schema));
      return;
    }
    const { types, enums, procedures } = schema;
    this.schema = schema;
    this.count.textContent = [counted(types.length, 'type'), counted(enums.length, 'enum'), counted(procedures.length, 'procedure')].join(
      ' · ',
    );
    this.render();
  }

  private draw(isDrawn: boolean): void {
    this.isDrawn = isDrawn;
    this.toggle.setAttribute('aria-pressed', String(isDrawn));
    this.render();
  }

  private render(): void {
    const { schema } = this;
    if (schema === null) return;
    const { types, enums, procedures } = schema;
    this.body.classList.toggle('is-drawing', this.isDrawn);
    if (types.length + enums.length + procedures.length === 0) {
      this.body.replaceChildren(h('p', { class: 'empty' }, 'There are no types, enumerators or procedures here.'));
    } else if (this.isDrawn) {
      const boxes = boxesOf(schema);
      this.body.replaceChildren(
        boxes.length === 0
          ? h('p', { class: 'empty' }, 'There are no types to draw.')
          : drawing('Types and relations', boxes, linesOf(schema), 'TB'),
      );
    } else {
      this.body.replaceChildren(
        ...types.map(typeEntry),
        ...enums.map(enumEntry),
        ...procedures.map((each) => callableRow(each, 'procedure')),
      );
    }
  }
}
