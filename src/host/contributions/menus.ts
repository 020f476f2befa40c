import {
  all,
  any,
  editsArguments,
  hasApprovals,
  hasChecked,
  hasLastRun,
  hidesRuns,
  inApprovals,
  inPrompts,
  inRuns,
  not,
  promptFile,
  running,
  showsAllRuns,
  type When,
} from './conditions.ts';
import { approvalItemMenu, type MenuRow, promptItemMenu, runItemMenu } from './itemMenus.ts';

/** Menus by their VS Code id, without the command palette: that is in `commands.ts`. */
export const menus: { readonly [menu: string]: readonly MenuRow[] } = {
  'editor/title/run': [['runFile', promptFile, 'navigation@1']],
  'editor/title': [['allowEdited', editsArguments, 'navigation@1']],
  'editor/context': [
    ['runSelection', any(promptFile, 'editorHasSelection'), '1_interleave@1'],
    ['runFile', promptFile, '1_interleave@2'],
  ],
  'explorer/context': [['runFiles', promptFile, '1_interleave@1']],
  'file/newFile': [['newPromptFile', '', 'file']],
  'view/title': [
    ['runChecked', all(inPrompts, hasChecked), 'navigation@1'],
    ['newPromptFile', inPrompts, 'navigation@2'],
    ['pickPrompts', inPrompts, '1_run@1'],
    ['rerunLast', all(inPrompts, hasLastRun), '1_run@2'],
    ['openExamples', inPrompts, '2_more@1'],
    ...setUp(inPrompts),
    ['cancelRun', all(inRuns, running), 'navigation@1'],
    ['rerunLast', all(inRuns, hasLastRun, not(running)), 'navigation@2'],
    ['showAllRuns', all(inRuns, hidesRuns), 'navigation@3'],
    ['showOwnRuns', all(inRuns, showsAllRuns), 'navigation@3'],
    ['showLog', inRuns, '1_more@1'],
    ...setUp(inRuns),
    ['decideCall', all(inApprovals, hasApprovals), 'navigation@1'],
  ],
  'view/item/context': [...promptItemMenu, ...runItemMenu, ...approvalItemMenu],
};

function setUp(view: When): readonly MenuRow[] {
  return [
    ['selectModel', view, '3_setup@1'],
    ['selectAgent', view, '3_setup@2'],
    ['setApiKey', view, '3_setup@3'],
    ['testConnection', view, '3_setup@4'],
  ];
}
