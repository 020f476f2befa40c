import { describe, expect, it } from 'vitest';
import manifest from '../../../bench/peers/package.json' with { type: 'json' };
import lock from '../../../bench/peers/package-lock.json' with { type: 'json' };
import project from '../../../package.json' with { type: 'json' };

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
}

describe('The packages of the peers', () => {
  it('are pinned: one version each, from the registry, with a checksum', () => {
    const versions = Object.values(manifest.dependencies);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    const locked = Object.entries(lock.packages as { readonly [at: string]: LockedPackage });
    expect(locked.length).toBeGreaterThan(versions.length);
    const foreign = locked.filter(
      ([at, { resolved, integrity }]) =>
        at !== '' && (resolved !== undefined || !integrity?.startsWith('sha512-')),
    );
    expect(foreign).toEqual([]);
    expect(lock.packages[''].dependencies).toEqual(manifest.dependencies);
  });

  it('are no packages of the project, except those that it has anyway', () => {
    const own = Object.keys(project.devDependencies);
    const shared = Object.keys(manifest.dependencies).filter((name) => own.includes(name));
    expect(shared).toEqual(['@anthropic-ai/sdk', 'zod']);
    expect(project.devDependencies).toMatchObject({
      '@anthropic-ai/sdk': manifest.dependencies['@anthropic-ai/sdk'],
    });
  });
});
