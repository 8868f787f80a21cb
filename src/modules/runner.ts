/** One module: its files, its process, and what becomes of both. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { operationErr } from '../errors.ts';
import { type Manifest, type ModuleDef, type ModuleOutcome, type ModuleView, notRunning, parseSource } from '../model/modules.ts';
import { findProgram, hasContent, isFolder, isForNode, localManifest, writeModuleFile } from './files.ts';
import { install } from './install.ts';
import { MANIFEST_FILE, ManifestError } from './manifest.ts';
import { type ModuleOptions, RESTART_DELAYS } from './options.ts';
import { ModulePackage, packageOf } from './packages.ts';
import { ModuleProcess } from './process.ts';
import { outcomeOf, Requests } from './requests.ts';
import { fetcherOf, SourceError } from './sources.ts';

const Status = {
  RUNNING: 'running',
  NOT_INSTALLED: 'module not installed',
  INSTALLING: 'installing module...',
  NOT_LOADED: 'module not loaded',
  STOPPING: 'stopping module...',
  TOO_MANY_RESTARTS: 'too many restarts detected; most likely the module is broken',
  NO_PYTHON:
    'the Python interpreter is not found on this node; see https://docs.thingsdb.io/v1/node-api/node_info; see https://docs.thingsdb.io/v1/getting-started/configuration',
  CONF_ERROR: 'configuration error; use `set_module_conf(..)` to update the module configuration',
  INSTALL_FAILED: 'module installation has failed',
} as const;

const SYSTEM_ERRORS: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied' };

/** A module that ran for so long, in ms, was not broken: its restarts no longer count. */
const STEADY = 600_000;

export class ModuleRunner {
  readonly module: ModuleDef;
  private readonly options: ModuleOptions;
  private status: string = Status.NOT_INSTALLED;
  private manifest: Manifest | null = null;
  private file: string | null = null;
  private child: ModuleProcess | null = null;
  private readonly requests: Requests;
  private restarts = 0;
  private startedAt = 0;
  private restartTimer: NodeJS.Timeout | null = null;
  /** Waits for the answer to its first configuration. */
  private isUnconfigured = false;
  /** To be started again when the process has ended. */
  private isRestarting = false;
  /** The source is to be asked for a new version before the next start. */
  private needsUpdate = false;
  private isRemoved = false;
  private keepsFolder = false;
  private onEnd: () => void = () => {};

  constructor(module: ModuleDef, options: ModuleOptions) {
    this.module = module;
    this.options = options;
    this.requests = new Requests(options.timeout ?? 0);
    this.findFiles();
  }

  private get folder(): string {
    return join(this.options.path, this.module.folder);
  }

  private get checkClosure(): (text: string) => void {
    return this.options.checkClosure ?? ((): void => {});
  }

  view(): ModuleView {
    const { status, file, restarts, manifest } = this;
    const bytes = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();
    return { status: bytes(status), file: file === null ? null : bytes(file), tasks: this.requests.size, restarts, manifest };
  }

  // --- files ---

  /** Looks whether the module is there already. */
  private findFiles(): void {
    const source = parseSource(this.module.source);
    const deployed = this.module.deployed;
    this.module.deployed = null;
    if (deployed !== null && source.kind === 'file' && !hasContent(join(this.folder, source.file), deployed)) this.write(deployed);
    if (!isFolder(this.folder)) return;
    try {
      this.manifest = localManifest(this.folder, this.checkClosure);
    } catch (error) {
      this.options.log.warning(`module \`${this.module.name}\`: ${(error as Error).message}`);
      if (source.kind === 'file' && source.file === MANIFEST_FILE) this.status = (error as Error).message;
    }
    if (source.kind === 'file' && source.file !== MANIFEST_FILE) this.setFile(source.file);
    else if (this.manifest !== null) this.setFile(this.manifest.main);
  }

