/** Rooms and watched things, and what happens in them, as it happens. */
import { PackageType } from '../../../server/framing.ts';
import type { Push } from '../net/socket.ts';
import { fieldOf, listOf, stringOf, ThingValue, type Value } from '../net/values.ts';
import { freshId, h } from '../ui/dom.ts';
import { summaryElement } from './values.ts';

/** What the pane asks of the session. */
export interface Listening {
  /** The scope that is chosen at present. */
  scope(): string;
  /** Gives the id of the room; null when there is none. */
  join(scope: string, room: string): Promise<number | null>;
  leave(scope: string, room: string): Promise<unknown>;
  watch(scope: string, thing: number): Promise<void>;
  unwatch(scope: string, thing: number): Promise<void>;
  /** Something came that was not looked at. */
  onEvent(): void;
}

/** What is listened to. */
interface Source {
  readonly kind: 'room' | 'thing';
  readonly scope: string;
  /** As it was asked for. */
  readonly name: string;
  readonly chip: HTMLElement;
  id: number | null;
  /** Whether something of it came; of a thing that may not be watched nothing ever does. */
  hasBegun: boolean;
}

/** Older events are forgotten. */
const MAX_EVENTS = 500;
/** How long the first word on a watched thing may take, in ms. */
const PATIENCE = 3000;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const timeText = (date: Date): string => date.toTimeString().slice(0, 8);

export class EventsPane {
  readonly element: HTMLElement;
  private readonly listening: Listening;
  private readonly sources = new Set<Source>();
  private readonly chips = h('div', { class: 'chips', role: 'list', 'aria-label': 'Rooms and things that are listened to' });
  private readonly log = h('ol', { class: 'log', role: 'log', 'aria-label': 'Events', tabindex: '0' });
  private readonly empty = h(
    'p',
    { class: 'empty' },
    'Join a room by its id or name, or watch a thing by its id; what happens there is shown here.',
  );
  private readonly problem = h('p', { class: 'problem', role: 'alert', hidden: true });

  constructor(listening: Listening) {
    this.listening = listening;
    const room = this.form('Room', 'id or name', 'Join', (text) => this.join(text));
    const thing = this.form('Thing', 'id', 'Watch', (text) => this.watch(text));
    const clear = h('button', { type: 'button', class: 'button small', on: { click: () => this.clear() } }, 'Clear');
    const bar = h('div', { class: 'pane-bar wraps' }, room, thing, h('span', { class: 'gap' }), clear);
    this.element = h('div', { class: 'pane' }, bar, this.problem, this.chips, h('div', { class: 'pane-body' }, this.empty, this.log));
  }

  private form(label: string, hint: string, action: string, submit: (text: string) => Promise<void>): HTMLElement {
    const id = freshId('listen');
    const input = h('input', { id, class: 'input short', placeholder: hint, autocomplete: 'off', spellcheck: 'false', required: true });
    const send = (event: SubmitEvent): void => {
      event.preventDefault();
      this.tell(null);
      void submit(input.value.trim()).then(
        () => {
          input.value = '';
        },
        (error: unknown) => this.tell(reason(error)),
      );
    };
    return h(
      'form',
      { class: 'inline-form', on: { submit: send } },
      h('label', { for: id }, label),
      input,
      h('button', { class: 'button small' }, action),
    );
  }

  private tell(problem: string | null): void {
    this.problem.hidden = problem === null;
    this.problem.textContent = problem ?? '';
  }

  private async join(room: string): Promise<void> {
    const scope = this.listening.scope();
    if (this.known('room', scope, room) !== undefined) throw new Error(`You are in the room ${room} of ${scope} already.`);
    const id = await this.listening.join(scope, room);
    if (id === null) throw new Error(`There is no room ${room} in ${scope}, or it is not open to you.`);
    this.add('room', scope, room).id = id;
  }

