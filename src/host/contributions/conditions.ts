import { promptFileNames } from '../../shared/promptFileName.ts';
import { contextKeys, views } from '../contributionIds.ts';

/** A VS Code `when` clause. */
export type When = string;

/** The file of the menu or editor is a prompt file. */
export const promptFile: When = `resourceFilename =~ ${promptFileNames}`;
/** The text of a prompt file has the focus. The find widget uses the same keys, so it must be closed. */
export const promptText: When = all('editorTextFocus', promptFile, '!findWidgetVisible');

export const inPrompts: When = `view == ${views.prompts}`;
export const inRuns: When = `view == ${views.runs}`;

export const { running, hasRuns, hasLastRun, hasChecked, showsAllRuns } = contextKeys;
/** The *Runs* view hides saved runs of other folders. */
export const hidesRuns: When = all(contextKeys.hasOtherRuns, `!${showsAllRuns}`);
export const trusted: When = 'isWorkspaceTrusted';

export function all(...conditions: readonly When[]): When {
  return conditions.join(' && ');
}

export function any(...conditions: readonly When[]): When {
  return conditions.join(' || ');
}

export function not(condition: When): When {
  return `!${condition}`;
}

/** A row of a tree whose `contextValue` matches. */
export function item(contextValue: RegExp): When {
  return `viewItem =~ ${contextValue}`;
}
