import { describe, expect, it } from 'vitest';
import { help, parseArguments, UsageError, usage } from '../../src/cli/thingsdb-args.ts';

const parse = (line: string, env: Record<string, string> = {}): ReturnType<typeof parseArguments> =>
  parseArguments(line === '' ? [] : line.split(' '), env);
const failure = (line: string, env: Record<string, string> = {}): UsageError => {
  try {
    parse(line, env);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('the command line', () => {
  it('has defaults', () => {
    expect(parse('')).toEqual({
      config: null,
      logLevel: 'warning',
      logColorized: false,
      init: false,
      force: false,
      secret: null,
      rebuild: false,
      autoRebuild: false,
      forgetNodes: false,
      deploy: false,
      yes: false,
      help: false,
      version: false,
    });
  });

  it.each([
    ['-c f -l debug -y --init --force', { config: 'f', logLevel: 'debug', yes: true, init: true, force: true }],
    ['--config f --log-level error --log-colorized', { config: 'f', logLevel: 'error', logColorized: true }],
    ['--secret s --yes', { secret: 's', yes: true }],
    ['-h', { help: true }],
    ['-v', { version: true }],
    ['--vers', { version: true }],
    ['--log-l info --ini', { logLevel: 'info', init: true }],
    ['--forg', { forgetNodes: true }],
    ['--auto-rebuild --a', { autoRebuild: true }],
    ['-c a -c b', { config: 'b' }],
  ])('reads %s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  it.each([
    ['foo', 'unrecognized argument: foo'],
    ['-yl info', 'unrecognized argument: -yl'],
    ['--config=f', 'unrecognized argument: --config=f'],
    ['--', 'unrecognized argument: --'],
    ['-', 'unrecognized argument: -'],
    ['--nope', 'unrecognized argument: --nope'],
    ['--l info', 'ambiguous option: --l'],
    ['--fo', 'ambiguous option: --fo'],
    ['-c', 'argument -c/--config: expected one argument'],
    ['-c --init', 'argument -c/--config: expected one argument'],
    ['--secret', 'argument --secret: expected one argument'],
    ['-l xx', "argument -l/--log-level: invalid choice: 'xx'"],
    [`-c ${'x'.repeat(255)}`, 'argument -c/--config: longer than 254 characters'],
  ])('refuses %s and shows the usage', (line, message) => {
    expect(failure(line)).toMatchObject({ message, showUsage: true });
  });

  it.each([
    ['--secret x --init', '--secret cannot be used together with --init'],
    ['--force', '--force must be used with --secret or --init'],
    ['--deploy --init', '--deploy cannot be used together with --init'],
    ['--deploy --secret x', '--deploy cannot be used together with --secret'],
    ['--rebuild --deploy', '--rebuild cannot be used together with --deploy'],
    ['--rebuild --init', '--rebuild cannot be used together with --init'],
    ['--rebuild --secret x', '--rebuild cannot be used together with --secret'],
    ['--forget-nodes --rebuild', '--forget-nodes cannot be used together with --rebuild'],
    ['--forget-nodes --init', '--forget-nodes cannot be used together with --init'],
    ['--secret \x07', 'secret must only contain graphical characters'],
  ])('refuses %s without the usage', (line, message) => {
    expect(failure(line)).toMatchObject({ message, showUsage: false });
  });

  it('is completed by the environment', () => {
    expect(parse('', { THINGSDB_INIT: '1', THINGSDB_AUTO_REBUILD: '2' })).toMatchObject({ init: true, autoRebuild: true });
    expect(parse('', { THINGSDB_INIT: '0', THINGSDB_DEPLOY: 'x', THINGSDB_SECRET: '' })).toMatchObject({
      init: false,
      deploy: false,
      secret: null,
    });
    expect(parse('', { THINGSDB_DEPLOY: '1' })).toMatchObject({ deploy: true });
    expect(failure('--init', { THINGSDB_SECRET: 'x' }).message).toBe('--secret cannot be used together with --init');
  });

  it('has every flag in usage and help', () => {
    for (const flag of [
      '-h',
      '--init',
      '--force',
      '--secret',
      '--rebuild',
      '--auto-rebuild',
      '--forget-nodes',
      '--deploy',
      '-y',
      '-v',
      '-l',
      '--log-colorized',
    ]) {
      expect(usage()).toContain(flag);
      expect(help()).toContain(flag);
    }
    expect(
      usage()
        .split('\n')
        .every((line) => line.length < 80),
    ).toBe(true);
  });
});
