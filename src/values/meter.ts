/**
 * Work of operators on large values, which no instruction counts: comparing long lists, joining long texts, combining sets. Whoever runs the operators
 * pays for it.
 */

/** Less is not worth a call. */
const BATCH = 1024;

let pending = 0;
let payer: (units: number) => void = () => undefined;

/** From now on `pay` is asked; it may throw. */
export function payWith(pay: (units: number) => void): void {
  payer = pay;
  pending = 0;
}

/** Counts so many items, or so many times 64 bytes. */
export function charge(units: number): void {
  pending += units;
  if (pending < BATCH) return;
  const due = pending;
  pending = 0;
  payer(due);
}