  private async watch(text: string): Promise<void> {
    const scope = this.listening.scope();
    const id = Number(text.replace(/^#/, ''));
    if (!Number.isSafeInteger(id) || id < 1) throw new Error('A thing is watched by its id, a number such as 5.');
    if (this.known('thing', scope, String(id)) !== undefined) throw new Error(`The thing #${id} of ${scope} is watched already.`);
    const source = this.add('thing', scope, String(id));
    source.id = id;
    await this.listening.watch(scope, id);
    // The server says nothing to one who may not watch, or of a thing that is not there.
    setTimeout(() => {
      if (source.hasBegun || !this.sources.has(source)) return;
      this.remove(source);
      this.tell(`Nothing comes of the thing #${id} in ${scope}: there is none, or you lack the privilege JOIN.`);
    }, PATIENCE);
  }

  private known(kind: Source['kind'], scope: string, name: string): Source | undefined {
    return [...this.sources].find((each) => each.kind === kind && each.scope === scope && each.name === name);
  }

  private add(kind: Source['kind'], scope: string, name: string): Source {
    const label = kind === 'room' ? `room ${name}` : `#${name}`;
    const end = h('button', { type: 'button', class: 'chip-end', 'aria-label': `Stop listening to ${label} of ${scope}` }, '×');
    const chip = h(
      'span',
      { class: `chip chip-${kind}`, role: 'listitem', title: scope },
      label,
      h('span', { class: 'dim' }, ` ${scope}`),
      end,
    );
    const source: Source = { kind, scope, name, chip, id: null, hasBegun: false };
    end.addEventListener('click', () => {
      this.remove(source);
      const left = kind === 'room' ? this.listening.leave(scope, name) : this.listening.unwatch(scope, Number(name));
      left.catch((error: unknown) => this.tell(reason(error)));
    });
    this.sources.add(source);
    this.chips.append(chip);
    return source;
  }

  private remove(source: Source): void {
    source.chip.remove();
    this.sources.delete(source);
  }

  /** Asks for everything anew, on a new connection. */
  async resume(): Promise<void> {
    for (const source of [...this.sources]) {
      try {
        if (source.kind === 'thing') await this.listening.watch(source.scope, Number(source.name));
        else if ((await this.listening.join(source.scope, source.name)) === null) this.remove(source);
      } catch (error) {
        this.remove(source);
        this.tell(
          `${source.kind === 'room' ? `The room ${source.name}` : `The thing #${source.name}`} is not listened to any more: ${reason(error)}`,
        );
      }
    }
  }

  /** Forgets all, when the user leaves. */
  reset(): void {
    for (const source of [...this.sources]) this.remove(source);
    this.tell(null);
    this.clear();
  }

  private clear(): void {
    this.log.replaceChildren();
    this.empty.hidden = false;
  }

  private write(style: string, what: string, parts: readonly (Node | string)[]): void {
    this.empty.hidden = true;
    const now = new Date();
    const time = h('time', { datetime: now.toISOString(), class: 'dim' }, timeText(now));
    const isAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    this.log.append(
      h(
        'li',
        { class: `event event-${style}` },
        time,
        h('span', { class: 'event-kind' }, what),
        h('span', { class: 'event-text' }, ...parts),
      ),
    );
    while (this.log.childElementCount > MAX_EVENTS) this.log.firstElementChild?.remove();
    if (isAtEnd) this.log.scrollTop = this.log.scrollHeight;
    this.listening.onEvent();
  }

  /** Shows a line of the pane's own. */
  note(text: string): void {
    this.write('note', 'note', [text]);
  }

  onPush({ type, value }: Push): void {
    const id = fieldOf(value, 'id');
    const room = this.roomName(value, typeof id === 'number' ? id : null);
    switch (type) {
      case PackageType.ROOM_JOIN:
        this.write('room', room, ['joined']);
        break;
      case PackageType.ROOM_LEAVE:
        this.write('room', room, ['left']);
        break;
      case PackageType.ROOM_DELETE:
        this.roomGone(value);
        this.write('room', room, ['the room is gone']);
        break;
      case PackageType.ROOM_EMIT:
        this.write('room', room, eventParts(stringOf(fieldOf(value, 'event')), listOf(fieldOf(value, 'args'))));
        break;
      case PackageType.WATCH_INIT:
      case PackageType.WATCH_UPDATE:
      case PackageType.WATCH_DELETE:
        this.watched(type, value);
        break;
    }
  }

  private roomName(value: Value, id: number | null): string {
    const scope = stringOf(fieldOf(value, 'scope'));
    const source = [...this.sources].find((each) => each.kind === 'room' && each.id === id && isScope(each.scope, scope));
    return source === undefined || source.name === String(id) ? `room ${id}` : `room ${source.name}`;
  }

  private roomGone(value: Value): void {
    const scope = stringOf(fieldOf(value, 'scope'));
    for (const source of [...this.sources])
      if (source.kind === 'room' && source.id === fieldOf(value, 'id') && isScope(source.scope, scope)) this.remove(source);
  }

  private watched(type: number, value: Value): void {
    const thing = fieldOf(value, 'thing');
    const id =
      type === PackageType.WATCH_INIT ? (thing instanceof ThingValue ? thing.id : null) : value instanceof ThingValue ? value.id : null;
    for (const source of [...this.sources]) {
      if (source.kind !== 'thing' || source.id !== id) continue;
      source.hasBegun = true;
      if (type === PackageType.WATCH_DELETE) this.remove(source);
    }
    const name = `thing #${id}`;
    if (type === PackageType.WATCH_DELETE) this.write('thing', name, ['the thing is gone']);
    else if (type === PackageType.WATCH_INIT && thing instanceof ThingValue) this.write('thing', name, ['is ', ...thingParts(thing)]);
    else for (const operation of listOf(fieldOf(value, 'operations'))) this.write('thing', name, operationParts(operation));
  }
}

/** Whether a scope that was asked for is the one that the server tells, such as `@collection:stuff`. */
function isScope(asked: string, told: string): boolean {
  return told.slice(told.indexOf(':') + 1) === asked.replace(/^.*[:/]/, '');
}

function eventParts(event: string, args: readonly Value[]): (Node | string)[] {
  return [h('strong', {}, event), ...args.flatMap((arg) => [' ', fullElement(arg)])];
}

const thingParts = ({ fields }: ThingValue): (Node | string)[] =>
  [...fields].flatMap(([name, value]) => [h('span', { class: 'key' }, `${name}: `), fullElement(value), '  ']);

/** A value with what is in it, on one line. */
function fullElement(value: Value): HTMLElement {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).flatMap((item, i) => [i === 0 ? '' : ', ', fullElement(item)]);
    return h('span', {}, '[', ...items, ']');
  }
  if (!(value instanceof ThingValue) || value.isReference) return summaryElement(value);
  const head = value.id === null ? [] : [h('span', { class: 'dim' }, `#${value.id} `)];
  const fields = [...value.fields].flatMap(([name, field], i) => [
    i === 0 ? '' : ', ',
    h('span', { class: 'key' }, `${name}: `),
    fullElement(field),
  ]);
  return h('span', {}, ...head, '{', ...fields, '}');
}

/** An operation on a thing: its name, and what it is given. */
function operationParts(operation: Value): (Node | string)[] {
  if (!(operation instanceof ThingValue)) return [fullElement(operation)];
  return [...operation.fields].flatMap(([name, given], i) => [i === 0 ? '' : '  ', h('strong', {}, name), ' ', fullElement(given)]);
}
