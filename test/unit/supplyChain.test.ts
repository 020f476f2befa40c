import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

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

/** Packages that files import for more than their types. */
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

describe('What comes from others', () => {
  it('into the extension is these packages, each of which someone has looked at', () => {
    const host = packagesOf(['src/**/*.ts'], ['src/cli/**']);
    expect(host).toEqual(['@anthropic-ai/sdk', 'openai', 'picomatch', 're2js', 'yaml', 'zod']);
    const webview = packagesOf(['media/**/*.ts']);
    expect(webview).toEqual([
      '@tanstack/lit-virtual',
      '@vscode-elements/elements',
      'dompurify',
      'lit',
      'markdown-it',
    ]);
  });

  it('into the command line is one more', () => {
    const common = packagesOf(['src/core/**/*.ts', 'src/shared/**/*.ts', 'src/demo/**/*.ts']);
    const own = packagesOf(['src/cli/**/*.ts']).filter((name) => !common.includes(name));
    expect(own).toEqual(['commander']);
  });

  it('is bundled: whoever installs the extension installs no package', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('extensionDependencies');
  });

  it('is pinned: one version each, from the registry, with its checksum', () => {
    const versions = Object.entries(manifest.devDependencies);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    const foreign = locked.filter(
      ([, { resolved, integrity, optional }]) =>
        !(resolved ?? registry).startsWith(registry) ||
        // Programs of the project's own tools for other platforms have none here.
        !(integrity?.startsWith('sha512-') || (integrity === undefined && optional === true)),
    );
    expect(foreign.map(([name]) => name)).toEqual([]);
  });

  it('runs a script of its own when it is installed only where it has to', () => {
    const scripted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([name]) => name.slice(name.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(scripted)].sort()).toEqual(installScripts);
  });
});

const registry = 'https://registry.npmjs.org/';

/** `node` fetches the runtime of the project's own tools, `esbuild` and `vsce-sign` take their program. */
const installScripts: readonly string[] = ['@vscode/vsce-sign', 'esbuild', 'node'];

describe('The package of the extension', () => {
  it('holds what runs and what is read, and nothing else', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const allowed =
      /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/(?:extension|engine|anthropic-sdk|openai-sdk|search-worker|results)\.(?:js|css)|dist\/codicons\/codicon\.(?:css|ttf)|media\/(?:icons|snippets|walkthrough)\/[\w.-]+|examples\/[\w.-]+\.md)$/;
    expect(files).toContain('package.json');
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });
});
