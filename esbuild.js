// Builds dist/: the extension with its lazily loaded parts, the command line, and the results
// panel.
const { cp, mkdir, rm } = require('node:fs/promises');
const { context } = require('esbuild');
const { lazyPartOf, lazyParts } = require('./scripts/lazyParts.mjs');
const { watchBuild } = require('./scripts/watchBuild.mjs');

const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');

/** Each import that it matches costs a call. */
const lazyNames = new RegExp(`/(?:${Object.keys(lazyParts).map(fileNameOf).join('|')})$`);

function fileNameOf(file) {
  return file.slice(file.lastIndexOf('/') + 1).replaceAll('.', '\\.');
}

const lazyPlugin = {
  name: 'lazy-parts',
  setup(build) {
    build.onResolve({ filter: lazyNames }, async (args) => {
      if (args.kind !== 'dynamic-import' || args.pluginData === 'resolved') return undefined;
      const { path } = await build.resolve(args.path, {
        kind: args.kind,
        resolveDir: args.resolveDir,
        pluginData: 'resolved',
      });
      const part = lazyPartOf(path);
      return part === undefined ? undefined : { path: `./${part}.js`, external: true };
    });
  },
};

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  // Debuggers find the sources on disk. With them, the maps are most of what a build writes.
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  outdir: 'dist',
};

const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // Bundling them again takes most of the time of a rebuild. Here, Node finds them in node_modules.
  packages: watching ? 'external' : 'bundle',
};

/** Bundles of the extension, with their sources. */
const extensionParts = {
  extension: 'src/extension.ts',
  ...Object.fromEntries(Object.entries(lazyParts).map(([source, name]) => [name, source])),
  'tool-worker': 'src/core/tools/workers/toolWorkerMain.ts',
  'command-shell': 'src/core/tools/command/terminal/commandShellMain.ts',
};

const builds = [
  // Each by itself, so that a change builds only those that contain it.
  ...Object.entries(extensionParts).map(([name, source]) => ({
    ...node,
    entryPoints: { [name]: source },
    external: ['vscode'],
    plugins: [lazyPlugin],
  })),
  // A single self-contained file. What the extension loads lazily is included, and evaluated
  // lazily.
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome130',
    entryPoints: { results: 'media/results.ts' },
  },
  {
    ...common,
    platform: 'browser',
    target: 'chrome130',
    entryPoints: { resultsStyle: 'media/results.css' },
    entryNames: 'results',
    external: ['*.ttf'],
  },
];

async function copyCodicons() {
  await mkdir('dist/codicons', { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    await cp(`node_modules/@vscode/codicons/dist/${file}`, `dist/codicons/${file}`);
  }
}

async function main() {
  if (!watching) await rm('dist', { recursive: true, force: true });
  await copyCodicons();
  if (watching) return await watchBuild(builds, ['src', 'media']);
  const contexts = await Promise.all(builds.map((options) => context(options)));
  await Promise.all(contexts.map((build) => build.rebuild()));
  await Promise.all(contexts.map((build) => build.dispose()));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
