import { type CommandName, commands, views } from '../contributionIds.ts';
import { commandTexts } from './commands.ts';
import { hidesRuns, not, trusted, type When } from './conditions.ts';

const icon = 'media/icons/interleave.svg';
/** The views' container in the activity bar. */
const container = 'interleave';

export const viewsContainers = {
  activitybar: [{ id: container, title: 'Interleave', icon }],
};

const viewNames: { readonly [V in keyof typeof views]: string } = {
  prompts: 'Prompts',
  runs: 'Runs',
};

export function contributedViews() {
  const all = Object.entries(views).map(([name, id]) => ({
    id,
    name: viewNames[name as keyof typeof views],
    icon,
    contextualTitle: 'Interleave',
  }));
  return { [container]: all };
}

/** A link that runs a command, named by its title. */
export function commandLink(name: CommandName): string {
  return `[${commandTexts[name].title}](command:${commands[name]})`;
}

const whatPromptFilesAre =
  'A prompt file holds prompts that run at once: in a file named *.prompts.md every ## heading starts one. A file named *.prompt.md is one prompt.';
const notTrusted = [
  'In Restricted Mode prompts can be read and written but not run, because a run sends text and files of this folder to a model.',
  '[Manage Workspace Trust](command:workbench.trust.manage)',
];

/** What an empty view says. */
export function viewsWelcome() {
  const begin = [whatPromptFilesAre, commandLink('newPromptFile'), commandLink('openExamples')];
  return [
    welcome(views.prompts, trusted, [
      ...begin,
      'The built-in demo model needs no key and answers with simulated text. For Anthropic or OpenAI, set an API key; a server on this machine needs none.',
      commandLink('setApiKey'),
    ]),
    welcome(views.prompts, not(trusted), [...begin, ...notTrusted]),
    welcome(views.runs, trusted, [
      'Nothing has been run in this window yet. Runs are listed here with their conversations, in the order of the prompts.',
      commandLink('pickPrompts'),
    ]),
    welcome(views.runs, hidesRuns, [
      'Runs of other folders are hidden.',
      commandLink('showAllRuns'),
    ]),
    welcome(views.runs, not(trusted), notTrusted),
  ];
}

function welcome(view: string, when: When, lines: readonly string[]) {
  return { view, contents: lines.join('\n'), when };
}
