import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type * as vscode from 'vscode';

const hostKey = 'interleave.extensionHost';

/** An extension host, as the next one of its window knows it. */
export interface HostProcess {
  readonly pid: number;
  /** The process that started it: another one after VS Code was quit. */
  readonly parent: number;
}

interface KeptHost extends HostProcess {
  readonly id: string;
}

/**
 * Tells an extension host that follows a crashed one from the first one of a reloaded or new window. A host
 * has crashed when its process is gone, VS Code still runs, and it left no file that says it has ended.
 * VS Code no longer keeps a memento that is updated while a host ends, and so a file says it.
 */
export class HostEnd {
  /** Whether the extension host before this one has crashed: its panels are still there, and dead. */
  readonly hasCrashed: boolean;
  readonly #folder: string;
  readonly #id = randomBytes(8).toString('hex');

  /** `memory` is the workspace's; `folder` is where the extension may keep files. */
  constructor(
    memory: vscode.Memento,
    folder: string,
    { pid, parent }: HostProcess,
    isAlive: (pid: number) => boolean,
  ) {
    this.#folder = path.join(folder, 'ended');
    const before = memory.get<KeptHost>(hostKey);
    const ended = before && this.#fileOf(before.id);
    this.hasCrashed =
      before?.parent === parent &&
      !isAlive(before.pid) &&
      ended !== undefined &&
      !existsSync(ended);
    if (ended !== undefined) rmSync(ended, { force: true });
    void memory.update(hostKey, { pid, parent, id: this.#id } satisfies KeptHost);
  }

  /** The extension host ends as it should. Throws nothing: at worst its panels are closed. */
  mark(): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(this.#fileOf(this.#id), '');
    } catch {
      // A folder that cannot be written to holds no runs either.
    }
  }

  /** An id from memory may be anything: only its letters and digits name a file. */
  #fileOf(id: string): string {
    return path.join(this.#folder, String(id).replaceAll(/[^0-9a-f]/g, ''));
  }
}
