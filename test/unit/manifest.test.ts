import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { guardLimitNames, limitNames, limits, maxConcurrent } from '../../src/core/base/limits.ts';
import { limitSetting } from '../../src/core/base/limitValues.ts';
import { createToolset } from '../../src/core/tools/toolset.ts';
import { commands, contextKeys, resultsPanelType, views } from '../../src/host/contributionIds.ts';

const root = path.join(import.meta.dirname, '../..');
const { contributes, capabilities } = manifest;
const known = new Set<string>(Object.values(commands));

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Setting {
  readonly scope: string;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly default: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly tags?: readonly string[];
  readonly order: number;
  readonly items?: {
    readonly enum: readonly string[];
    readonly enumDescriptions: readonly string[];
  };
}

const menus = Object.entries(contributes.menus as { readonly [menu: string]: readonly MenuItem[] });
const items = menus.flatMap(([menu, entries]) => entries.map((entry) => ({ ...entry, menu })));
const groups = contributes.configuration as unknown as readonly {
  readonly title: string;
  readonly properties: { readonly [name: string]: Setting };
}[];
const settings = groups.flatMap(({ properties }) => Object.entries(properties));
const conditions: readonly string[] = [
  ...items.flatMap(({ when }) => when ?? []),
  ...contributes.keybindings.map(({ when }) => when),
  ...contributes.viewsWelcome.map(({ when }) => when),
];

const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

/** Every `contextValue` of the extension's tree items. */
const itemContexts = [
  ...['prompt', 'file', 'folder'],
  ...['run.running', 'run.running.paused'],
  ...['run.ended', 'run.ended.failed', 'run.ended.remaining'],
  'run.ended.failed.remaining',
  ...['run.ended.interrupted', 'run.ended.failed.interrupted', 'unreadable', 'notice'],
  ...[
    ...['queued', 'waiting', 'running', 'done', 'failed', 'stopped', 'cancelled'],
    ...['failed', 'stopped', 'cancelled'].map((phase) => `${phase}.continuable`),
    ...['stopped.raisable', 'waiting.undecided'],
  ].flatMap((phase) => [`conversation.${phase}`, `conversation.${phase}.changes`]),
  ...['approval.one', 'approval.several', 'approval.call', 'approval.call.equal'],
  ...['question.one', 'question.several', 'question.call', 'question.call.equal'],
];

/** The `viewItem` conditions of a `when` clause. */
function itemTests(when: string): readonly ((context: string) => boolean)[] {
  const patterns = [...when.matchAll(/viewItem =~ \/(.*?)\/(?= |$)/g)].map(
    ([, pattern = '']) => new RegExp(pattern),
  );
  const equals = [...when.matchAll(/viewItem == ([\w.]+)/g)].map(([, value]) => value);
  return [
    ...patterns.map((pattern) => (context: string) => pattern.test(context)),
    ...equals.map((value) => (context: string) => context === value),
  ];
}

describe('Manifest commands', () => {
  it('match the commands in the code', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...known].sort());
  });

  it('have the category, a title that reads as a command, and an existing icon', () => {
    const codicons = path.join(root, 'node_modules/@vscode/codicons/dist/codicon.css');
    const icons = readFileSync(codicons, 'utf8');
    for (const { command, category, title, icon } of contributes.commands) {
      expect(category, command).toBe('Interleave');
      expect(title, command).toMatch(/^[A-Z][A-Za-z ]+…?$/);
      if (icon !== undefined) expect(icons, command).toContain(`.codicon-${icon.slice(2, -1)}:`);
    }
  });

  it.each([
    ['menus', items.map(({ command }) => command)],
    ['keys', contributes.keybindings.map(({ command }) => command)],
    [
      'welcome texts',
      contributes.viewsWelcome.flatMap(({ contents }) =>
        [...contents.matchAll(/\(command:([\w.]+)/g)].map(([, command = '']) => command),
      ),
    ],
    [
      'steps of the walkthrough',
      steps.flatMap(({ description, completionEvents }) =>
        [...`${description} ${completionEvents}`.matchAll(/(?:\(command|onCommand):([\w.]+)/g)].map(
          ([, command = '']) => command,
        ),
      ),
    ],
  ])('referenced by %s exist', (_where, named) => {
    expect(named.length).toBeGreaterThan(0);
    const foreign = named.filter((command) => !known.has(command));
    expect(foreign.filter((command) => command !== 'workbench.trust.manage')).toEqual([]);
  });

  it('that need a view item are not in the palette, and all others are shown somewhere', () => {
    const hidden = items
      .filter(({ menu, when }) => menu === 'commandPalette' && when === 'false')
      .map(({ command }) => command);
    for (const command of [commands.runItem, commands.retryConversation, commands.deleteRun]) {
      expect(hidden).toContain(command);
    }
    const elsewhere = new Set(
      items.filter(({ menu }) => menu !== 'commandPalette').map(({ command }) => command),
    );
    expect(hidden.filter((command) => !elsewhere.has(command))).toEqual([]);
  });
});

