import * as path from 'node:path';
import type { RunChoice } from '../core/base/runChoices.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset, ToolsetOptions } from '../core/tools/toolset.ts';
import { createToolset } from '../core/tools/toolset.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';

/** What tools use of VS Code. */
type WindowParts = Pick<ToolsetOptions, 'readDiagnostics' | 'runCommand'>;

/** Max number of shared toolsets: concurrent runs seldom differ in folders, exclusions or limits. */
const maxShared = 4;

/**
 * The tools of the window's runs. A run keeps the tools it started with when the workspace changes. Runs with the same
 * folders, exclusions, limits and `cpuTools` setting share their worker threads. Idle threads end by themselves.
 */
export class Toolsets {
  readonly #workerPath: string;
  readonly #exclude: () => readonly string[];
  readonly #window: WindowParts;
  /** Recently used toolsets, least recent first. */
  readonly #shared = new Map<string, Toolset>();

  /** `distPath` holds the bundles; `exclude` returns the globs of the files to hide, read at each call. */
  constructor(distPath: string, exclude: () => readonly string[], window: WindowParts = {}) {
    this.#workerPath = path.join(distPath, 'tool-worker.js');
    this.#exclude = exclude;
    this.#window = window;
  }

  /** Number of cached toolsets. */
  get size(): number {
    return this.#shared.size;
  }

  /** The tools for these folders. All must be on this machine's disk. */
  over(
    folders: readonly OriginFolder[],
    limits: ToolLimits = defaultToolLimits,
    cpuTools: RunChoice<'cpuTools'> = 'auto',
  ): Toolset {
    const exclude = this.#exclude();
    const key = JSON.stringify([folders, exclude, limits, cpuTools]);
    const fixed = { workerPath: this.#workerPath, ...this.#window };
    const known = this.#shared.get(key);
    const toolset = known ?? createToolset({ ...fixed, folders, exclude, limits, cpuTools });
    this.#shared.delete(key);
    this.#shared.set(key, toolset);
    const [oldest] = this.#shared.keys();
    if (this.#shared.size > maxShared && oldest !== undefined) this.#shared.delete(oldest);
    return toolset;
  }

  /** Ends the worker threads. */
  dispose(): void {
    for (const toolset of this.#shared.values()) toolset.dispose();
    this.#shared.clear();
  }
}
