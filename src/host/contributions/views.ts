import { type CommandName, commands, views } from '../contributionIds.ts';
import { commandTexts } from './commands.ts';
import { hidesRuns, not, trusted, type When } from './conditions.ts';

const icon = 'media/icons/interleave.svg';
/** Id of the view container in the Activity Bar. */
const container = 'interleave';

/** `contributes.viewsContainers`. */
export const viewsContainers = {
  activitybar: [{ id: container, title: 'Interleave', icon }],
};

const viewNames: { readonly [V in keyof typeof views]: string } = {
  prompts: 'Prompts',
  runs: 'Runs',
  approvals: 'Approvals',
};

/** `contributes.views`. */
export function contributedViews() {
  const all = Object.entries(views).map(([name, id]) => ({
    id,
    name: viewNames[name as keyof typeof views],
    icon,
    contextualTitle: 'Interleave',
    // Most runs ask for nothing; the status bar leads here when one does.
    ...(id === views.approvals ? { visibility: 'collapsed' } : {}),
  }));
  return { [container]: all };
}

/** A Markdown link that runs a command; its text is the command's title. */
export function commandLink(name: CommandName): string {
  return `[${commandTexts[name].title}](command:${commands[name]})`;
}

const whatPromptFilesAre =
  'A prompt file holds prompts that run at the same time. In a *.prompts.md file, each ## heading starts a prompt. A *.prompt.md file is one prompt.';
const notTrusted = [
  'In Restricted Mode you can edit prompts but not run them, because a run sends text and files of this folder to a model.',
  '[Manage Workspace Trust](command:workbench.trust.manage)',
];

/** Welcome content of the empty views. */
export function viewsWelcome() {
  const begin = [whatPromptFilesAre, commandLink('newPromptFile'), commandLink('openExamples')];
  return [
    welcome(views.prompts, trusted, [
      ...begin,
      'The built-in demo model needs no key; its answers are simulated. For Anthropic or OpenAI, set an API key. A server on this machine needs none.',
      commandLink('setApiKey'),
    ]),
    welcome(views.prompts, not(trusted), [...begin, ...notTrusted]),
    welcome(views.runs, trusted, [
      'No runs yet. Each run is listed here with its conversations, in prompt order.',
      commandLink('pickPrompts'),
    ]),
    welcome(views.runs, hidesRuns, [
      'Runs of other folders are hidden.',
      commandLink('showAllRuns'),
    ]),
    welcome(views.runs, not(trusted), notTrusted),
    welcome(views.approvals, trusted, [
      'No tool call waits for a decision. Calls that run programs or reach other machines are listed here until you allow or deny them, and questions until you answer them; other conversations go on meanwhile.',
    ]),
    welcome(views.approvals, not(trusted), notTrusted),
  ];
}

function welcome(view: string, when: When, lines: readonly string[]) {
  return { view, contents: lines.join('\n'), when };
}
