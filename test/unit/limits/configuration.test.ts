import { beforeEach, describe, expect, it, vi } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import type { LimitName } from '../../../src/core/base/limits.ts';
import { defaultLimitValues, limitNames, limits } from '../../../src/core/base/limits.ts';
import { limitSetting } from '../../../src/core/base/limitValues.ts';
import { withOverrides } from '../../../src/core/runner/runRequest.ts';
import { Configuration } from '../../../src/host/configuration.ts';
import { overridesOf } from '../../../src/host/runArgument.ts';

/** User and workspace settings, and the names of the settings read. */
const settings = vi.hoisted(() => ({
  user: new Map<string, unknown>(),
  workspace: new Map<string, unknown>(),
  read: new Set<string>(),
  /** Those of which a folder's value was looked at, too. */
  fromFolder: new Set<string>(),
  isManifestRead: true,
}));

const contributed = new Map<string, { readonly default: unknown; readonly scope: string }>(
  manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties)),
);

function usual(name: string): unknown {
  return settings.isManifestRead ? contributed.get(name)?.default : undefined;
}

vi.mock('vscode', () => ({
  workspace: {
    getConfiguration: (section: string) => ({
      get: (key: string) => {
        const name = `${section}.${key}`;
        settings.read.add(name);
        settings.fromFolder.add(name);
        const { user, workspace } = settings;
        return workspace.get(name) ?? user.get(name) ?? usual(name);
      },
      inspect: (key: string) => {
        const name = `${section}.${key}`;
        settings.read.add(name);
        return {
          globalValue: settings.user.get(name),
          workspaceValue: settings.workspace.get(name),
          defaultValue: usual(name),
        };
      },
    }),
  },
}));

describe('The settings', () => {
  let problems: string[];
  let configuration: Configuration;

  beforeEach(() => {
    settings.user.clear();
    settings.workspace.clear();
    settings.read.clear();
    settings.fromFolder.clear();
    settings.isManifestRead = true;
    problems = [];
    configuration = new Configuration((problem) => problems.push(problem));
  });

  it('are all read, and no others', () => {
    configuration.runSettings();
    configuration.endpoints();
    for (const [name, read] of [
      ['interleave.confirmAbove', configuration.confirmAbove()],
      ['interleave.history.maxRuns', configuration.maxSavedRuns()],
    ] as const) {
      expect(read).toBe(contributed.get(name)?.default);
    }
    configuration.prices();
    configuration.rules();
    configuration.logOrder();
    configuration.codeLens();
    configuration.rules();
    expect([...settings.read].sort()).toEqual([...contributed.keys()].sort());
    expect(problems).toEqual([]);
    const forFolders = [...contributed].filter(([, { scope }]) => scope === 'window');
    expect([...settings.fromFolder].sort()).toEqual(forFolders.map(([name]) => name).sort());
  });

  it('are those of the manifest where VS Code knows of none', () => {
    const byDefault = configuration.runSettings();
    settings.isManifestRead = false;
    expect(configuration.runSettings()).toEqual(byDefault);
    expect(configuration.maxSavedRuns()).toBe(50);
  });

  it("default to the core's defaults", () => {
    expect(configuration.limits()).toEqual(defaultLimitValues);
    expect(configuration.runSettings().limits).toEqual(defaultLimitValues);
  });

  it.each(limitNames)("apply the user's limit %s to a run", (name) => {
    const value = otherValue(name);
    settings.user.set(limitSetting(name), value);
    expect(configuration.runSettings().limits).toEqual({ ...defaultLimitValues, [name]: value });
    expect(problems).toEqual([]);
  });

  it.each(limitNames)("never apply a workspace's limit %s to a run", (name) => {
    settings.workspace.set(limitSetting(name), otherValue(name));
    expect(configuration.runSettings().limits).toEqual(defaultLimitValues);
  });

  it('report once which value replaces an invalid one', () => {
    settings.user.set('interleave.limits.toolCalls', 'fifty');
    settings.user.set('interleave.maxTurns', 1e9);
    settings.user.set('interleave.concurrency', '500');
    for (let times = 0; times < 3; times++) configuration.runSettings();
    expect(problems).toEqual([
      'interleave.maxTurns is 1000000000, but must be a whole number from 1 to 1,000. 1,000 is used.',
      'interleave.limits.toolCalls is "fifty", but must be a whole number from 1 to 10,000. 100 is used.',
      'interleave.concurrency is "500", but must be auto, unlimited or a whole number from 1 to 128. 128 is used.',
    ]);
    const { concurrency, limits: used } = configuration.runSettings();
    expect([concurrency, used.maxTurns, used.toolCalls]).toEqual([128, 1_000, 100]);
  });

  it.each([
    ['mode', 'paralel', 'concurrent'],
    ['failure', 1, 'keepPartial'],
    ['toolExecution', ['serial'], 'serial'],
    ['reasoningEffort', 'most', 'default'],
  ] as const)(
    'say of %s that it is none of its values, and use the default',
    (name, given, used) => {
      settings.user.set(`interleave.${name}`, given);
      expect(configuration.runSettings()[name]).toBe(used);
      expect(problems).toEqual([
        expect.stringMatching(
          new RegExp(`^interleave\\.${name} is .*, but must be one of .*\\. ${used} is used\\.$`),
        ),
      ]);
    },
  );

  it('never make another provider of one that is not known', () => {
    settings.user.set('interleave.provider', 'opnai');
    expect(configuration.runSettings().provider).toBe('opnai');
  });

  it.each([
    ['auto', 'auto'],
    ['unlimited', 'unlimited'],
    [127, 127],
    [128, 128],
    [129, 128],
    ['12', 12],
    [0, 1],
    [-1, 1],
    [2.5, 3],
    ['fast', 'auto'],
    [null, 'auto'],
    [Number.NaN, 'auto'],
  ])('read a concurrency of %j as %j', (given, used) => {
    settings.user.set('interleave.concurrency', given);
    expect(configuration.runSettings().concurrency).toBe(used);
    expect(problems).toHaveLength(used === given || given === '12' || given === null ? 0 : 1);
  });

  it.each([
    [0, 1],
    [-1, 1],
    ['fifty', 50],
    [null, 50],
    [1_001, 1_000],
    [1_000, 1_000],
    [1, 1],
  ])('read a history size of %j as %i, so that no run is deleted by mistake', (given, kept) => {
    settings.user.set('interleave.history.maxRuns', given);
    expect(configuration.maxSavedRuns()).toBe(kept);
  });

  it.each([
    [-1, 0],
    [0, 0],
    ['many', 20],
    [1e9, 100_000],
  ])('with %j, ask above %i prompts', (given, prompts) => {
    settings.user.set('interleave.confirmAbove', given);
    expect(configuration.confirmAbove()).toBe(prompts);
  });

  it('can be overridden per run, limit by limit', () => {
    const asked = overridesOf({ maxTurns: 3, model: 'm', limits: { fileKB: 7 } });
    const own = withOverrides(configuration.runSettings(), asked);
    expect(own.model).toBe('m');
    expect(own.limits).toEqual({ ...defaultLimitValues, maxTurns: 3, fileKB: 7 });
  });
});

/** A valid value other than the default. */
function otherValue(name: LimitName): number {
  const { minimum, default: usual } = limits[name];
  return usual === minimum ? minimum + 1 : minimum;
}
