import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
// @ts-expect-error: a plain module, so that the build can use it before anything is compiled.
import { nodeBuild, nodeBundles } from '../../scripts/nodeBundles.mjs';
import { ROOT } from '../../scripts/root.ts';

/** The programs that run in a process or thread of their own, by name. */
const programs = {
  interleave: 'bench/contenders/interleave.ts',
  cli: 'src/cli/main.ts',
  'cli-no-journal': 'src/cli/main.ts',
  raw: 'bench/contenders/raw.ts',
  'p-limit': 'bench/contenders/pLimit.ts',
  'http-floor': 'bench/contenders/httpFloor.ts',
  simulator: 'bench/simulator/main.ts',
  'core-cost': 'bench/contenders/coreCost.ts',
  'tool-model': 'bench/tools/modelThread.ts',
  'tool-thread': 'bench/tools/burnThread.ts',
  'usage-reporter': 'bench/lab/usageReporter.ts',
  'work-counter': 'bench/lab/workCounter.ts',
  'peer-anthropic-tool-runner': 'bench/peers/anthropicToolRunner.mjs',
  'peer-openai-agents': 'bench/peers/openAiAgents.mjs',
  'peer-vercel-ai': 'bench/peers/vercelAi.mjs',
  'peer-langchain': 'bench/peers/langchain.mjs',
  'peer-pi': 'bench/peers/pi.mjs',
  'startup-model': 'bench/startup/modelThread.ts',
} as const;

export type ProgramName = keyof typeof programs;

/** The bundles and their folder, which exists until the benchmark ends. */
export interface Bundles {
  readonly folder: string;
  /** The path of a program's bundle. */
  fileOf(name: ProgramName): string;
  remove(): Promise<void>;
}

export interface BundleOptions {
  /** Default true. A profile of a bundle that is not minified shows the names in the sources. */
  readonly minify?: boolean;
}

/** Bundles all programs with the options of a production build. */
export async function bundlePrograms(
  names: readonly ProgramName[],
  { minify = true }: BundleOptions = {},
): Promise<Bundles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-bench-'));
  const common = {
    absWorkingDir: ROOT,
    minify,
    legalComments: 'none',
    logLevel: 'warning',
  } as const;
  await Promise.all(
    [...new Set(names)].map((name) =>
      isCommandLine(name)
        ? buildCommandLine(name, { ...common, outdir: path.join(folder, name) })
        : build({
            ...common,
            entryPoints: { [name]: programs[name] },
            outdir: folder,
            outExtension: { '.js': '.cjs' },
            bundle: true,
            platform: 'node',
            format: 'cjs',
            target: 'node22',
          }),
    ),
  );
  return {
    folder,
    fileOf: (name) =>
      isCommandLine(name) ? path.join(folder, name, 'cli.js') : path.join(folder, `${name}.cjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const { extension: _, engine: __, commands: ___, ...commandLineBundles } = nodeBundles;

function isCommandLine(name: ProgramName): boolean {
  return programs[name] === nodeBundles.cli;
}

/** Builds the command line with its parts, as the product is built. */
async function buildCommandLine(name: ProgramName, options: BuildOptions): Promise<void> {
  const bundles = Object.entries<string>(commandLineBundles);
  await Promise.all(
    bundles.map(([bundle, source]) => {
      const product: BuildOptions = nodeBuild(bundle, source, false);
      const isWithout = name === 'cli-no-journal' && bundle === 'cli-commands';
      const plugins = [...(isWithout ? [withoutJournal] : []), ...(product.plugins ?? [])];
      return build({ ...product, ...options, plugins });
    }),
  );
}

/** Replaces the part of the command line that opens the saved runs. Fails when it is not there. */
const withoutJournal: Plugin = {
  name: 'without-journal',
  setup(build) {
    let isReplaced = false;
    build.onResolve({ filter: /\/savedRuns\.ts$/ }, () => {
      isReplaced = true;
      return { path: path.join(ROOT, 'bench/contenders/noSavedRuns.ts') };
    });
    build.onEnd(() =>
      isReplaced ? undefined : { errors: [{ text: 'the command line has no savedRuns.ts' }] },
    );
  },
};
