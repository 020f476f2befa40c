import path from 'node:path';
import { context, formatMessages } from 'esbuild';
import { watchFolders } from './watchFolders.mjs';

/** One save causes several events: an editor empties the file, then writes it. In ms. */
const gatherMs = 30;

/**
 * Builds everything, and builds again what a change in the folders touches. esbuild's own watch looks for changes
 * every few seconds only, and reports each build by itself. VS Code's task needs one report of all: it waits for
 * the first `[watch] build finished`, and takes the problems printed before as complete.
 *
 * @param {readonly import('esbuild').BuildOptions[]} options
 * @param {readonly string[]} folders
 */
export async function watchBuild(options, folders) {
  const builds = await Promise.all(
    options.map(async (each) => new WatchedBuild(await context(watched(each)))),
  );
  /** @type {Set<string>} */
  let changed = new Set();
  let isBuilding = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  async function buildChanged() {
    if (isBuilding) return;
    isBuilding = true;
    while (changed.size > 0) {
      const touched = builds.filter((build) => build.isTouchedBy(changed));
      changed = new Set();
      if (touched.length > 0) await buildAll(touched);
    }
    isBuilding = false;
  }

  async function buildAll(/** @type {readonly WatchedBuild[]} */ touched) {
    const startedMs = performance.now();
    console.log('[watch] build started');
    await Promise.all(touched.map((build) => build.rebuild()));
    // All problems, also those of builds that nothing touched: the task forgets those of the last report.
    const problems = await Promise.all(builds.map((build) => build.problems()));
    for (const problem of new Set(problems.flat())) console.log(problem);
    console.log(`[watch] build finished, ${Math.round(performance.now() - startedMs)} ms`);
  }

  // Before the first build, so that no change during it is missed.
  watchFolders(folders, (file) => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => void buildChanged(), gatherMs);
  });
  isBuilding = true;
  await buildAll(builds);
  isBuilding = false;
  await buildChanged();
}

/** @param {import('esbuild').BuildOptions} options */
function watched(options) {
  return { ...options, metafile: true, logLevel: /** @type {const} */ ('silent') };
}

/** One of the builds, with what its last result was made of. */
class WatchedBuild {
  /** @type {import('esbuild').BuildContext<{ metafile: true }>} */
  #context;
  /** Undefined after a failure: then any change may mend it. @type {ReadonlySet<string> | undefined} */
  #inputs;
  /** @type {Pick<import('esbuild').BuildResult, 'errors' | 'warnings'>} */
  #result = { errors: [], warnings: [] };

  /** @param {import('esbuild').BuildContext<{ metafile: true }>} built */
  constructor(built) {
    this.#context = built;
  }

  /** @param {ReadonlySet<string>} changed */
  isTouchedBy(changed) {
    const inputs = this.#inputs;
    if (inputs === undefined) return true;
    return [...changed].some((file) => inputs.has(file));
  }

  async rebuild() {
    try {
      const result = await this.#context.rebuild();
      this.#result = result;
      this.#inputs = new Set(Object.keys(result.metafile.inputs).map((file) => path.resolve(file)));
    } catch (error) {
      if (!isFailure(error)) throw error;
      this.#result = error;
      this.#inputs = undefined;
    }
  }

  /** Errors and warnings as esbuild prints them. */
  async problems() {
    const { errors, warnings } = this.#result;
    return [
      ...(await formatMessages(errors, { kind: 'error' })),
      ...(await formatMessages(warnings, { kind: 'warning' })),
    ];
  }
}

/**
 * @param {unknown} error
 * @returns {error is import('esbuild').BuildFailure}
 */
function isFailure(error) {
  return error instanceof Error && 'errors' in error && 'warnings' in error;
}
