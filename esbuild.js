// Builds dist/: the extension, the command line, their lazily loaded parts, and the results panel.
const { cp, mkdir, rm } = require('node:fs/promises');
const { context } = require('esbuild');
const { nodeBuild, nodeBundles } = require('./scripts/nodeBundles.mjs');
const { watchBuild } = require('./scripts/watchBuild.mjs');

const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');

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

const builds = [
  // Each by itself, so that a change builds only those that contain it.
  ...Object.entries(nodeBundles).map(([name, source]) => ({
    ...common,
    ...nodeBuild(name, source, watching),
  })),
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
