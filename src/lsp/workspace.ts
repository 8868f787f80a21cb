/** The scripts of a workspace: those that are open in the editor, and those in its folders. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnalyzeOptions } from '../analysis/analyze.ts';
import { findProject, optionsOf, type Project, ProjectError, readSchema, settingsFor } from '../analysis/project.ts';
import type { Schema } from '../analysis/schema.ts';
import { withTests } from '../analysis/test-files.ts';
import { Document } from './document.ts';

/** More files than this are not read; and none that is larger. */
const MAX_FILES = 2000;
const MAX_BYTES = 1_000_000;

const pathOf = (uri: string): string | null => (uri.startsWith('file:') ? fileURLToPath(uri) : null);

export class Workspace {
  private readonly open = new Map<string, Document>();
  /** Scripts that are not open, by their address; null for one that is not read yet. */
  private readonly closed = new Map<string, Document | null>();
  private readonly projects = new Map<string, Project | null>();
  private readonly schemas = new Map<string, Schema>();
  private readonly onProblem: (message: string) => void;

  constructor(onProblem: (message: string) => void) {
    this.onProblem = onProblem;
  }

  addFolder(uri: string): void {
    const folder = pathOf(uri);
    if (folder === null) return;
    try {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (this.closed.size >= MAX_FILES) return;
        if (name.endsWith('.ti') && !/(?:^|[\\/])(?:node_modules|\.git)[\\/]/.test(name))
          this.closed.set(pathToFileURL(join(folder, name)).href, null);
      }
    } catch {
      // A folder that cannot be read has no scripts for us.
    }
  }

  /** A text that the editor shows now. */
  put(uri: string, version: number, text: string): Document {
    const document = new Document(uri, version, text, () => this.optionsFor(uri), this.open.get(uri));
    this.open.set(uri, document);
    return document;
  }

  /** The editor has closed it: what counts is the file again. */
  release(uri: string): void {
    this.open.delete(uri);
    this.fileChanged(uri);
  }

  get(uri: string): Document | undefined {
    return this.open.get(uri);
  }

  get opened(): Iterable<Document> {
    return this.open.values();
  }

  fileChanged(uri: string): void {
    if (/\.json$/.test(uri)) this.settingsChanged();
    if (!uri.endsWith('.ti')) return;
    // A script may be the schema of others.
    if (this.schemas.size > 0) this.settingsChanged();
    const path = pathOf(uri);
    if (path !== null && isFile(path)) this.closed.set(uri, null);
    else this.closed.delete(uri);
  }

  private settingsChanged(): void {
    this.projects.clear();
    this.schemas.clear();
    for (const [uri, document] of this.open) this.put(uri, document.version, document.text);
  }

  /** All scripts, those that are open first. */
  all(): Document[] {
    const documents = [...this.open.values()];
    for (const [uri, known] of this.closed) {
      if (this.open.has(uri)) continue;
      const document = known ?? this.read(uri);
      if (document === null) continue;
      this.closed.set(uri, document);
      documents.push(document);
    }
    return documents;
  }

  private read(uri: string): Document | null {
    const path = pathOf(uri);
    if (path === null || !isFile(path)) return null;
    return new Document(uri, 0, readFileSync(path, 'utf8'), () => this.optionsFor(uri));
  }

  /** What the project says of a script. */
  optionsFor(uri: string): AnalyzeOptions {
    const path = pathOf(uri);
    if (path === null) return {};
    try {
      const project = this.projectOf(dirname(path));
      const options = project === null ? {} : optionsOf(settingsFor(project, path), (file) => this.schemaOf(file));
      return withTests(options, path);
    } catch (error) {
      if (!(error instanceof ProjectError)) throw error;
      this.onProblem(error.message);
      return {};
    }
  }

  private projectOf(folder: string): Project | null {
    let project = this.projects.get(folder);
    if (project === undefined) {
      // A project that cannot be read is told of once.
      this.projects.set(folder, null);
      project = findProject(folder);
      this.projects.set(folder, project);
    }
    return project;
  }

  private schemaOf(path: string): Schema {
    const schema = this.schemas.get(path) ?? readSchema(path);
    this.schemas.set(path, schema);
    return schema;
  }
}

function isFile(path: string): boolean {
  try {
    const { size } = statSync(path);
    return size <= MAX_BYTES;
  } catch {
    return false;
  }
}
