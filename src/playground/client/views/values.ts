/** Values as people read them. */
import { BytesValue, FloatValue, ThingValue, type Value } from '../net/values.ts';
import { counted, h } from '../ui/dom.ts';

/** More characters of a text than this are not shown in a line. */
const LONGEST = 300;
const SHOWN_BYTES = 24;

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}

function bytesText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${counted(bytes.length, 'byte')}${bytes.length === 0 ? '' : `: ${shown}`}${bytes.length > SHOWN_BYTES ? ' …' : ''}`;
}

/** A value in a line, and the end of the name of its CSS class. */
export function summary(value: Value): { readonly text: string; readonly style: string } {
  if (value === null) return { text: 'nil', style: 'constant' };
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return { text: text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${counted(value.length, 'character')})` : text, style: 'string' };
  }
  if (typeof value === 'boolean') return { text: String(value), style: 'constant' };
  if (typeof value === 'number' || typeof value === 'bigint') return { text: String(value), style: 'number' };
  if (value instanceof FloatValue) return { text: floatText(value.value), style: 'number' };
  if (value instanceof BytesValue) return { text: bytesText(value.bytes), style: 'regex' };
  if (value instanceof ThingValue) return { text: thingText(value), style: 'dim' };
  return { text: `[${counted((value as readonly Value[]).length, 'item')}]`, style: 'dim' };
}

function thingText({ id, fields, isReference }: ThingValue): string {
  if (isReference) return `#${id}`;
  const names = [...fields.keys()];
  const shown = names.slice(0, 6).join(', ');
  return `${id === null ? '' : `#${id} `}{${shown}${names.length > 6 ? ', …' : ''}}`;
}

export function summaryElement(value: Value): HTMLElement {
  const { text, style } = summary(value);
  return h('span', { class: `value tok-${style}` }, text);
}
