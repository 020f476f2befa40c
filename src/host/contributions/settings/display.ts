import type { SettingTexts } from './settingText.ts';

/** Settings of the group *Views*. */
export const viewSettings: SettingTexts<'codeLens' | 'log.order'> = {
  codeLens: {
    description: 'Shows *Run* and the last outcome above each prompt of a prompt file.',
    harmless: true,
  },
  'log.order': {
    description: 'The order of the lines in the *Interleave* output channel.',
    harmless: true,
    choices: {
      interleaved: 'As things happen, so that the tool calls of all conversations mix.',
      grouped: 'Each conversation as one block, when it has ended.',
    },
  },
};

/** Settings of the group *History*. */
export const historySettings: SettingTexts<'history.maxRuns'> = {
  'history.maxRuns': {
    description:
      'Runs that are kept on disk, to be looked at, resumed or run again later. Older ones are deleted.',
  },
};
