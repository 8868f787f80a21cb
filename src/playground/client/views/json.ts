/** A value as JSON text, for use elsewhere: ints of any size and floats as the server told them, bytes in base64. */
import { BytesValue, FloatValue, ThingValue, type Value } from '../net/values.ts';
import { floatText } from './values.ts';

function block(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  const inner = `${indent}  `;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

/** Infinite floats, and those that are no number, become texts: JSON has no others. */
export function jsonText(value: Value, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof FloatValue) return Number.isFinite(value.value) ? floatText(value.value) : JSON.stringify(floatText(value.value));
  if (value instanceof BytesValue) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  if (typeof value === 'bigint') return String(value);
  if (value instanceof ThingValue) {
    const fields = [...value.fields].map(([name, field]) => `${JSON.stringify(name)}: ${jsonText(field, inner)}`);
    return block('{', value.id === null ? fields : [`"#": ${value.id}`, ...fields], '}', indent);
  }
  if (Array.isArray(value))
    return block(
      '[',
      (value as readonly Value[]).map((item) => jsonText(item, inner)),
      ']',
      indent,
    );
  return JSON.stringify(value);
}
