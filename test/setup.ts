import fc from 'fast-check';
import { fuzzSeed } from './seed.ts';

fc.configureGlobal({ seed: fuzzSeed() });
