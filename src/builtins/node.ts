/** The node itself: what it is, what it counts, and its end. */
import { lookupErr, operationErr, valueErr } from '../errors.ts';
import { List } from '../values/list.ts';
import type { Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Row } from './row.ts';

/** There is one node, and this is it. */
const OWN_ID = 0;
const MAX_ID = 2 ** 32 - 1;

function hasNode(_cx: Context, id: number | bigint): Value {
  if (id < 0 || id > MAX_ID) throw valueErr(`the id of a node is an int from 0 to ${MAX_ID}, not ${id}`);
  return id === OWN_ID;
}

const MAX_PORT = 65_535;

function newNode(_cx: Context, secret: string, name: string, port?: number | bigint): Value {
  if (!/^[\x21-\x7e]+$/.test(secret)) throw valueErr('a secret has at least one character, and graphical ASCII characters only');
  if (name === '') throw valueErr('the name of a node must not be empty');
  if (port !== undefined && (port < 1 || port > MAX_PORT)) throw valueErr(`a port is an int from 1 to ${MAX_PORT}, not ${port}`);
  throw operationErr('this server works alone: it takes no other nodes');
}

function delNode(_cx: Context, id: number | bigint): Value {
  if (id === OWN_ID) throw operationErr('the node is at work; shut it down before it is removed');
  throw lookupErr(`node with id ${id} not found`);
}

function setLogLevel(cx: Context, level: number | bigint): Value {
  cx.node.setLogLevel(Number(level));
  return null;
}

export const nodeRows: readonly Row[] = [
  {
    name: 'node_info',
    params: [],
    returns: 'mpdata',
    doc: 'Tells about the node: versions, ports, settings, the last change.',
    example: 'node_info().load().syntax_version;  // => "v1"',
    page: 'node-api/node_info',
    scopes: ['node'],
    run: (cx) => mpdata((w) => cx.node.writeInfo(w)),
  },
  {
    name: 'nodes_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all nodes.',
    example: 'nodes_info().map(|n| n.load().node_id);  // => [0]',
    page: 'node-api/nodes_info',
    scopes: ['node'],
    run: (cx) => new List([mpdata((w) => cx.node.writeNode(w))]),
  },
  {
    name: 'counters',
    params: [],
    returns: 'mpdata',
    doc: 'What the node has counted since its start, or since `reset_counters`.',
    example: 'reset_counters(); counters().load().queries_with_error;  // => 0',
    page: 'node-api/counters',
    scopes: ['node'],
    run: (cx) => mpdata((w) => cx.node.writeCounters(w)),
  },
  {
    name: 'reset_counters',
    params: [],
    returns: 'nil',
    doc: 'Sets the counters of the node to zero.',
    example: 'reset_counters();  // => null',
    page: 'node-api/reset_counters',
    scopes: ['node'],
    right: 'CHANGE',
    run: (cx) => {
      cx.node.resetCounters();
      return null;
    },
  },
  {
    name: 'set_log_level',
    params: [{ name: 'level', type: 'int' }],
    returns: 'nil',
    doc: 'Sets from which level on the node writes to its log: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. It holds until the node stops.',
    example: 'set_log_level(WARNING);  // => null',
    page: 'node-api/set_log_level',
    scopes: ['node'],
    right: 'CHANGE',
    run: setLogLevel,
  },
  {
    name: 'shutdown',
    params: [],
    returns: 'nil',
    doc: 'Stops the node after the answer.',
    example: 'shutdown();  // => null',
    page: 'node-api/shutdown',
    scopes: ['node'],
    right: 'CHANGE',
    run: (cx) => {
      cx.requestShutdown();
      return null;
    },
  },
  {
    name: 'has_node',
    params: [{ name: 'id', type: 'int' }],
    returns: 'bool',
    doc: 'Whether there is a node of that id.',
    example: 'has_node(0);  // => true',
    page: 'thingsdb-api/has_node',
    scopes: ['thingsdb'],
    run: hasNode,
  },
  {
    name: 'new_node',
    params: [
      { name: 'secret', type: 'str' },
      { name: 'name', type: 'str' },
      { name: 'port', type: 'int', optional: true },
    ],
    returns: 'int',
    doc: 'Would add a node; this server works alone, so it is always an error.',
    example: "try(new_node('secret', 'node.local')).code();  // => -63",
    page: 'thingsdb-api/new_node',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'CHANGE',
    run: newNode,
  },
  {
    name: 'del_node',
    params: [{ name: 'id', type: 'int' }],
    returns: 'nil',
    doc: 'Would remove a node that is not at work; this server works alone, so it is always an error.',
    example: 'try(del_node(1)).code();  // => -54',
    page: 'thingsdb-api/del_node',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: delNode,
  },
];
