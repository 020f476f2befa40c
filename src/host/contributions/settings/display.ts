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
      interleaved: 'In order of time. The lines of all conversations are interleaved.',
      grouped: 'Each conversation as one block, written when it ends.',
    },
  },
};

/** Settings of the group *History*. */
export const historySettings: SettingTexts<'history.maxRuns'> = {
  'history.maxRuns': {
    description:
      'Maximum number of runs saved on disk. You can open, resume or rerun a saved run. The oldest runs are deleted.',
  },
};
