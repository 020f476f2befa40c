import * as path from 'node:path';
import type { RunChoice } from '../core/base/runChoices.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { SharedToolset, SharedToolsetOptions } from '../core/tools/toolset.ts';
import { createSharedToolset } from '../core/tools/toolset.ts';
import { ToolWorkers } from '../core/tools/workers/toolWorkers.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';

/** What tools use of VS Code. */
type WindowParts = Pick<SharedToolsetOptions, 'readDiagnostics' | 'runCommand'>;

/** Max number of cached toolsets: concurrent runs seldom differ in folders, exclusions or limits. */
const maxCached = 4;

/**
 * The tools of the window's runs. A run keeps the tools it started with when the workspace changes, also after they
 * have left the cache. All tools share the same few worker threads, and idle threads end by themselves.
 */
export class Toolsets {
  readonly #workers: ToolWorkers;
  readonly #exclude: () => readonly string[];
  readonly #window: WindowParts;
  /** Recently used toolsets, least recent first. */
  readonly #cached = new Map<string, SharedToolset>();

  /** `distPath` holds the bundles; `exclude` returns the globs of the files to hide, read at each call. */
  constructor(distPath: string, exclude: () => readonly string[], window: WindowParts = {}) {
    this.#workers = new ToolWorkers({ script: path.join(distPath, 'tool-worker.js') });
    this.#exclude = exclude;
    this.#window = window;
  }

  /** Number of cached toolsets. */
  get size(): number {
    return this.#cached.size;
  }

  /** The tools for these folders. All must be on this machine's disk. */
  forFolders(
    folders: readonly OriginFolder[],
    limits: ToolLimits = defaultToolLimits,
    cpuTools: RunChoice<'cpuTools'> = 'auto',
  ): SharedToolset {
    const exclude = this.#exclude();
    const key = JSON.stringify([folders, exclude, limits, cpuTools]);
    const options = { folders, exclude, limits, cpuTools, ...this.#window };
    const toolset = this.#cached.get(key) ?? createSharedToolset(options, this.#workers);
    this.#cached.delete(key);
    this.#cached.set(key, toolset);
    const [oldest] = this.#cached.keys();
    if (this.#cached.size > maxCached && oldest !== undefined) this.#cached.delete(oldest);
    return toolset;
  }

  /** Ends the worker threads of all toolsets, cached or not. Their unfinished work rejects. */
  dispose(): void {
    this.#workers.dispose();
    this.#cached.clear();
  }
}
