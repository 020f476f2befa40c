import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../scripts/root.ts';

/** The programs that run in a process or thread of their own, by name. */
const programs = {
  interleave: 'bench/contenders/interleave.ts',
  raw: 'bench/contenders/raw.ts',
  'p-limit': 'bench/contenders/pLimit.ts',
  'http-floor': 'bench/contenders/httpFloor.ts',
  simulator: 'bench/simulator/main.ts',
  'core-cost': 'bench/contenders/coreCost.ts',
  'tool-model': 'bench/tools/modelThread.ts',
  'tool-thread': 'bench/tools/burnThread.ts',
  'startup-model': 'bench/startup/modelThread.ts',
} as const;

export type ProgramName = keyof typeof programs;

/** The bundles and their folder, which exists until the benchmark ends. */
export interface Bundles {
  /** The path of a program's bundle. */
  fileOf(name: ProgramName): string;
  remove(): Promise<void>;
}

/** Bundles all programs with the options of a production build. */
export async function bundlePrograms(names: readonly ProgramName[]): Promise<Bundles> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'interleave-bench-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [name, programs[name]])),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return {
    fileOf: (name) => path.join(outdir, `${name}.cjs`),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}
