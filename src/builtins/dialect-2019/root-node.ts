/** The node, for the root in the 2019 dialect. */
import { ErrorCode, nodeErr, TiError } from '../../errors.ts';
import { ChangeOp } from '../../model/change.ts';
import { MsgpackReader, Tok } from '../../msgpack/reader.ts';
import type { MpData } from '../../values/handles.ts';
import { List } from '../../values/list.ts';
import type { Value } from '../../values/value.ts';
import { mpdata } from '../mpdata.ts';
import { nodeRows } from '../node.ts';
import type { Context, Row } from '../row.ts';
import { badRequest } from './common.ts';
import { CHANGES, MODIFIES, root, today } from './root-common.ts';

const newNode = today(nodeRows, 'new_node');
const delNode = today(nodeRows, 'del_node');

/** The entries of a map that is told as MessagePack, but for what is no plain value. */
function readMap({ data }: MpData): Map<string, string | number | null> {
  const r = new MsgpackReader(data);
  const map = new Map<string, string | number | null>();
  r.next();
  for (let left = r.number; left > 0; left--) {
    r.next();
    const key = r.text();
    const kind = r.next();
    if (kind === Tok.STR) map.set(key, r.text());
    else map.set(key, kind === Tok.NIL ? null : Number(r.number));
  }
  return map;
}

type Told = string | number | null | { readonly seconds: number };

function told(entries: readonly (readonly [string, Told])[]): MpData {
  return mpdata((w) => {
    w.mapHeader(entries.length);
    for (const [name, value] of entries) {
      w.str(name);
      if (value === null) w.nil();
      else if (typeof value === 'string') w.str(value);
      else if (typeof value === 'number') w.int(value);
      else w.float(value.seconds);
    }
  });
}

function node(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeInfo(w)));
  const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
  const now = (name: string): Told => info.get(name) ?? null;
  return told([
    ['node_id', now('node_id')],
    ['version', now('version')],
    ['status', now('status')],
    ['zone', cx.database.zone],
    ['loglevel', levels.includes(String(now('log_level'))) ? now('log_level') : 'WARNING'],
    ['hostname', now('node_name')],
    ['client_port', now('client_port')],
    ['node_port', now('node_port')],
    ['ip_support', now('ip_support')],
    ['storage_path', now('storage_path')],
    ['events_in_queue', now('changes_in_queue')],
    ['archived_on_disk', now('archive_files')],
    ['events_in_archive', now('archived_in_memory')],
    ['local_stored_event_id', now('local_stored_change_id')],
    ['global_commited_event_id', now('global_committed_change_id')],
    ['local_commited_event_id', now('local_committed_change_id')],
  ]);
}

function nodes(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeNode(w)));
  const now = (name: string): Told => info.get(name) ?? null;
  return new List([
    told([
      ['node_id', now('node_id')],
      ['status', now('status')],
      ['commited_event_id', now('committed_change_id')],
      ['stored_event_id', now('stored_change_id')],
      ['address', now('node_name')],
      ['port', now('port')],
    ]),
  ]);
}

function counters(cx: Context): Value {
  const info = readMap(mpdata((w) => cx.node.writeCounters(w)));
  const count = (name: string): number => Number(info.get(name) ?? 0);
  return told([
    ['queries_received', count('queries_success') + count('queries_with_error')],
    ['events_with_gap', count('changes_with_gap')],
    ['events_skipped', count('changes_skipped')],
    ['events_failed', count('changes_failed')],
    ['events_killed', count('changes_killed')],
    ['events_committed', count('changes_committed')],
    ['events_quorum_lost', count('quorum_lost')],
    ['events_unaligned', count('changes_unaligned')],
    ['garbage_collected', count('garbage_collected')],
    ['longest_event_duration', { seconds: count('longest_change_duration') }],
    ['average_event_duration', { seconds: count('average_change_duration') }],
  ]);
}

function setZone(cx: Context, zone: number | bigint): Value {
  if (zone < 0 || zone > 255) throw badRequest(`a zone is an int from 0 to 255, not ${zone}`);
  const { ops } = cx.tx.need();
  cx.database.zone = Number(zone);
  ops.int(ChangeOp.ZONE);
  ops.int(cx.database.zone);
  return null;
}

/** The zone before the secret is that of the earlier form. */
function addNode(cx: Context, ...given: Value[]): Value {
  const [secret, address, port, more] = typeof given[0] === 'string' ? given : given.slice(1);
  if (typeof secret !== 'string' || typeof address !== 'string' || typeof port === 'string' || more != null)
    throw badRequest('`new_node` takes a secret, an address and a port, with a zone before them or not');
  return port == null ? newNode(cx, secret, address) : newNode(cx, secret, address, port);
}

/** Removes the node with the highest id. One that is connected stays, which goes for the node that is asked. */
function popNode(cx: Context): Value {
  const last = Number(readMap(mpdata((w) => cx.node.writeNode(w))).get('node_id'));
  try {
    return delNode(cx, last);
  } catch (error) {
    if (!(error instanceof TiError) || error.code !== ErrorCode.OPERATION) throw error;
    throw nodeErr(`\`node:${last}\` is connected, and the only node: it cannot be removed`);
  }
}

export const nodeRows2019: readonly Row[] = [
  root('node', [], 'object', 'Tells about the node.', 'node();', node),
  root('nodes', [], 'array', 'Tells about all nodes.', 'nodes();', nodes),
  root('counters', [], 'object', 'Tells what the node has counted.', 'counters();', counters),
  root(
    'set_zone',
    [{ name: 'zone', type: 'int' }],
    'nil',
    'Sets the zone of the node, 0 to 255.',
    'set_zone(3);  // => nil',
    setZone,
    CHANGES,
  ),
  root(
    'set_loglevel',
    [{ name: 'level', type: 'int' }],
    'nil',
    'Sets from which level on the node writes to its log, DEBUG to CRITICAL.',
    'set_loglevel(WARNING);  // => nil',
    (cx, level: number | bigint) => {
      cx.node.setLogLevel(Number(level));
      return null;
    },
    MODIFIES,
  ),
  root(
    'reset_counters',
    [],
    'nil',
    'Sets the counters to zero.',
    'reset_counters();  // => nil',
    (cx) => {
      cx.node.resetCounters();
      return null;
    },
    MODIFIES,
  ),
  root(
    'shutdown',
    [],
    'nil',
    'Ends the node.',
    'shutdown();  // => nil',
    (cx) => {
      cx.requestShutdown();
      return null;
    },
    MODIFIES,
  ),
  root(
    'new_node',
    [
      { name: 'zone_or_secret', type: 'int|str' },
      { name: 'secret_or_address', type: 'str' },
      { name: 'address_or_port', type: 'str|int', optional: true },
      { name: 'port', type: 'int', optional: true },
    ],
    'int',
    'Would add a node: `new_node(secret, address, [port])`, with its zone before them or not. This server works alone, so it is always an error.',
    "new_node('secret', '127.0.0.1', 9220);  // raises BAD_REQUEST",
    addNode,
    CHANGES,
  ),
  root(
    'pop_node',
    [],
    'nil',
    'Would remove the last node, which must not be connected. This server works alone, so it is always an error.',
    'pop_node();  // raises NODE_ERROR',
    popNode,
    CHANGES,
  ),
];
