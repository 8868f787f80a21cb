/** States of a node, from gone to fully there. */
export const NODE_STATUS = [
  'OFFLINE',
  'CONNECTING',
  'CONNECTED',
  'BUILDING',
  'SHUTTING_DOWN',
  'SYNCHRONIZING',
  'AWAY',
  'AWAY_SOON',
  'READY',
] as const;

export type NodeStatus = (typeof NODE_STATUS)[number];

/** Whether a node in `status` is at least as far as `least`. */
export function isAtLeast(status: NodeStatus, least: NodeStatus): boolean {
  return NODE_STATUS.indexOf(status) >= NODE_STATUS.indexOf(least);
}
