/**
 * Who may speak to a page's port from within a browser. A browser sends requests to any address that any site names; what it says of where they come from
 * cannot be forged by the site.
 */

/** Host and port of a `Host` header or an origin, in lower case; null for what is neither. */
function splitHost(text: string): { readonly host: string; readonly port: string } | null {
  const match = /^(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::(\d{1,5}))?$/.exec(text.toLowerCase());
  return match === null ? null : { host: match[1] as string, port: match[2] ?? '' };
}

const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);

/**
 * Whether a request names a host under which the page may be asked for: an address, `localhost`, or one of `names` (lower case). A site that has its own name
 * lead to this machine (DNS rebinding) is told from these by the name.
 */
export function isKnownHost(host: string | undefined, names: readonly string[]): boolean {
  const split = host === undefined ? null : splitHost(host);
  if (split === null) return false;
  return isAddress(split.host) || split.host === 'localhost' || split.host.endsWith('.localhost') || names.includes(split.host);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** Whether a request comes from the page of the same host and port. What is in front of the server may speak TLS for it. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  const match = /^(https?):\/\/(.+)$/.exec(origin ?? '');
  if (match === null || host === undefined) return false;
  const scheme = match[1] as string;
  const from = splitHost(match[2] as string);
  const to = splitHost(host);
  if (from === null || to === null) return false;
  const portOf = ({ port }: { readonly port: string }): string => (port === '' ? (DEFAULT_PORTS[scheme] as string) : port);
  return from.host === to.host && portOf(from) === portOf(to);
}

/** A list of names, separated by commas or spaces, as settings have it. */
export const hostNames = (text: string | null): string[] =>
  (text ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '');
