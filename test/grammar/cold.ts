/** Run as a process of its own: parses its argument first thing and prints the problem with it, or `none`. */
import { problem } from './shape.ts';

process.stdout.write(problem(process.argv[2] ?? ''));
