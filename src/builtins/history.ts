/** Commits of queries, and the history of a scope that they make. */
import { lookupErr, operationErr, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import type { Commit, Historian } from '../model/history.ts';
import { checkRights, Right, type RightScope, scopeName } from '../model/rights.ts';
import { parseScope } from '../model/scope.ts';
import { DateTime, isoText } from '../values/datetime.ts';
import type { MpData } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import type { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Row } from './row.ts';

const SEE = 'see https://docs.thingsdb.io/v1/thingsdb-api/history';

/** A scope that may have a history. */
interface Place {
  readonly scope: RightScope;
  readonly collection: Collection | null;
  readonly historian: Historian;
}

function placeOf(cx: Context, text: Value): Place {
  if (typeof text !== 'string') throw typeErr(`expecting a scope to be of type \`str\` but got type \`${typeName(text)}\` instead`);
  const scope = parseScope(text);
  if (scope.kind === 'node') throw operationErr('the scope of a node has no history');
  const collection = scope.kind === 'collection' ? cx.database.collectionByName(scope.name) : null;
  return { scope: scope.kind, collection, historian: collection ?? cx.database };
}

/** The only scope whose history is on. Throws lookup_err. */
function onlyPlace(cx: Context): Place {
  const places: Place[] = [];
  if (cx.database.history !== null) places.push({ scope: 'thingsdb', collection: null, historian: cx.database });
  for (const collection of cx.database.collections.values()) {
    if (collection.history !== null) places.push({ scope: 'collection', collection, historian: collection });
  }
  const [place, ...others] = places;
  if (place === undefined) throw lookupErr('no scope keeps a history; see https://docs.thingsdb.io/v1/thingsdb-api/set_history');
  if (others.length > 0) throw lookupErr(`several scopes keep a history; say which one by the option \`scope\`; ${SEE}`);
  return place;
}

interface Filter {
  readonly scope: string | undefined;
  readonly detail: boolean;
  readonly id: number | undefined;
  readonly contains: string | undefined;
  readonly match: Regex | undefined;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly hasErr: boolean | undefined;
}

const FILTERS = ['contains', 'match', 'id', 'first', 'last', 'before', 'after', 'has_err'] as const;

function wrongType(option: string, wanted: string, value: Value): never {
  throw typeErr(`expecting \`${option}\` to be of type \`${wanted}\` but got type \`${typeName(value)}\` instead; ${SEE}`);
}

/** The options of a thing, by kind of value; one that is nil counts as not given. */
class Options {
  private readonly thing: Thing;

  constructor(thing: Thing) {
    this.thing = thing;
  }

  any(name: string): Value | undefined {
    return this.thing.get(name) ?? undefined;
  }

  scope(): string | undefined {
    const value = this.any('scope');
    return value === undefined || typeof value === 'string' ? value : wrongType('scope', 'str', value);
  }

  count(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' && typeof value !== 'bigint') return wrongType(name, 'int', value);
    if (value < 0) throw valueErr(`the option \`${name}\` must not be negative; ${SEE}`);
    return Number(value);
  }

  text(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return wrongType(name, 'str', value);
    if (value === '') throw valueErr(`the option \`${name}\` must not be empty; ${SEE}`);
    return value;
  }

  regex(name: string): Regex | undefined {
    const value = this.any(name);
    return value === undefined || value instanceof Regex ? value : wrongType(name, 'regex', value);
  }

  seconds(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    return value instanceof DateTime ? Number(value.seconds) : wrongType(name, 'datetime', value);
  }

  bool(name: string): boolean | undefined {
    const value = this.any(name);
    return value === undefined || typeof value === 'boolean' ? value : wrongType(name, 'bool', value);
  }
}

function filterOf(thing: Thing, withDetail: boolean): Filter {
  const known: readonly string[] = ['scope', ...FILTERS, ...(withDetail ? ['detail'] : [])];
  for (const key of thing.keys()) {
    if (!known.includes(key)) throw valueErr(`there is no option \`${key}\`; there are ${known.map((name) => `\`${name}\``).join(', ')}`);
  }
  const options = new Options(thing);
  const filter: Filter = {
    scope: options.scope(),
    detail: options.bool('detail') ?? false,
    id: options.count('id'),
    contains: options.text('contains'),
    match: options.regex('match'),
    first: options.count('first'),
    last: options.count('last'),
    before: options.seconds('before'),
    after: options.seconds('after'),
    hasErr: options.bool('has_err'),
  };
  if (FILTERS.every((name) => options.any(name) === undefined)) {
    throw lookupErr(`at least one of these options must be given: ${FILTERS.map((name) => `\`${name}\``).join(', ')}; ${SEE}`);
  }
  return filter;
}

function matches(cx: Context, commit: Commit, filter: Filter): boolean {
  const { contains, match } = filter;
  const texts = [commit.by, commit.message, commit.code, commit.error];
  if (filter.id !== undefined && commit.id !== filter.id) return false;
  if (filter.before !== undefined && commit.createdAt >= filter.before) return false;
  if (filter.after !== undefined && commit.createdAt <= filter.after) return false;
  if (filter.hasErr !== undefined && filter.hasErr !== (commit.error !== '')) return false;
  if (contains !== undefined && !texts.some((text) => text.includes(contains))) return false;
  return match === undefined || texts.some((text) => match.matcher.test(text, cx));
}

/** Finds commits. `first` and `last` are about the whole history, and of both, `first` about the last ones; what is left must match. */
function find(cx: Context, options: Thing, withDetail: boolean): { place: Place; filter: Filter; commits: Commit[] } {
  const filter = filterOf(options, withDetail);
  const place = filter.scope === undefined ? onlyPlace(cx) : placeOf(cx, filter.scope);
  const { history } = place.historian;
  if (history === null) throw operationErr(`the scope \`${scopeName(place.scope, place.collection)}\` keeps no history; ${SEE}`);
  checkRights(cx.user, place.scope, place.collection, Right.CHANGE);
  const last = filter.last === undefined ? history : history.slice(Math.max(0, history.length - filter.last));
  const window = filter.first === undefined ? last : last.slice(0, filter.first);
  return { place, filter, commits: window.filter((commit) => matches(cx, commit, filter)) };
}

