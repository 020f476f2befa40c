import { shownText } from '../../proposals/editText.ts';
import type { Overlay, OverlayFile } from '../../proposals/overlay.ts';
import { ToolError } from '../tool.ts';
import { createFileFilter, relativeTo } from './search/filePattern.ts';
import type {
  FileList,
  FileText,
  ListQuery,
  SearchFindings,
  SearchOptions,
  SearchQuery,
  Workspace,
} from './workspace.ts';
import { isMissing } from './workspaceErrors.ts';
import { quotedPath } from './workspacePath.ts';

/** The workspace as a conversation sees it: the files on disk, and over them what it proposes itself. */
export function overlaid(workspace: Workspace, overlay: Overlay | undefined): Workspace {
  return overlay === undefined || overlay.isEmpty
    ? workspace
    : new OverlaidWorkspace(workspace, overlay);
}

class OverlaidWorkspace implements Workspace {
  readonly #disk: Workspace;
  readonly #overlay: Overlay;

  constructor(disk: Workspace, overlay: Overlay) {
    this.#disk = disk;
    this.#overlay = overlay;
  }

  locate(path: string, signal: AbortSignal): ReturnType<Workspace['locate']> {
    return this.#disk.locate(path, signal);
  }

  writeTarget(path: string, signal: AbortSignal): ReturnType<Workspace['writeTarget']> {
    return this.#disk.writeTarget(path, signal);
  }

  async readText(path: string, signal: AbortSignal): Promise<FileText> {
    const located = await this.locate(path, signal);
    const file = this.#overlay.file(located);
    if (file === undefined) return this.#disk.readText(path, signal);
    if (file.text === null) throw deletedError(path);
    const text = shownText(file.text);
    return { path: located, text, bytes: Buffer.byteLength(file.text), isCut: false };
  }

  readWindow(...args: Parameters<Workspace['readWindow']>): ReturnType<Workspace['readWindow']> {
    return this.#disk.readWindow(...args);
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<FileList> {
    const folder = await this.locate(query.path, signal);
    if (this.#overlay.file(folder)?.text != null) {
      throw new ToolError(`${quotedPath(query.path)} is a file, not a folder.`);
    }
    const onDisk = await this.#listOnDisk(query, folder, signal);
    const shown = new Set(onDisk.paths.filter((path) => this.#overlay.file(path)?.text !== null));
    for (const path of this.#listProposed(query, folder)) shown.add(path);
    return { ...onDisk, paths: [...shown].sort() };
  }

  async search(query: SearchQuery, options: SearchOptions): Promise<SearchFindings> {
    const path = await this.locate(query.path, options.signal);
    const file = this.#overlay.file(path);
    if (file?.text === null) throw deletedError(query.path);
    const proposed = this.#overlay.files.map(({ path, text }) => [path, text] as const);
    return this.#disk.search({ ...query, path }, { ...options, proposed });
  }

  /** A folder may be there in the overlay only. */
  async #listOnDisk(query: ListQuery, folder: string, signal: AbortSignal): Promise<FileList> {
    try {
      return await this.#disk.list({ ...query, path: folder }, signal);
    } catch (error) {
      if (!isMissing(error) || !this.#overlay.hasBelow(folder)) throw error;
      return { paths: [], isCut: false, leftOut: {} };
    }
  }

  #listProposed({ pattern }: ListQuery, folder: string): readonly string[] {
    const files = this.#overlay.files.filter(
      ({ path, text }) => text !== null && isBelow(path, folder),
    );
    if (pattern === undefined) return files.map((file) => entryOf(file, folder));
    const isWanted = createFileFilter(pattern);
    return files.map(({ path }) => path).filter((path) => isWanted(path, relativeTo(folder, path)));
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** What of a file's path is listed in a folder: the file itself, or the folder that leads to it. */
function entryOf({ path }: OverlayFile, folder: string): string {
  const rest = relativeTo(folder, path);
  const slash = rest.indexOf('/');
  return slash < 0 ? path : path.slice(0, path.length - rest.length + slash + 1);
}

function deletedError(path: string): ToolError {
  return new ToolError(`${quotedPath(path)} was deleted or renamed in this conversation.`);
}
