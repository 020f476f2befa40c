import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type * as vscode from 'vscode';

const hostKey = 'interleave.extensionHost';

/** An extension host process. */
export interface HostProcess {
  readonly pid: number;
  /** Pid of the parent process. It changes when VS Code restarts. */
  readonly parent: number;
}

interface StoredHost extends HostProcess {
  readonly id: string;
}

/**
 * Detects whether the previous extension host of this window crashed. It crashed if its process is gone, VS Code
 * still runs, and there is no file that marks a normal end. The mark is a file because VS Code does not save
 * memento updates made during deactivation.
 */
export class HostEnd {
  /** The previous extension host crashed: its panels are still open and do not respond. */
  readonly hasCrashed: boolean;
  readonly #folder: string;
  readonly #id = randomBytes(8).toString('hex');

  /** `memory` is the workspace state; `folder` is the extension's global storage folder. */
  constructor(
    memory: vscode.Memento,
    folder: string,
    { pid, parent }: HostProcess,
    isAlive: (pid: number) => boolean,
  ) {
    this.#folder = path.join(folder, 'ended');
    const before = memory.get<StoredHost>(hostKey);
    const ended = before && this.#fileOf(before.id);
    this.hasCrashed =
      before?.parent === parent &&
      !isAlive(before.pid) &&
      ended !== undefined &&
      !existsSync(ended);
    if (ended !== undefined) rmSync(ended, { force: true });
    void memory.update(hostKey, { pid, parent, id: this.#id } satisfies StoredHost);
  }

  /** Marks a normal end. Does not throw: without the mark, the next host only closes the panels. */
  mark(): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(this.#fileOf(this.#id), '');
    } catch {
      // If the folder is not writable, there are no saved runs either.
    }
  }

  /** Strips path characters from the id, because stored values may be malformed. */
  #fileOf(id: string): string {
    return path.join(this.#folder, String(id).replaceAll(/[^0-9a-f]/g, ''));
  }
}
