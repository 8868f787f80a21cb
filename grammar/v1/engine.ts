/** The base of the grammar: rules that carry what both engines (Chevrotain's own and the one of `lean.ts`) need to know of them. */
import {
  EmbeddedActionsParser,
  type ILookaheadStrategy,
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  LLkLookaheadStrategy,
  type ParserMethod,
} from 'chevrotain';
import type { Ahead } from './choose.ts';
import { vocabulary } from './tokens.ts';

export type Test = (this: unknown) => boolean;
export type Choice = (this: unknown) => number | undefined;

/** What is known of a rule beside Chevrotain's own records. */
export interface RuleInfo {
  readonly name: string;
  readonly body: (this: unknown) => unknown;
  /** For a rule that is a choice of others: which one the next tokens select. */
  readonly pick: ((ahead: Ahead) => number) | null;
  readonly alternatives: () => readonly Rule<unknown>[];
  /** Lookahead functions by the number in the method's name (`MANY2`). */
  readonly options: Test[];
  readonly repetitions: Test[];
  readonly separated: Test[];
  readonly choices: Choice[];
}

export type Rule<T> = ParserMethod<[], T> & { readonly info: RuleInfo };

/** LL(1) for most decisions, functions of `choose.ts` for the rest; every lookahead function is also kept in its rule's record. */
class Lookahead extends LLkLookaheadStrategy {
  readonly rules = new Map<string, RuleInfo>();
  /** Keyed by rule, kind and number, such as `unary Repetition 1`. */
  readonly tests = new Map<string, (ahead: Ahead) => boolean>();

  override buildLookaheadForAlternation(options: Parameters<ILookaheadStrategy['buildLookaheadForAlternation']>[0]): Choice {
    const info = this.infoOf(options.rule.name);
    const choice = info.pick === null ? super.buildLookaheadForAlternation(options) : choiceOf(info.pick);
    info.choices[options.prodOccurrence] = choice;
    return choice;
  }

  override buildLookaheadForOptional(options: Parameters<ILookaheadStrategy['buildLookaheadForOptional']>[0]): Test {
    const { prodType, prodOccurrence, rule } = options;
    const info = this.infoOf(rule.name);
    const custom = this.tests.get(`${rule.name} ${prodType} ${prodOccurrence}`);
    const test = custom === undefined ? super.buildLookaheadForOptional(options) : testOf(custom);
    const list = prodType === 'Option' ? info.options : prodType === 'Repetition' ? info.repetitions : info.separated;
    list[prodOccurrence] = test;
    return test;
  }

  private infoOf(rule: string): RuleInfo {
    const info = this.rules.get(rule);
    if (info === undefined) throw new Error(`rule ${rule} was not made by rule() or choice()`);
    return info;
  }
}

const choiceOf = (pick: (ahead: Ahead) => number): Choice =>
  function (this: unknown): number | undefined {
    const index = pick(this as Ahead);
    return index < 0 ? undefined : index;
  };

const testOf = (custom: (ahead: Ahead) => boolean): Test =>
  function (this: unknown): boolean {
    return custom(this as Ahead);
  };

const noAlternatives = (): readonly Rule<unknown>[] => [];

export interface EngineOptions {
  readonly recover: boolean;
  readonly messages: IParserErrorMessageProvider;
}

export abstract class Engine extends EmbeddedActionsParser implements Ahead {
  private readonly lookahead: Lookahead;

  constructor(options: EngineOptions) {
    const lookahead = new Lookahead({ maxLookahead: 1 });
    super(vocabulary, {
      maxLookahead: 1,
      lookaheadStrategy: lookahead,
      recoveryEnabled: options.recover,
      errorMessageProvider: options.messages,
      // The checks use functions that older runtimes lack and cost half of the start; a test runs them.
      skipValidations: true,
    });
    this.lookahead = lookahead;
  }

  peek(k: number): IToken {
    return this.LA(k);
  }

  /** Defines a rule. Errors in it are recovered from in the nearest rule around it that has a `recover`. */
  protected rule<T>(name: string, body: () => T, recover?: (error: IRecognitionException) => T): Rule<T> {
    return this.define(name, body, null, noAlternatives, recover);
  }

  /** Defines a rule that is a choice of others; `pick` gives the index of one of them, or -1. */
  protected choice<T>(name: string, pick: (ahead: Ahead) => number, alternatives: () => readonly Rule<T>[]): Rule<T> {
    // The rules are fields that may not exist yet.
    let rules: readonly Rule<T>[] | null = null;
    const once = (): readonly Rule<T>[] => {
      rules ??= alternatives();
      return rules;
    };
    let branches: { ALT: () => T }[] | null = null;
    const body = (): T => {
      branches ??= once().map((rule) => ({ ALT: () => this.SUBRULE(rule) }));
      return this.OR({ DEF: branches, IGNORE_AMBIGUITIES: true });
    };
    return this.define(name, body, pick, once);
  }

  private define<T>(
    name: string,
    body: () => T,
    pick: RuleInfo['pick'],
    alternatives: () => readonly Rule<unknown>[],
    recover?: (error: IRecognitionException) => T,
  ): Rule<T> {
    const config = recover === undefined ? { resyncEnabled: false } : { resyncEnabled: true, recoveryValueFunc: recover };
    const method: ParserMethod<[], T> = this.RULE(name, body, config as { resyncEnabled: boolean });
    const info: RuleInfo = { name, body, pick, alternatives, options: [], repetitions: [], separated: [], choices: [] };
    this.lookahead.rules.set(name, info);
    return Object.assign(method, { info });
  }

  /** Replaces the lookahead of one optional part of a rule; call it before the analysis. */
  protected lookAt(part: string, test: (ahead: Ahead) => boolean): void {
    this.lookahead.tests.set(part, test);
  }
}
