/** A regular expression. `pattern` and `flags` are as written between and behind the slashes; compiling them is the built-ins' affair. */
export class Regex {
  readonly pattern: string;
  readonly flags: string;
  /** The engine's form, made by `src/builtins/regex/` at first use. */
  compiled: unknown = undefined;

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
}