function tell(commit: Commit, detail: boolean): MpData {
  const facts: [string, string][] = [
    ['created_on', isoText(new DateTime(commit.createdAt, 0, 'UTC', false))],
    ['by', commit.by],
    ['message', commit.message],
  ];
  if (detail) facts.push(['code', commit.code]);
  if (commit.error !== '') facts.push(['err_msg', commit.error]);
  return mpdata((w) => {
    w.mapHeader(facts.length + 1);
    w.str('id');
    w.int(commit.id);
    for (const [name, text] of facts) {
      w.str(name);
      w.str(text);
    }
  });
}

function history(cx: Context, options: Thing): Value {
  const { filter, commits } = find(cx, options, true);
  if (filter.id === undefined) return new List(commits.map((commit) => tell(commit, filter.detail)));
  return commits[0] === undefined ? null : tell(commits[0], filter.detail);
}

function delHistory(cx: Context, options: Thing): Value {
  const { ops } = cx.tx.need();
  const { place, commits } = find(cx, options, false);
  if (commits.length === 0) return 0;
  const gone = new Set(commits);
  place.historian.history = (place.historian.history ?? []).filter((commit) => !gone.has(commit));
  ops.int(ChangeOp.DEL_COMMITS);
  ops.int(place.collection?.id ?? 0);
  ops.int(commits.length);
  for (const commit of commits) ops.int(commit.id);
  return commits.length;
}

function setHistory(cx: Context, scope: Value, state: Value): Value {
  const { ops } = cx.tx.need();
  const place = placeOf(cx, scope);
  checkRights(cx.user, place.scope, place.collection, Right.CHANGE);
  if (typeof state !== 'boolean') {
    throw typeErr(
      `function \`set_history\` expects argument 2 to be of type \`bool\` but got type \`${typeName(state)}\` instead; see https://docs.thingsdb.io/v1/thingsdb-api/set_history`,
    );
  }
  if (state === (place.historian.history !== null)) return null;
  place.historian.history = state ? [] : null;
  ops.int(ChangeOp.HISTORY);
  ops.int(place.collection?.id ?? 0);
  ops.int(state ? 1 : 0);
  return null;
}

const OPTIONS = [{ name: 'options', type: 'thing' }] as const;

export const historyRows: readonly Row[] = [
  {
    name: 'commit',
    params: [{ name: 'message', type: 'str' }],
    returns: 'nil',
    doc: 'Keeps the query with a message in the history of the scope, which must be on; the query must make a change.',
    example: "try(commit('a message')).code();  // => -63",
    page: 'collection-api/commit',
    scopes: ['collection', 'thingsdb'],
    run: (cx, message: string) => {
      cx.commit(message);
      return null;
    },
  },
  {
    name: 'history',
    params: OPTIONS,
    returns: 'list|mpdata',
    doc: 'Finds commits in the history of a scope; by `id`, only the one.',
    example: "set_history('@t', true); history({last: 1});  // => []",
    page: 'thingsdb-api/history',
    scopes: ['thingsdb'],
    run: history,
  },
  {
    name: 'set_history',
    params: [
      { name: 'scope', type: 'any' },
      { name: 'state', type: 'any' },
    ],
    returns: 'nil',
    doc: 'Switches the history of a scope on, or off with all commits gone.',
    example: "set_history('@t', true);  // => null",
    page: 'thingsdb-api/set_history',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: setHistory,
  },
  {
    name: 'del_history',
    params: OPTIONS,
    returns: 'int',
    doc: 'Takes commits out of the history of a scope and gives how many they were.',
    example: "set_history('@t', true); del_history({last: 9});  // => 0",
    page: 'thingsdb-api/del_history',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: delHistory,
  },
];
