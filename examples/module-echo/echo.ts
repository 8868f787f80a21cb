#!/usr/bin/env node
/** A module that gives back what it is told, in the manner of its configuration: `{loud: true}` makes it shout. */
import { type Data, ModuleError, type Request, startModule, TYPE_ERROR, VALUE_ERROR } from './timodule.ts';

let isLoud = false;

function onConfig(conf: Data): void {
  const loud = typeof conf === 'object' && conf !== null && 'loud' in conf ? conf['loud'] : undefined;
  if (typeof loud !== 'boolean') throw new Error('the configuration must be {loud: true} or {loud: false}');
  isLoud = loud;
}

async function onRequest({ message, times = 1, wait = 0 }: Request): Promise<Data> {
  if (typeof message !== 'string') throw new ModuleError(TYPE_ERROR, '`message` must be of type `str`');
  if (typeof times !== 'number' || times < 1) throw new ModuleError(VALUE_ERROR, '`times` must be 1 or more');
  if (typeof wait === 'number' && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const text = isLoud ? message.toUpperCase() : message;
  return { message: Array.from({ length: times }, () => text).join(' '), pid: process.pid };
}

startModule({ onConfig, onRequest });
