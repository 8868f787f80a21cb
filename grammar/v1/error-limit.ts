/** The end of a parse that finds too many errors. */
import type { IParserErrorMessageProvider } from 'chevrotain';

/** Behind this many errors the rest of a text tells nothing, and each costs a search for where to go on. */
export const MAX_ERRORS = 100;

/** Thrown through a parser to end it; not an error that anyone outside sees. */
export class Stop {}

/** Counts the errors of a parse. */
export class ErrorLimit {
  private left = MAX_ERRORS;

  /** Another text is about to be parsed. */
  restart(): void {
    this.left = MAX_ERRORS;
  }

  private count(): void {
    if (this.left-- <= 0) throw new Stop();
  }

  /** The messages of a parser that stops behind too many: Chevrotain asks for one once an error, which makes that the place to count them. */
  counting(messages: IParserErrorMessageProvider): IParserErrorMessageProvider {
    return {
      ...messages,
      buildMismatchTokenMessage: (options) => {
        this.count();
        return messages.buildMismatchTokenMessage(options);
      },
      buildNoViableAltMessage: (options) => {
        this.count();
        return messages.buildNoViableAltMessage(options);
      },
    };
  }
}
