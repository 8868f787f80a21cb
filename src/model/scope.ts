import { valueErr } from '../errors.ts';

/** Where a request is to run. A node without id is the one that was asked. */
export type Scope =
  | { readonly kind: 'thingsdb' }
  | { readonly kind: 'node'; readonly id: number | null }
  | { readonly kind: 'collection'; readonly name: string };

const MAX_NODES = 64;
const COLLECTION_NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/;
const THINGSDB: Scope = { kind: 'thingsdb' };
const THIS_NODE: Scope = { kind: 'node', id: null };

const EXAMPLES: Readonly<Record<string, string>> = {
  '@': '`@thingsdb`, `@node:...` or `@collection:...`',
  '/': '`/thingsdb`, `/node/...` or `/collection/...`',
};

/**
 * Reads a scope in either spelling: `@` with `:`, or `/` with `/`; a kind may be shortened to any prefix, that of collections even to none
 * (`@:stuff`, `//stuff`). Throws TiError (-60). Whether a collection or node of that name exists is not looked at.
 */
export function parseScope(text: string): Scope {
  if (text === '') throw valueErr('a scope must not be empty');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
  if (!/^[\x00-\x7f]*$/.test(text)) throw valueErr('a scope must consist of ASCII characters');
  const first = text.charAt(0);
  const examples = EXAMPLES[first];
  if (examples === undefined) throw valueErr(`a scope must start with \`@\` or \`/\`, not with \`${first}\``);
  const separator = first === '@' ? ':' : '/';
  const at = text.indexOf(separator, 1);
  const kind = at < 0 ? text.slice(1) : text.slice(1, at);
  const rest = at < 0 ? null : text.slice(at + 1);
  const scope = byKind(kind, rest);
  if (scope === null) throw valueErr(`a scope is one of ${examples}; \`${text}\` is none`);
  return scope;
}

/** `rest` is what stands behind the separator; null when there is none. */
function byKind(kind: string, rest: string | null): Scope | null {
  if (kind === '') return rest === null || rest === '' ? null : collectionScope(rest);
  if ('thingsdb'.startsWith(kind)) return rest === null ? THINGSDB : null;
  if ('node'.startsWith(kind)) return rest === null || rest === '' ? THIS_NODE : nodeScope(rest);
  if ('collection'.startsWith(kind)) return collectionScope(rest ?? '');
  return null;
}

function collectionScope(name: string): Scope {
  if (name === '') throw valueErr('a collection scope must name a collection');
  if (!COLLECTION_NAME.test(name)) throw valueErr('the name of the collection in the scope does not follow the naming rules');
  return { kind: 'collection', name };
}

function nodeScope(id: string): Scope {
  if (!/^[0-9]+$/.test(id) || Number(id) >= MAX_NODES)
    throw valueErr(`the id of a node is an integer from 0 to ${MAX_NODES - 1}, not \`${id}\``);
  return { kind: 'node', id: Number(id) };
}
