export const STAMP: string;
export function sourceStamp(): string | null;
export function builtProgram(): string | null;
