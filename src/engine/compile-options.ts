/** How texts are compiled in this process. */
import type { CompileOptions } from '../compiler/compile.ts';

let options: CompileOptions = { probes: false };

export const compileOptions = (): CompileOptions => options;

/**
 * Has all that is compiled from now on made with probes, or without: for a tool that watches its programs run, in a process of its own. What was compiled
 * before stays as it is.
 */
export function compileWithProbes(on: boolean): void {
  options = { probes: on };
}
