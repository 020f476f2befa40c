import { type CommandName, commands } from '../contributionIds.ts';
import { commandTexts } from './commands.ts';
import { menus } from './menus.ts';
import { contributedSettings } from './settings/contributedSettings.ts';
import { contributedViews, viewsContainers, viewsWelcome } from './views.ts';
import { walkthroughs } from './walkthrough.ts';

/**
 * `contributes` of package.json, written by `npm run generate`. Only that script reads the tables in this
 * folder; the extension itself uses `contributionIds.ts` and `settingFacts.ts`.
 */
export function contributes(): { readonly [point: string]: unknown } {
  return {
    commands: contributedCommands(),
    menus: { commandPalette: commandPalette(), ...contributedMenus() },
    keybindings: keybindings(),
    viewsContainers,
    views: contributedViews(),
    walkthroughs: walkthroughs(),
    viewsWelcome: viewsWelcome(),
    snippets: [{ language: 'markdown', path: './media/snippets/markdown.json' }],
    configuration: contributedSettings(),
  };
}

const commandRows = Object.entries(commandTexts).map(([name, text]) => ({
  ...text,
  command: commands[name as CommandName],
}));

function contributedCommands() {
  return commandRows.map(({ command, title, icon }) => ({
    command,
    title,
    category: 'Interleave',
    ...(icon === undefined ? {} : { icon: `$(${icon})` }),
  }));
}

/** VS Code shows commands without an entry here unconditionally. */
function commandPalette() {
  return commandRows.flatMap(({ command, palette }) => {
    if (palette === undefined) return [];
    return { command, when: palette === 'never' ? 'false' : palette };
  });
}

function contributedMenus() {
  return Object.fromEntries(
    Object.entries(menus).map(([menu, rows]) => [
      menu,
      rows.map(([command, when, group]) => ({
        command: commands[command],
        ...(when === '' ? {} : { when }),
        group,
      })),
    ]),
  );
}

function keybindings() {
  return commandRows.flatMap(({ command, keys }) =>
    keys === undefined ? [] : [{ command, ...keys }],
  );
}
