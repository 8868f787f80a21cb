/** Numbers with a count of significant digits, as C writes them: what lies right between two becomes the even one, where JavaScript rounds away from zero. */

/** As `value.toPrecision(digits)`, for up to 20 digits. */
export function toDigits(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (!isRoundedUp(value, digits, text)) return text;
  // One digit more is exact; without it the number is rounded towards zero.
  return text.includes('e')
    ? toExponent(value, digits)
    : value
        .toPrecision(digits + 1)
        .slice(0, -1)
        .replace(/\.$/, '');
}

/** As `value.toExponential(digits - 1)`, for up to 20 digits. */
export function toExponent(value: number, digits: number): string {
  const text = value.toExponential(digits - 1);
  if (!isRoundedUp(value, digits, text)) return text;
  const exact = value.toExponential(digits);
  const at = exact.indexOf('e');
  return exact.slice(0, at - 1) + exact.slice(at);
}

/** A number with so few digits has no more binary places. */
const MOST = 2 ** 64;

/** Whether a number lies right between two, of which `text` is the odd one. */
function isRoundedUp(value: number, digits: number, text: string): boolean {
  if (!Number.isInteger(value * MOST)) return false;
  const at = text.indexOf('e');
  if ((text.charCodeAt((at < 0 ? text.length : at) - 1) & 1) === 0) return false;
  const exact = value.toExponential(digits + 30);
  return /^50*e/.test(exact.slice(exact.indexOf('.') + digits));
}
