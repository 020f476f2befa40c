import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ROOT } from '../../scripts/root.ts';

/** The programs that run in a process or thread of their own, by name. */
const programs = {
  interleave: 'bench/contenders/interleave.ts',
  cli: 'bench/contenders/commandLine.ts',
  'cli-no-journal': 'bench/contenders/commandLine.ts',
  raw: 'bench/contenders/raw.ts',
  'p-limit': 'bench/contenders/pLimit.ts',
  'http-floor': 'bench/contenders/httpFloor.ts',
  simulator: 'bench/simulator/main.ts',
  'core-cost': 'bench/contenders/coreCost.ts',
  'tool-model': 'bench/tools/modelThread.ts',
  'tool-thread': 'bench/tools/burnThread.ts',
  'usage-reporter': 'bench/lab/usageReporter.ts',
  'work-counter': 'bench/lab/workCounter.ts',
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
  await Promise.all(
    [...new Set(names)].map((name) =>
      build({
        absWorkingDir: ROOT,
        entryPoints: { [name]: programs[name] },
        outdir: folder,
        outExtension: { '.js': '.cjs' },
        bundle: true,
        minify,
        platform: 'node',
        format: 'cjs',
        target: 'node22',
        legalComments: 'none',
        logLevel: 'warning',
        plugins: name === 'cli-no-journal' ? [withoutJournal] : [],
      }),
    ),
  );
  return {
    folder,
    fileOf: (name) => path.join(folder, `${name}.cjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Replaces the part of the command line that opens the saved runs. Fails when it is not there. */
const withoutJournal: Plugin = {
  name: 'without-journal',
  setup(build) {
    let replaced = 0;
    build.onResolve({ filter: /\/savedRuns\.ts$/ }, ({ importer }) => {
      if (!importer.endsWith('/cli/commands.ts')) return undefined;
      replaced += 1;
      return { path: path.join(ROOT, 'bench/contenders/noSavedRuns.ts') };
    });
    build.onEnd(() =>
      replaced === 1
        ? undefined
        : { errors: [{ text: 'src/cli/commands.ts no longer imports savedRuns.ts once' }] },
    );
  },
};
