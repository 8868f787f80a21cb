/** Procedures: closures that are kept under a name in a collection, or in the scope of users and collections. */
import { lookupErr, operationErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import type { Procedure } from '../model/procedures.ts';
import { encodeProcedure } from '../model/schema-records.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure, Effect } from '../values/closure.ts';
import type { MpData } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { isName } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Param, Row } from './row.ts';

const proceduresOf = (cx: Context): Map<string, Procedure> => (cx.collection ?? cx.database).procedures;

function checkName(name: string): void {
  if (!isName(name)) throw valueErr('a procedure name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
}

/** Throws lookup_err; value_err for what cannot be a name. */
function find(cx: Context, name: string): Procedure {
  const procedure = proceduresOf(cx).get(name);
  if (procedure !== undefined) return procedure;
  checkName(name);
  throw lookupErr(`procedure \`${name}\` not found`);
}

function checkFree(cx: Context, name: string): void {
  checkName(name);
  if (proceduresOf(cx).has(name)) throw lookupErr(`procedure \`${name}\` already exists`);
}

function put(cx: Context, name: string, code: Closure['code'], createdAt: number): void {
  const { ops } = cx.tx.need();
  const closure = new Closure(code);
  closure.unbound = true;
  const procedure = { name, closure, createdAt };
  ops.int(ChangeOp.PROCEDURE);
  encodeProcedure(ops, procedure);
  proceduresOf(cx).set(name, procedure);
  cx.namesChanged();
}

function remove(cx: Context, name: string): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.DEL_PROCEDURE);
  ops.str(name);
  proceduresOf(cx).delete(name);
  cx.namesChanged();
}

const now = (): number => Math.floor(Date.now() / 1000);

function newProcedure(cx: Context, name: string, closure: Closure): Value {
  checkFree(cx, name);
  put(cx, name, closure.code, now());
  return name;
}

function modProcedure(cx: Context, name: string, closure: Closure): Value {
  find(cx, name);
  put(cx, name, closure.code, now());
  return null;
}

function delProcedure(cx: Context, name: string): Value {
  find(cx, name);
  remove(cx, name);
  return null;
}

function renameProcedure(cx: Context, from: string, to: string): Value {
  const { closure, createdAt } = find(cx, from);
  checkFree(cx, to);
  remove(cx, from);
  put(cx, to, closure.code, createdAt);
  return null;
}

function writeInfo(cx: Context, w: MsgpackWriter, { name, closure, createdAt }: Procedure): void {
  const { code } = closure;
  const withDefinition = cx.hasRight('CHANGE');
  w.mapHeader(withDefinition ? 6 : 5);
  w.str('doc');
  w.str(code.doc);
  w.str('name');
  w.str(name);
  w.str('created_at');
  w.int(createdAt);
  if (withDefinition) {
    w.str('definition');
    w.str(code.definition);
  }
  w.str('with_side_effects');
  w.bool((code.effects & (cx.collection === null ? Effect.THINGSDB : Effect.COLLECTION)) !== 0);
  w.str('arguments');
  w.arrayHeader(code.params.length);
  for (const param of code.params) w.str(param);
}

const info = (cx: Context, procedure: Procedure): MpData => mpdata((w) => writeInfo(cx, w, procedure));

function infos(cx: Context): List {
  const procedures = proceduresOf(cx);
  return new List([...procedures.keys()].sort().map((name) => info(cx, procedures.get(name) as Procedure)));
}

const NAME: Param = { name: 'name', type: 'str' };
const CLOSURE: Param = { name: 'closure', type: 'closure' };
const SCOPES = ['collection', 'thingsdb'] as const;

export const procedureRows: readonly Row[] = [
  {
    name: 'new_procedure',
    commits: true,
    params: [NAME, CLOSURE],
    returns: 'str',
    doc: 'Keeps a copy of a closure under a name, by which clients can run it.',
    example: 'new_procedure(\'add_one\', |x| x + 1);  // => "add_one"',
    page: 'procedures-api/new_procedure',
    changes: SCOPES,
    scopes: SCOPES,
    run: newProcedure,
  },
  {
    name: 'mod_procedure',
    commits: true,
    params: [NAME, CLOSURE],
    returns: 'nil',
    doc: 'Puts another closure in the place of that of a procedure, which counts as made anew.',
    example: "new_procedure('add', |x| x + 1); mod_procedure('add', |x, y| x + y);  // => null",
    page: 'procedures-api/mod_procedure',
    changes: SCOPES,
    scopes: SCOPES,
    run: modProcedure,
  },
  {
    name: 'del_procedure',
    commits: true,
    params: [NAME],
    returns: 'nil',
    doc: 'Removes a procedure.',
    example: "new_procedure('gone', || 1); del_procedure('gone');  // => null",
    page: 'procedures-api/del_procedure',
    changes: SCOPES,
    scopes: SCOPES,
    run: delProcedure,
  },
  {
    name: 'rename_procedure',
    commits: true,
    params: [NAME, { name: 'new_name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives a procedure another name.',
    example: "new_procedure('a', || 1); rename_procedure('a', 'b'); has_procedure('b');  // => true",
    page: 'procedures-api/rename_procedure',
    changes: SCOPES,
    scopes: SCOPES,
    run: renameProcedure,
  },
  {
    name: 'has_procedure',
    params: [NAME],
    returns: 'bool',
    doc: 'Whether the scope has a procedure of that name.',
    example: "has_procedure('nowhere');  // => false",
    page: 'procedures-api/has_procedure',
    scopes: SCOPES,
    run: (cx, name: string) => proceduresOf(cx).has(name),
  },
  {
    name: 'procedure_doc',
    params: [NAME],
    returns: 'str',
    doc: 'The text with which the closure of a procedure begins; empty when there is none.',
    example: 'new_procedure(\'add_one\', |x| { "Adds one."; x + 1; }); procedure_doc(\'add_one\');  // => "Adds one."',
    page: 'procedures-api/procedure_doc',
    scopes: SCOPES,
    run: (cx, name: string) => find(cx, name).closure.code.doc,
  },
  {
    name: 'procedure_info',
    params: [NAME],
    returns: 'mpdata',
    doc: 'Tells about a procedure: doc, name, parameters, whether it has side effects, and, to those who may change it, its definition.',
    example: "new_procedure('add_one', |x| x+1); procedure_info('add_one').load().definition;  // => \"|x| x + 1\"",
    page: 'procedures-api/procedure_info',
    scopes: SCOPES,
    run: (cx, name: string) => info(cx, find(cx, name)),
  },
  {
    name: 'procedures_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all procedures of the scope, by name.',
    example: 'procedures_info();  // => []',
    page: 'procedures-api/procedures_info',
    scopes: SCOPES,
    run: infos,
  },
  {
    name: 'run',
    params: [
      { name: 'procedure', type: 'str' },
      { name: 'args', type: 'any', rest: true },
    ],
    returns: 'any',
    doc: 'Calls a procedure. Arguments that are missing are nil; those beyond its parameters are not evaluated.',
    example: "new_procedure('add_one', |x| x + 1); run('add_one', 41);  // => 42",
    page: 'procedures-api/run',
    scopes: SCOPES,
    // The compiler makes a call of it; see the instruction PROCEDURE.
    run: () => {
      throw operationErr('`run` is not called as a function');
    },
  },
];
