/** Results that are there after the query, and the closures that are called with them. */
import { lookupErr, numArgsErr, operationErr, typeErr } from '../errors.ts';
import type { Closure } from '../values/closure.ts';
import { Future } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { askModule, moduleNamed } from './module-calls.ts';
import type { Context, Row } from './row.ts';

const SEE = 'see https://docs.thingsdb.io/v1/collection-api/future';

function future(cx: Context, request: Thing | Closure | null, args: readonly Value[]): Future {
  if (request instanceof Thing) return askModule(cx, moduleNamed(cx, moduleName(request)), request, args);
  const made = new Future(request === null ? [null, ...args] : closureArgs(cx, request, args));
  if (request !== null) made.onSuccess = request;
  cx.addFuture(made);
  return made;
}

/** What a closure will be called with: the items of a list, or else the variables that its parameters name. */
function closureArgs(cx: Context, closure: Closure, given: readonly Value[]): readonly Value[] {
  const { params } = closure.code;
  if (given.length === 0) return params.map((name) => cx.variable(name));
  if (given.length > 1)
    throw numArgsErr(
      `\`future\` takes a closure and a list with the arguments for it, but ${given.length + 1} arguments were given; ${SEE}`,
    );
  const [list] = given;
  if (!(list instanceof List)) {
    throw typeErr(
      `function \`future\` expects argument 2 to be of type \`list\` or \`tuple\` but got type \`${typeName(list as Value)}\` instead; ${SEE}`,
    );
  }
  if (list.items.length !== params.length) {
    throw numArgsErr(`the closure takes ${params.length} arguments but the list has ${list.items.length}; ${SEE}`);
  }
  return [...list.items];
}

function moduleName(request: Thing): string {
  const name = request.get('module');
  if (name === undefined) throw lookupErr(`the request of a future must have the property \`module\`; ${SEE}`);
  if (typeof name !== 'string')
    throw typeErr(`the property \`module\` must be of type \`str\` but is of type \`${typeName(name)}\`; ${SEE}`);
  return name;
}

function then(_cx: Context, self: Future, closure: Closure): Future {
  if (self.onSuccess !== null) throw operationErr('a future can have one `then`, no more');
  self.onSuccess = closure;
  return self;
}

function otherwise(_cx: Context, self: Future, closure: Closure): Future {
  if (self.onFailure !== null) throw operationErr('a future can have one `else`, no more');
  self.onFailure = closure;
  return self;
}

const CALLBACK = { name: 'callback', type: 'closure' } as const;

export const futureRows: readonly Row[] = [
  {
    name: 'future',
    params: [
      { name: 'request', type: 'thing|closure|nil' },
      { name: 'args', type: 'any', rest: true },
    ],
    returns: 'future',
    doc: 'Makes a future: what is done with it comes after the query, in a change of its own. A thing asks the module that its property `module` names. A closure is called with the variables that its parameters name, or with the items of a list.',
    example: 'x = 6; future(|x| x * 7);  // => 42',
    page: 'collection-api/future',
    defers: true,
    run: future,
  },
  {
    name: 'then',
    receiver: 'future',
    params: [CALLBACK],
    returns: 'future',
    doc: 'Sets the closure that is called with the result of the future; what it gives is the result then.',
    example: 'future(nil, 6, 7).then(|_, a, b| a * b);  // => 42',
    page: 'data-types/future/then',
    defers: true,
    run: then,
  },
  {
    name: 'else',
    receiver: 'future',
    params: [CALLBACK],
    returns: 'future',
    doc: 'Sets the closure that is called with the error when what the future waits for fails.',
    example: 'future(nil, 6).then(|_, a| a).else(|err| err.msg());  // => 6',
    page: 'data-types/future/else',
    defers: true,
    run: otherwise,
  },
];
