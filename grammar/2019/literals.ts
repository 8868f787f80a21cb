/** Values of the literals that the 2019 dialect writes in its own way. */

/** The value of a float literal, of `inf` or of `nan`, each with its sign. */
export function numberValue(raw: string): number {
  const unsigned = raw.replace(/^[-+]/, '');
  if (unsigned === 'nan') return Number.NaN;
  const value = unsigned === 'inf' ? Number.POSITIVE_INFINITY : Number(unsigned);
  return raw.startsWith('-') ? -value : value;
}
