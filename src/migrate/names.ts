/** What the 2019 dialect calls otherwise than the language of today. */

/** Methods that only have another name. */
export const METHODS: ReadonlyMap<string, string> = new Map([
  ['endswith', 'ends_with'],
  ['startswith', 'starts_with'],
  ['hasprop', 'has'],
]);

/** Functions that only have another name. */
export const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['isarray', 'is_array'],
  ['isinf', 'is_inf'],
  ['isnan', 'is_nan'],
]);

/** Functions of the dialect that exist without a receiver only; any other is a method, of the collection's root where no receiver is given. */
export const FREE = new Set(['blob', 'int', 'isarray', 'isinf', 'islist', 'isnan', 'now', 'str', 'thing', 'try']);

/** Functions whose answer is never a thing. */
export const SCALAR = new Set([
  ...['int', 'isarray', 'isinf', 'islist', 'isnan', 'now', 'str', 'blob'],
  ...[
    'endswith',
    'hasattr',
    'hasprop',
    'id',
    'lower',
    'startswith',
    'test',
    'upper',
    'len',
    'map',
    'push',
    'splice',
    'ret',
    'del',
    'rename',
  ],
]);

/** Functions of the root: today's name, and the scope in which that is. */
export const ROOT_FUNCTIONS: ReadonlyMap<string, readonly [name: string, scope: '@thingsdb' | '@node']> = new Map([
  ['collection', ['collection_info', '@thingsdb']],
  ['collections', ['collections_info', '@thingsdb']],
  ['counters', ['counters', '@node']],
  ['del_collection', ['del_collection', '@thingsdb']],
  ['del_user', ['del_user', '@thingsdb']],
  ['grant', ['grant', '@thingsdb']],
  ['new_collection', ['new_collection', '@thingsdb']],
  ['new_node', ['new_node', '@thingsdb']],
  ['new_user', ['new_user', '@thingsdb']],
  ['node', ['node_info', '@node']],
  ['nodes', ['nodes_info', '@node']],
  ['pop_node', ['del_node', '@thingsdb']],
  ['rename_collection', ['rename_collection', '@thingsdb']],
  ['rename_user', ['rename_user', '@thingsdb']],
  ['reset_counters', ['reset_counters', '@node']],
  ['revoke', ['revoke', '@thingsdb']],
  ['set_loglevel', ['set_log_level', '@node']],
  ['set_password', ['set_password', '@thingsdb']],
  ['set_quota', ['set_quota', '@thingsdb']],
  ['set_zone', ['set_zone', '@node']],
  ['shutdown', ['shutdown', '@node']],
  ['user', ['user_info', '@thingsdb']],
  ['users', ['users_info', '@thingsdb']],
]);

/** What to know of a function of the root beside its name. */
export const ROOT_NOTES: ReadonlyMap<string, string> = new Map([
  ['collection', 'the answer has other keys'],
  ['collections', 'the answers have other keys'],
  ['counters', 'the answer has other keys'],
  ['new_collection', 'the answer is the name, where it was the id'],
  ['new_node', 'takes a secret, a name and a port'],
  ['new_user', 'the answer is the name, where it was the id'],
  ['node', 'the answer has other keys'],
  ['nodes', 'the answers have other keys'],
  ['pop_node', '`del_node` takes the id of the node that is to go'],
  ['set_quota', 'there are no quotas'],
  ['set_zone', 'there are no zones'],
  ['user', 'the answer has other keys'],
  ['users', 'the answers have other keys'],
]);

/** Masks by name. The numbers mean other things today, so names take their place. */
export const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['READ', 'QUERY'],
  ['MODIFY', '(QUERY | CHANGE)'],
  ['WATCH', 'JOIN'],
  ['GRANT', '(QUERY | CHANGE | GRANT)'],
  ['FULL', 'FULL'],
  ['DEBUG', 'DEBUG'],
  ['INFO', 'INFO'],
  ['WARNING', 'WARNING'],
  ['ERROR', 'ERROR'],
  ['CRITICAL', 'CRITICAL'],
]);

/** Calls that make the errors of today which an error of the dialect stands for, by name and by code. */
export function errorsOf(name: string | number): readonly string[] | undefined {
  for (const [each, code, calls] of ERRORS) if (name === each || name === code) return calls;
  return undefined;
}

const ERRORS: readonly (readonly [name: string, code: number, calls: readonly string[]])[] = [
  ['OVERFLOW_ERROR', 96, ['overflow_err()']],
  ['ZERO_DIV_ERROR', 97, ['zero_div_err()']],
  ['MAX_QUOTA_ERROR', 98, ['max_quota_err()']],
  ['AUTH_ERROR', 99, ['auth_err()']],
  ['FORBIDDEN', 100, ['forbidden_err()']],
  ['INDEX_ERROR', 101, ['lookup_err()']],
  ['BAD_REQUEST', 102, ['type_err()', 'value_err()', 'num_arguments_err()', 'operation_err()', 'bad_data_err()']],
  ['QUERY_ERROR', 103, ['syntax_err()']],
  ['NODE_ERROR', 104, ['node_err()']],
];

/** Words that no variable of today may be called. */
export const RESERVED = new Set(['nil', 'true', 'false', 'if', 'else', 'for', 'in', 'return', 'break', 'continue', 'inf', 'nan']);