  private setFile(file: string): void {
    this.file = join(this.folder, file);
    this.status = Status.NOT_LOADED;
  }

  private write(code: Uint8Array): void {
    const source = parseSource(this.module.source);
    if (source.kind !== 'file') return;
    try {
      writeModuleFile(join(this.folder, source.file), code);
    } catch (error) {
      this.options.log.error(`failed to write the code of module \`${this.module.name}\`: ${(error as Error).message}`);
    }
  }

  private install(): void {
    const source = parseSource(this.module.source);
    if (source.kind === 'file') {
      this.findFiles();
      return;
    }
    this.status = Status.INSTALLING;
    const { log, python, githubApi } = this.options;
    const { name } = this.module;
    install({ name, folder: this.folder, fetcher: fetcherOf(source, githubApi), python, log, checkClosure: this.checkClosure }).then(
      (manifest) => {
        if (this.isRemoved) return;
        log.info(`module \`${name}\` (version: ${manifest.version})`);
        this.manifest = manifest;
        this.setFile(manifest.main);
        this.load();
      },
      (error: Error) => {
        if (this.isRemoved) return;
        this.status = error instanceof SourceError || error instanceof ManifestError ? error.message : Status.INSTALL_FAILED;
        log.error(`failed to install module \`${name}\`: ${error.message}`);
        if (this.needsUpdate) this.load();
      },
    );
  }

  // --- life ---

  /** Starts the module when it does not run, after having installed it when it must be. */
  load(): void {
    if (this.child !== null || this.isRemoved || this.status === Status.INSTALLING) return;
    if (this.restartTimer !== null) clearTimeout(this.restartTimer);
    this.restartTimer = null;
    if (this.needsUpdate || this.status === Status.NOT_INSTALLED || this.status === Status.INSTALL_FAILED || this.file === null) {
      this.needsUpdate = false;
      this.install();
    }
    if (this.status === Status.NOT_LOADED) this.start();
  }

  private start(): void {
    const { log, python } = this.options;
    const file = this.file as string;
    const interpreter = file.endsWith('.py') ? findProgram(python) : null;
    if (file.endsWith('.py') && interpreter === null) this.status = Status.NO_PYTHON;
    else if (!existsSync(file)) this.status = SYSTEM_ERRORS['ENOENT'] as string;
    else {
      this.status = Status.RUNNING;
      this.startedAt = performance.now();
      this.child = this.spawn(interpreter !== null ? [interpreter, file] : isForNode(file) ? [process.execPath, file] : [file]);
      log.info(`loaded module \`${this.module.name}\` (${file})`);
      this.isUnconfigured = this.module.conf !== null;
      this.sendConf();
      return;
    }
    log.error(`failed to start module \`${this.module.name}\` (${file}): ${this.status}`);
  }

  private spawn(command: readonly string[]): ModuleProcess {
    const { log } = this.options;
    return new ModuleProcess(command, {
      onPackage: (type, id, payload) => this.onPackage(type, id, payload),
      onLine: (line) => log.info(`[${this.module.name}] ${line}`),
      onGarbage: () => log.error(`module \`${this.module.name}\` wrote what is no package; it is ended`),
      onExit: (reason, failed) => this.onExit(reason, failed),
    });
  }

  private onExit(reason: string, failed: string | null): void {
    this.child = null;
    this.requests.cancelAll();
    this.options.log.info(`module \`${this.module.name}\` has ended: ${reason}`);
    this.onEnd();
    if (this.isRemoved) this.cleanUp();
    else if (this.isRestarting) this.startAgain();
    else if (failed !== null) this.status = SYSTEM_ERRORS[failed] ?? failed;
    else if (this.status === Status.STOPPING) this.status = Status.NOT_LOADED;
    else if (this.status === Status.RUNNING) this.recover();
  }

  private startAgain(): void {
    this.isRestarting = false;
    this.restarts = 0;
    this.status = Status.NOT_LOADED;
    this.load();
  }

