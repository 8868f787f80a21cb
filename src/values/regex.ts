import { Matcher } from '../regex/matcher.ts';

const MAX_CACHED = 512;
/** Matchers of recent expressions; the least recently made leave first. */
const matchers = new Map<string, Matcher>();

function matcherFor(pattern: string, flags: string): Matcher {
  const key = `${flags}/${pattern}`;
  let matcher = matchers.get(key);
  if (matcher === undefined) {
    matcher = new Matcher(pattern, flags);
    if (matchers.size >= MAX_CACHED) matchers.delete(matchers.keys().next().value as string);
    matchers.set(key, matcher);
  }
  return matcher;
}

/** A regular expression. `pattern` and `flags` are as written between and behind the slashes. */
export class Regex {
  readonly pattern: string;
  readonly flags: string;
  private made: Matcher | null = null;

  constructor(pattern: string, flags: string) {
    this.pattern = pattern;
    this.flags = flags;
  }

  get typeName(): string {
    return 'regex';
  }

  get text(): string {
    return `/${this.pattern}/${this.flags}`;
  }

  /** What matches; made when it is first asked for. Throws value_err when the pattern is none. */
  get matcher(): Matcher {
    this.made ??= matcherFor(this.pattern, this.flags);
    return this.made;
  }
}
