/** Makes jobs of what clients ask for: finds the scope, checks rights, decodes variables, compiles. */
import type { Session2019 } from '../builtins/dialect-2019/session.ts';
import type { Program } from '../bytecode/program.ts';
import { ErrorCode, lookupErr, TiError } from '../errors.ts';
import type { Database } from '../model/database.ts';
import { checkRawSize, checkRawSizes } from '../model/quotas.ts';
import { checkRights, Right } from '../model/rights.ts';
import { parseScope, type Scope } from '../model/scope.ts';
import { isWhitelisted, type User } from '../model/users.ts';
import type { Query2019, QueryRequest, RunRequest } from './api.ts';
import { decodeRunArgs, decodeVars } from './arguments.ts';
import { collectionOfTarget, compileText2019 } from './dialect-2019.ts';
import { type Job, NO_ARGS, type Place } from './job.ts';
import { codeOf, ProgramCache } from './toolchain.ts';

const MAX_SCOPES = 1000;
const NO_BYTES = new Uint8Array(0);

export class Jobs {
  private readonly database: Database;
  private readonly programs: ProgramCache;
  private readonly programs2019 = new ProgramCache((text) => compileText2019(text, 'collection'));
  private readonly rootPrograms2019 = new ProgramCache((text) => compileText2019(text, 'root'));
  /** Scopes by their text; names are looked up at each query. */
  private readonly scopes = new Map<string, Scope>();

  constructor(database: Database, programs: ProgramCache) {
    this.database = database;
    this.programs = programs;
  }

  private readScope(text: string): Scope {
    const scope = parseScope(text);
    if (this.scopes.size >= MAX_SCOPES) this.scopes.clear();
    this.scopes.set(text, scope);
    return scope;
  }

  private place(scopeText: string): Place {
    const scope = this.scopes.get(scopeText) ?? this.readScope(scopeText);
    if (scope.kind === 'thingsdb') return { scope: 'thingsdb', collection: null, deep: this.database.thingsdbDeep };
    if (scope.kind === 'node') {
      if (scope.id !== null && scope.id !== 0) throw lookupErr(`\`node:${scope.id}\` does not exist`);
      return { scope: 'node', collection: null, deep: this.database.nodeDeep };
    }
    const collection = this.database.collectionByName(scope.name);
    return { scope: 'collection', collection, deep: collection.defaultDeep };
  }

  of2019({ user: { id }, client, target, code, blobs }: Query2019, session: Session2019, compiled: Program | null): Job {
    const collection = collectionOfTarget(this.database, target);
    const scope = collection === null ? 'thingsdb' : 'collection';
    const user = this.database.users.get(id);
    checkRights(user, scope, collection, Right.QUERY);
    checkRawSize(collection, code.length);
    for (const blob of blobs) checkRawSize(collection, blob.length);
    const { main } = compiled ?? (collection === null ? this.rootPrograms2019 : this.programs2019).get(code);
    return { main, args: NO_ARGS, vars: null, place: { scope, collection, deep: 1 }, user: user as User, client, code, session };
  }

  ofQuery(request: QueryRequest, compiled: Program | null): Job {
    const place = this.place(request.scope);
    const user = this.database.users.get(request.user.id);
    const vars = request.vars === null ? null : decodeVars(request.vars, place.collection);
    checkRights(user, place.scope, place.collection, Right.QUERY);
    checkRawSize(place.collection, request.code.length);
    if (vars !== null) checkRawSizes(place.collection, vars.values());
    const program = compiled ?? this.programs.get(request.code);
    return { main: program.main, args: NO_ARGS, vars, place, user: user as User, client: request.client, code: request.code };
  }

  ofRun(request: RunRequest): Job {
    // No node has procedures, whether it is there or not.
    if ((this.scopes.get(request.scope) ?? this.readScope(request.scope)).kind === 'node') {
      throw new TiError(ErrorCode.BAD_DATA, 'the `node` scope has no procedures to run; see https://docs.thingsdb.io/v1/procedures-api');
    }
    const place = this.place(request.scope);
    const name = request.procedure;
    const procedure = (place.collection ?? this.database).procedures.get(name);
    if (procedure === undefined) throw lookupErr(`procedure \`${name}\` not found`);
    const user = this.database.users.get(request.user.id);
    checkRights(user, place.scope, place.collection, Right.RUN);
    if (user === undefined || !isWhitelisted(user, 'procedures', name)) {
      throw new TiError(ErrorCode.FORBIDDEN, `no match in whitelist for procedure \`${name}\``);
    }
    const main = codeOf(procedure.closure);
    const args = decodeRunArgs(request.args ?? NO_BYTES, main.params, name, place.collection);
    checkRawSizes(place.collection, args);
    return { main, args, vars: null, place, user, client: request.client, code: null };
  }
}
