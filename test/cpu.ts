/** Milliseconds of processor time that this process has used: unlike those of a clock, they do not depend on what else a machine does. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
