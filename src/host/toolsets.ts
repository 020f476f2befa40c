import * as path from 'node:path';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import { createToolset } from '../core/tools/toolset.ts';
import type { CpuTools } from '../core/tools/workers/workerTool.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';

/** Toolsets that runs share: runs under way seldom differ in folders, exclusions or limits. */
const maxShared = 4;

/**
 * The tools of the window's runs. A run keeps the tools it started with when the workspace changes. Runs with
 * the same folders, exclusions, limits and way of CPU-bound tools share their worker threads; threads without work end by
 * themselves.
 */
export class Toolsets {
  readonly #workerPath: string;
  readonly #exclude: () => readonly string[];
  /** Those used last, the oldest first. */
  readonly #shared = new Map<string, Toolset>();

  /** `distPath` is where the bundles are; `exclude` gives the globs of what is not to be seen, as of now. */
  constructor(distPath: string, exclude: () => readonly string[]) {
    this.#workerPath = path.join(distPath, 'tool-worker.js');
    this.#exclude = exclude;
  }

  /** How many are kept to be shared. */
  get size(): number {
    return this.#shared.size;
  }

  /** The tools over these folders, all on this machine's disk. */
  over(
    folders: readonly OriginFolder[],
    limits: ToolLimits = defaultToolLimits,
    cpuTools: CpuTools = 'auto',
  ): Toolset {
    const exclude = this.#exclude();
    const key = JSON.stringify([folders, exclude, limits, cpuTools]);
    const workerPath = this.#workerPath;
    const known = this.#shared.get(key);
    const toolset = known ?? createToolset({ folders, exclude, workerPath, limits, cpuTools });
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