describe('Walkthrough steps', () => {
  it('show packaged pages and use existing completion events', () => {
    const packed = readFileSync(path.join(root, '.vscodeignore'), 'utf8');
    expect(packed).toContain('!media/walkthrough/**');
    const ids = contributes.views.interleave.map(({ id }) => `onView:${id}`);
    for (const { id, media, completionEvents } of steps) {
      expect(media.markdown, id).toMatch(/^media\/walkthrough\//);
      expect(existsSync(path.join(root, media.markdown)), id).toBe(true);
      const views = completionEvents.filter((event) => event.startsWith('onView:'));
      expect(views.filter((event) => !ids.includes(event), id)).toEqual([]);
    }
  });
});

describe('Manifest conditions', () => {
  it('use only known context keys', () => {
    const keys = new Set<string>([
      ...Object.values(contextKeys),
      ...['view', 'viewItem', 'focusedView', 'resourceFilename', 'isWorkspaceTrusted'],
      ...['editorHasSelection', 'editorTextFocus', 'editorIsOpen', 'findWidgetVisible', 'false'],
    ]);
    const values = /== [\w.-]+|=~ \/(?:\\.|[^/\\])+\//g;
    const used = conditions.flatMap((when) => when.replace(values, '').match(/[\w.]+/g) ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect([...new Set(used)].filter((key) => !keys.has(key))).toEqual([]);
  });

  it('name existing views', () => {
    const ids = contributes.views.interleave.map(({ id }) => id);
    expect(ids).toEqual(Object.values(views));
    const named = conditions.flatMap((when) => [...when.matchAll(/view == ([\w.]+)/g)]);
    expect(new Set(named.map(([, id]) => id))).toEqual(new Set(ids));
    expect(contributes.viewsWelcome.filter(({ view }) => !ids.includes(view))).toEqual([]);
  });

  it('match at least one view item each', () => {
    const tests = items.flatMap(({ when = '' }) => itemTests(when).map((test) => ({ when, test })));
    expect(tests.length).toBeGreaterThan(10);
    for (const { when, test } of tests) expect(itemContexts.some(test), when).toBe(true);
  });

  it('offer to answer or deny a question, and to allow nothing', () => {
    for (const context of itemContexts.filter((one) => one.startsWith('question.'))) {
      const shown = items
        .filter(({ when = '' }) => {
          const tests = itemTests(when);
          return tests.length > 0 && tests.every((test) => test(context));
        })
        .map(({ command }) => command);
      expect(shown).toContain('interleave.answerQuestion');
      expect(shown).toContain('interleave.denyCall');
      expect(shown.filter((command) => /allow/i.test(command))).toEqual([]);
    }
  });

  it.each([
    ['approval', 'Show Arguments'],
    ['question', 'Show Question'],
  ])('call what the icon of a row of the Approvals view shows by its name: %s', (kind, title) => {
    const inline = items.filter(({ group }) => group?.startsWith('inline'));
    const titles = new Map(contributes.commands.map((one) => [one.command, one.title]));
    for (const context of itemContexts.filter((one) => one.startsWith(`${kind}.`))) {
      const shown = inline.filter(({ when = '' }) =>
        itemTests(when).every((test) => test(context)),
      );
      const names = shown.map(({ command }) => titles.get(command) ?? '');
      expect(names.filter((name) => name.startsWith('Show'))).toEqual([title]);
    }
  });

  it('show at most three icons per row, and each command once', () => {
    const inline = items.filter(({ group }) => group?.startsWith('inline'));
    for (const context of itemContexts) {
      const shown = inline
        .filter(({ when = '' }) => itemTests(when).every((test) => test(context)))
        .map(({ command }) => command);
      expect(shown.length, context).toBeGreaterThan(0);
      expect(shown.length, context).toBeLessThanOrEqual(3);
      expect(new Set(shown).size, context).toBe(shown.length);
    }
  });

  it('match prompt files by name and no other files', () => {
    const pattern = /resourceFilename =~ \/(.*?)\/(?= |$)/;
    const tests = conditions.flatMap((when) => pattern.exec(when)?.[1] ?? []);
    expect(new Set(tests).size).toBe(1);
    const test = new RegExp(tests[0] ?? '');
    expect(['a.prompt.md', 'a.prompts.md'].every((name) => test.test(name))).toBe(true);
    expect(['prompts.md', 'a.md', 'a.prompts.md.txt'].some((name) => test.test(name))).toBe(false);
  });
});

describe('Manifest keybindings', () => {
  interface Binding {
    readonly command: string;
    readonly key: string;
    readonly mac?: string;
    readonly win?: string;
    readonly linux?: string;
    readonly when: string;
  }
  const bindings: readonly Binding[] = contributes.keybindings;
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

  it('C76: do not collide with typing with AltGr (Ctrl+Alt) on Windows or Linux', () => {
    expect(bindings.length).toBeGreaterThan(0);
    for (const { command, key, win, linux } of bindings) {
      for (const keys of [key, win, linux].flatMap((one) => one?.split(' ') ?? [])) {
        const held = keys.toLowerCase().split('+');
        expect(held.includes('ctrl') && held.includes('alt'), `${command}: ${keys}`).toBe(false);
      }
    }
  });

  it('C76: on macOS, do not collide with typing with Option', () => {
    for (const { command, key, mac = key } of bindings) {
      expect(mac.split('+'), command).toContain('cmd');
    }
  });

  it("do not apply while VS Code's find widget, which uses the same keys, is open", () => {
    for (const { command, when } of bindings) expect(when, command).toContain('!findWidgetVisible');
  });

  it('match the README', () => {
    const named = [...readme.matchAll(/`((?:\w+\+)+Enter)`/g)].map(([, keys = '']) =>
      keys.toLowerCase().split('+').sort().join('+'),
    );
    const bound = bindings.flatMap(({ key, mac = key }) => [key, mac]);
    expect(new Set(bound.map((keys) => keys.split('+').sort().join('+')))).toEqual(new Set(named));
  });
});

describe('Manifest settings', () => {
  /** Each machine has its own servers, so a remote machine may have other values. */
  const machineScoped = ['interleave.anthropic.baseUrl', 'interleave.openai.baseUrl'];
  const scopeOf = (name: string): string =>
    machineScoped.includes(name) ? 'machine' : 'application';

  it('that choose where a credential goes or what a tool may do cannot come from a workspace', () => {
    const sensitive = /url|host|proxy|header|key|allow|approve|command|path|tool|provider/i;
    const names = settings.filter(([name]) => sensitive.test(name.replace('interleave.', '')));
    expect(names.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'interleave.provider',
        'interleave.tools',
        'interleave.anthropic.baseUrl',
        'interleave.openai.baseUrl',
      ]),
    );
    for (const [name, { scope }] of names) expect(scope, name).toBe(scopeOf(name));
  });

  it('that no folder can set are restricted in untrusted workspaces, too', () => {
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    const scoped = settings
      .filter(([, { scope }]) => scope === 'application' || scope === 'machine')
      .map(([name]) => name);
    expect(scoped).toEqual(expect.arrayContaining(machineScoped));
    expect(restrictedConfigurations).toEqual(expect.arrayContaining(scoped));
    const names = settings.map(([name]) => name);
    expect(restrictedConfigurations.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('describe themselves and each of their values', () => {
    for (const [name, setting] of settings) {
      expect(setting.markdownDescription, name).toMatch(/^[A-Z*].{20,}\.$/);
      if (setting.enum === undefined) continue;
      expect(setting.enumDescriptions, name).toHaveLength(setting.enum.length);
      expect(setting.enum, name).toContain(setting.default);
    }
  });

  it('offer the existing tools', () => {
    const toolset = createToolset({
      ...{ folders: [], exclude: [], workerPath: 'unused' },
      // As in VS Code.
      readDiagnostics: () => [],
    });
    const offered = settings.find(([name]) => name === 'interleave.tools')?.[1].items;
    expect(offered?.enum).toEqual(toolset.tools.map(({ name }) => name));
    expect(offered?.enumDescriptions).toHaveLength(toolset.tools.length);
    toolset.dispose();
  });

  it.each(limitNames.map((name) => [name, limitSetting(name)] as const))(
    'have the limit %s as %s with its default and range, for the user only',
    (name, id) => {
      const setting = settings.find(([known]) => known === id)?.[1];
      const { default: usual, minimum, maximum, ...limit } = limits[name];
      expect(setting).toMatchObject({ default: usual, minimum, maximum, scope: 'application' });
      expect(setting?.type).toBe('fractions' in limit ? 'number' : 'integer');
    },
  );

  it('are tagged advanced if rarely needed: all guards, and no setting that users begin with', () => {
    const advanced = settings.filter(([, { tags }]) => tags?.includes('advanced'));
    const names = advanced.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(guardLimitNames.map(limitSetting)));
    for (const [name] of settings.filter(([id]) => !names.includes(id))) {
      expect(name, 'must be advanced').not.toMatch(/^interleave\.limits\./);
    }
    for (const name of ['provider', 'model', 'maxTurns', 'maxCostUsd', 'timeoutSeconds', 'tools']) {
      expect(names).not.toContain(`interleave.${name}`);
    }
  });

  it('are ordered groups, with all limits in one', () => {
    expect(groups.map(({ title }) => title)).toEqual([
      ...['Models', 'Running', 'Limits', 'Views', 'History'],
    ]);
    for (const { title, properties } of groups) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(orders, title).toEqual(orders.map((_, index) => index + 1));
    }
    const [, , ofLimits] = groups;
    expect(Object.keys(ofLimits?.properties ?? {})).toEqual(limitNames.map(limitSetting));
  });

  it.each(['auto', 'unlimited', '1', '99', '128', 'fast', '0', '-1', '129', '200', '', '1.5'])(
    'accept or reject the concurrency %j as described',
    (text) => {
      const concurrency = settings.find(([name]) => name === 'interleave.concurrency')?.[1];
      const [asText] = (concurrency as unknown as { anyOf: { pattern?: string }[] }).anyOf;
      const number = /^\d+$/.test(text) ? Number(text) : 0;
      const allowed =
        ['auto', 'unlimited'].includes(text) || (number >= 1 && number <= maxConcurrent);
      expect(new RegExp(asText?.pattern ?? '').test(text)).toBe(allowed);
    },
  );
});

describe('Names of the manifest in code and documents', () => {
  /** Names with our prefix that are no contributions: keys of storage, the extension's id, its icons. */
  const others = [
    ...['progress', 'key', 'extensionHost', 'demoAccepted', 'lastRun', 'checkedPrompts'],
    'acceptedRules',
    'lastValues',
    ...['interleave', 'svg', 'png'],
  ];
  const names = new Set<string>([
    ...known,
    ...settings.map(([name]) => name),
    ...Object.values(views),
    ...Object.values(contextKeys),
    resultsPanelType,
    ...others.map((name) => `interleave.${name}`),
    // Parts of names that are put together.
    ...['interleave.limits', 'interleave.log'],
  ]);

  it('all exist', () => {
    const files = globSync(['src/**/*.ts', 'media/**/*.{ts,md}', 'docs/*.md', '*.md'], {
      cwd: root,
    });
    const found = files.flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const named = text.matchAll(/(?<=["'`#:]|\b)interleave(?:\.[a-zA-Z]+)+/g);
      return [...named].map(([name]) => ({ file, name }));
    });
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ name }) => !names.has(name))).toEqual([]);
  });
});

describe('The manifest', () => {
  it('activates the extension after startup, to offer an interrupted run', () => {
    expect(manifest.activationEvents).toEqual([
      'onStartupFinished',
      `onWebviewPanel:${resultsPanelType}`,
      'onLanguage:markdown',
      'onLanguage:prompt',
    ]);
  });

  it('names existing files', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.views.interleave.map(({ icon }) => icon),
      ...contributes.snippets.map((snippet) => snippet.path),
    ];
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('binds no keys outside prompt files and views of its own', () => {
    for (const { when } of contributes.keybindings) {
      expect(when).toMatch(
        /^(?:editorTextFocus && resourceFilename =~ |focusedView == interleave\.)/,
      );
    }
  });
});
