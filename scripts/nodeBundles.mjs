import { lazyPartOf, lazyParts } from './lazyParts.mjs';

/** The bundles that run in Node, with their sources. */
export const nodeBundles = {
  extension: 'src/extension.ts',
  window: 'src/window.ts',
  cli: 'src/cli/main.ts',
  'cli-program': 'src/cli/startProgram.ts',
  'tool-worker': 'src/core/tools/workers/toolWorkerMain.ts',
  'command-shell': 'src/core/tools/command/terminal/commandShellMain.ts',
  ...Object.fromEntries(Object.entries(lazyParts).map(([source, name]) => [name, source])),
};

/**
 * Options of esbuild for one of these bundles.
 * @param {string} name
 * @param {string} source
 * @param {boolean} isWatching
 * @returns {import('esbuild').BuildOptions}
 */
export function nodeBuild(name, source, isWatching) {
  return {
    entryPoints: { [name]: source },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    // Node takes longer to `import` such a file than to `require` it: it looks for exports in its text first.
    supported: { 'dynamic-import': false },
    // Bundling them again takes most of the time of a rebuild. Here, Node finds them in node_modules.
    packages: isWatching ? 'external' : 'bundle',
    plugins: [lazyPlugin],
    inject: name === 'anthropic-sdk' ? ['src/core/providers/transport/sdkGlobals.ts'] : [],
    banner: name === 'cli' ? { js: '#!/usr/bin/env node' } : {},
  };
}

/** Each import that it matches costs a call. */
const lazyNames = new RegExp(`/(?:${Object.keys(lazyParts).map(fileNameOf).join('|')})$`);

/** @param {string} file */
function fileNameOf(file) {
  return file.slice(file.lastIndexOf('/') + 1).replaceAll('.', '\\.');
}

/** @type {import('esbuild').Plugin} */
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
