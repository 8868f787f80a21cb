/** A text in the 2019 dialect as editors know it and as the language knows it. */
import type { AnalyzeOptions } from '../../analysis/analyze.ts';
import { type Analysis2019, LiveScript2019, type Probe2019 } from '../../analysis/dialect-2019/analyze.ts';
import { Document } from '../document.ts';

/** What editors call the language. */
const LANGUAGE = 'thingsdb-2019';

/** Whether a text is one of the dialect: by its language, else by its address. */
export const isDialect2019 = ({ uri, languageId }: { readonly uri: string; readonly languageId: string }): boolean =>
  languageId === LANGUAGE || uri.endsWith('.t19');

export class Document2019 extends Document {
  private checked: Analysis2019 | null = null;
  private readonly settings: () => AnalyzeOptions;
  private readonly live: LiveScript2019;

  /** `before`: the document as it was, which nobody may ask any more. */
  constructor(uri: string, version: number, text: string, settings: () => AnalyzeOptions = () => ({}), before?: Document2019) {
    super(uri, version, text, settings);
    this.settings = settings;
    this.live = before?.live ?? new LiveScript2019();
  }

  /** What the checker knows of it; found out when it is first asked for. */
  get analysis2019(): Analysis2019 {
    this.checked ??= this.live.check(this.bytes, this.settings());
    return this.checked;
  }

  /** What is known of the text with a word put in, for what has to be asked of a text that is being written. */
  asked(offset: number, word: string): Probe2019 {
    // The script that the place is asked in is that of this text.
    if (this.checked === null) void this.analysis2019;
    return this.live.probe(this.bytes.slice(0, offset) + word + this.bytes.slice(offset), offset);
  }
}
