/** The colours of the prompt, as parameters of the escape sequence that sets them. */
import type { TokenClass } from '../../analysis/token-classes.ts';
import { paint } from '../../terminal/layout.ts';

export const CLASS_STYLES: Readonly<Record<TokenClass, string>> = {
  comment: '90',
  string: '32',
  regex: '33',
  number: '36',
  constant: '35',
  keyword: '1;35',
  function: '34',
  method: '34',
  property: '',
  variable: '',
  punctuation: '',
  bad: '4;31',
};

export const STYLES = { prompt: '1;36', command: '1;36', dim: '2', head: '1', bad: '1;31' } as const;

export type Style = string;

/** Text in a style, when there are to be colours. */
export const styled = (text: string, style: Style, colored: boolean): string => paint({ text, style: colored ? style : '' });