  /** After an end that nobody asked for: starts the module again, later each time, and at last no more. */
  private recover(): void {
    if (performance.now() - this.startedAt > STEADY) this.restarts = 0;
    const delays = this.options.restartDelays ?? RESTART_DELAYS;
    const delay = delays[this.restarts++];
    if (delay === undefined) {
      this.status = Status.TOO_MANY_RESTARTS;
      this.options.log.error(`module \`${this.module.name}\` has been restarted too many (>${delays.length}) times`);
      return;
    }
    this.status = Status.NOT_LOADED;
    if (delay === 0) this.load();
    else this.restartTimer = setTimeout(() => this.load(), delay);
  }

  restart(): void {
    this.options.log.info(`restarting module \`${this.module.name}\`...`);
    if (this.status === Status.INSTALLING) return;
    if (this.child === null) {
      this.restarts = 0;
      if (this.file !== null) this.status = Status.NOT_LOADED;
      this.load();
      return;
    }
    this.isRestarting = true;
    this.status = Status.STOPPING;
    this.child.stop();
  }

  /** New code, or, with null, what the source has now. */
  deploy(code: Uint8Array | null): void {
    if (code !== null) this.write(code);
    this.needsUpdate = true;
    this.restart();
  }

  /** Stops the module for ever. Its folder goes, if it may, when the files came from elsewhere. */
  remove(withFolder: boolean): void {
    this.isRemoved = true;
    this.keepsFolder = !withFolder;
    if (this.restartTimer !== null) clearTimeout(this.restartTimer);
    this.requests.cancelAll();
    if (this.child === null) this.cleanUp();
    else this.child.stop();
  }

  private cleanUp(): void {
    if (this.keepsFolder || parseSource(this.module.source).kind === 'file') return;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Stops the module because the server ends; resolves when it has ended. */
  close(): Promise<void> {
    if (this.restartTimer !== null) clearTimeout(this.restartTimer);
    this.restartTimer = null;
    const { child } = this;
    if (child === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.onEnd = resolve;
      this.isRestarting = false;
      this.status = Status.STOPPING;
      child.stop();
    });
  }

  // --- talk ---

  /** The configuration was set. */
  configure(): void {
    if (this.child !== null) this.sendConf();
    else if (this.status !== Status.INSTALLING) {
      this.restarts = 0;
      if (this.file !== null) this.status = Status.NOT_LOADED;
      this.load();
    }
  }

  private sendConf(): void {
    const { conf } = this.module;
    if (conf === null) this.isUnconfigured = false;
    else this.child?.send(packageOf(ModulePackage.CONF, 0, conf));
  }

  request(payload: Uint8Array, done: (outcome: ModuleOutcome) => void): void {
    const { name } = this.module;
    if (this.status !== Status.RUNNING || this.child === null) done({ error: notRunning(name, this.status) });
    else if (this.isUnconfigured) {
      done({
        error: operationErr(`module \`${name}\` is not configured; if you keep this error, then please check the module status`),
      });
    } else this.child.send(packageOf(ModulePackage.REQUEST, this.requests.add(name, done), payload));
  }

  private onPackage(type: number, id: number, payload: Buffer): void {
    const { log } = this.options;
    const { name } = this.module;
    if (type === ModulePackage.CONF_OK || type === ModulePackage.CONF_ERR) {
      this.isUnconfigured = false;
      if (type === ModulePackage.CONF_ERR) {
        this.status = Status.CONF_ERROR;
        log.error(`failed to configure module \`${name}\``);
        return;
      }
      log.info(`module \`${name}\` is successfully configured`);
      if (this.status === Status.CONF_ERROR) this.status = Status.RUNNING;
    } else if (!this.requests.settle(id, outcomeOf(name, type, payload))) {
      log.error(`got a response for future id ${id} but a future with this id does not exist; maybe the future has been cancelled?`);
    }
  }
}
