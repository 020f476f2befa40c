import { promptFileNames } from '../../shared/promptFileName.ts';
import { contextKeys, views } from '../contributionIds.ts';

/** A VS Code `when` clause. */
export type When = string;

/** The file of the menu or editor is a prompt file. */
export const promptFile: When = `resourceFilename =~ ${promptFileNames}`;
/** The text of a prompt file has the focus. The find widget uses the same keys, so it must be closed. */
export const promptText: When = all('editorTextFocus', promptFile, '!findWidgetVisible');

/** In the *Prompts* or the *Runs* view. */
export const inPrompts: When = `view == ${views.prompts}`;
export const inRuns: When = `view == ${views.runs}`;
export const inApprovals: When = `view == ${views.approvals}`;
/** The keyboard is in the *Approvals* view. */
export const onApprovals: When = all(`focusedView == ${views.approvals}`, '!findWidgetVisible');

/** The context key is true. */
export const {
  editsArguments,
  running,
  hasRuns,
  hasLastRun,
  hasApprovals,
  hasQuestions,
  hasChecked,
  showsAllRuns,
} = contextKeys;
/** The *Runs* view hides saved runs of other folders. */
export const hidesRuns: When = all(contextKeys.hasOtherRuns, `!${showsAllRuns}`);
/** The workspace is trusted. */
export const trusted: When = 'isWorkspaceTrusted';

/** All conditions hold. None may come from `any`, because they are joined without brackets. */
export function all(...conditions: readonly When[]): When {
  return conditions.join(' && ');
}

/** One of the conditions holds. */
export function any(...conditions: readonly When[]): When {
  return conditions.join(' || ');
}

/** The condition, a single key, does not hold. */
export function not(condition: When): When {
  return `!${condition}`;
}

/** A row of a tree whose `contextValue` matches. */
export function item(contextValue: RegExp): When {
  return `viewItem =~ ${contextValue}`;
}
