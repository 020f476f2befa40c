import { maxConcurrent } from '../../../core/base/limits.ts';
import type { SettingTexts } from './settingText.ts';

/** The built-in tools, in display order. */
const tools = {
  sum_numbers: 'Adds numbers.',
  subtract_numbers: 'Subtracts numbers.',
  multiply_numbers: 'Multiplies numbers.',
  divide_numbers: 'Divides numbers.',
  power_numbers: 'Raises numbers to a power.',
  run_javascript: 'Runs JavaScript that reaches nothing outside of itself.',
  read_file: 'Reads a text file of the workspace.',
  list_files: 'Lists files of the workspace.',
  search_text: 'Searches the text of workspace files.',
  get_diagnostics: 'Lists errors and warnings of the workspace. Only in VS Code.',
  fetch_url: 'Gets a page of the internet as text. Asks, unless a rule allows it.',
  run_command: 'Runs a command line in the workspace folder. Asks, unless a rule allows it.',
  ask_user: 'Asks you a question, and waits for the answer.',
  write_file: 'Proposes a new text file, or a new text for one.',
  edit_file: 'Proposes an edit of a text file.',
  delete_file: 'Proposes to delete a text file.',
  rename_file: 'Proposes to rename a text file.',
  run_demo_program: 'Prints a text, to try out approvals: it needs a decision.',
};

/** `anyOf` has the settings editor show a text box, because it has no control for a text or a number. */
const concurrency = {
  type: undefined,
  anyOf: [
    {
      type: 'string',
      pattern: '^(auto|unlimited|[1-9][0-9]?|1[01][0-9]|12[0-8])$',
      patternErrorMessage: `Enter \`auto\`, \`unlimited\`, or a number from 1 to ${maxConcurrent}.`,
    },
    { type: 'integer', minimum: 1, maximum: maxConcurrent },
  ],
};

/** Settings of the group *Running*. */
export const runningSettings: SettingTexts<
  | 'mode'
  | 'concurrency'
  | 'failure'
  | 'tools'
  | 'rules'
  | 'toolExecution'
  | 'cpuTools'
  | 'warmUpCache'
  | 'confirmAbove'
> = {
  mode: {
    description: 'Whether the conversations of a run are concurrent.',
    choices: {
      concurrent: 'All conversations start at the same time.',
      serial: 'One conversation after another, for comparison.',
    },
  },
  concurrency: {
    description: `Maximum number of model requests in flight to one server: \`auto\`, \`unlimited\`, or a number from 1 to ${maxConcurrent}. Further requests wait. \`auto\` lowers the number when the server is overloaded and raises it again later.`,
    schema: concurrency,
  },
  failure: {
    description: 'What happens to the other conversations of a run when one fails.',
    choices: {
      keepPartial: 'The others continue, and their answers are kept.',
      allOrNothing: 'The first conversation that fails cancels the rest.',
    },
  },
  tools: {
    description:
      'The tools that conversations may use. If empty, all tools that calculate or read, and none that changes, proposes or sends anything. Read from the user settings only.',
    schema: {
      uniqueItems: true,
      items: {
        type: 'string',
        enum: Object.keys(tools),
        enumDescriptions: Object.values(tools),
      },
    },
  },
  rules: {
    description:
      'Rules for tool calls, for example `deny run_command(rm *)` or `allow fetch_url(domain:docs.example.com)`. Rules that deny take precedence over rules that ask, and those over rules that allow. Without a matching rule, tools that run programs or access other machines ask first. Items that begin with `#` are comments. Read from the user settings only.',
    schema: { items: { type: 'string' } },
  },
  toolExecution: {
    description:
      'How the tool calls of one turn run. Conversations are concurrent either way. A prompt file can override this with the key `toolExecution`.',
    choices: {
      serial: 'One after another, in the order of the model.',
      parallel: 'At the same time if none of them changes anything, otherwise in order.',
    },
  },
  cpuTools: {
    description:
      'Where tools with heavy computation run. Worker threads keep them from delaying VS Code and other conversations.',
    choices: {
      auto: 'Small calculations run directly, heavier ones in worker threads.',
      workers: 'All calculations run in worker threads.',
    },
  },
  warmUpCache: {
    description:
      "Sends the first request of a run alone and the others when its response begins, so that they find the shared instructions in the provider's prompt cache. This takes a little longer and saves input cost.",
    advanced: true,
  },
  confirmAbove: {
    description: 'Ask for confirmation before a run with more prompts than this starts.',
  },
};
