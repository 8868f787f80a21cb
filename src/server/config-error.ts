/** A configuration that the server cannot start with. */
export class ConfigError extends Error {}
