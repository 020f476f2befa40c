import { promptFileNames } from '../../shared/promptFileName.ts';
import { contextKeys, views } from '../contributionIds.ts';

/** Conditions of menus, keys and welcome texts, in VS Code's own language of `when` clauses. */
export type When = string;

/** The menu's file, or the editor's, is a prompt file. */
export const promptFile: When = `resourceFilename =~ ${promptFileNames}`;
/** The keyboard is in the text of a prompt file. The find widget has keys of ours for itself. */
export const promptText: When = all('editorTextFocus', promptFile, '!findWidgetVisible');

export const inPrompts: When = `view == ${views.prompts}`;
export const inRuns: When = `view == ${views.runs}`;

export const { running, hasRuns, hasLastRun, hasChecked, showsAllRuns } = contextKeys;
/** Runs of other folders are kept, and the *Runs* view does not show them. */
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
