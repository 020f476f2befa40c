import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ToolLimits } from '../../../../../src/core/tools/toolLimits.ts';
import { NodeWorkspace } from '../../../../../src/core/tools/workspace/nodeWorkspace.ts';
import type { WorkspaceScope } from '../../../../../src/core/tools/workspace/pathCheck.ts';
import { SearchWorkers } from '../../../../../src/core/tools/workspace/search/searchWorkers.ts';
import { WorkHere } from '../workers/workHere.ts';

/** The worker's entry file, which Node runs directly. */
export const searchScript = path.resolve('src/core/tools/workers/toolWorkerMain.ts');

/** The content of every secret outside the workspace, so that tests find a leak anywhere. */
export const canary = 'canary-7f3a91';

/**
 * A folder on disk with a workspace `inside/` and a forbidden `outside/`. Paths that end in `/`
 * make folders; values that start with `->` make links.
 */
export class DiskTree {
  readonly base = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-tools-')));
  readonly inside = path.join(this.base, 'inside');

  constructor(files: { readonly [path: string]: string | Uint8Array }) {
    this.write({ 'inside/': '', 'outside/hidden.txt': canary, ...files });
  }

  write(files: { readonly [path: string]: string | Uint8Array }): void {
    for (const [name, content] of Object.entries(files)) {
      const full = path.join(this.base, name);
      mkdirSync(name.endsWith('/') ? full : path.dirname(full), { recursive: true });
      if (name.endsWith('/')) continue;
      if (typeof content === 'string' && content.startsWith('->')) {
        symlinkSync(content.slice(2).replace('BASE', this.base), full);
      } else {
        writeFileSync(full, content);
      }
    }
  }

  scope(more: Partial<WorkspaceScope> = {}): WorkspaceScope {
    return { roots: [{ name: 'inside', path: this.inside }], exclude: [], ...more };
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** Workspaces that share what does their searches. */
export class Workspaces {
  readonly #work = new WorkHere();
  readonly #searches = new SearchWorkers(this.#work, 60_000);

  over(scope: WorkspaceScope, limits?: ToolLimits): NodeWorkspace {
    return new NodeWorkspace(scope, this.#searches, limits);
  }

  dispose(): void {
    this.#work.dispose();
  }
}
