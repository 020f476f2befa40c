import * as vscode from 'vscode';
import { showMessage } from '../host/messages.ts';
import { pickOne } from '../host/picks.ts';
import { ruleProblemWords } from '../host/ruleProblemNotice.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/** Lists what is wrong with the rules in the user settings, and opens these. */
export function showRuleProblems({
  configuration,
  engine,
}: Pick<CommandServices, 'configuration' | 'engine'>): CommandHandler {
  return async () => {
    const problems = (await engine.get()).ruleProblems();
    if (problems.length === 0) {
      void showMessage('information', 'The rules in your settings have no problems.');
      return;
    }
    const lines = configuration.rules().join('\n').split('\n');
    const picks = problems.map((problem) => ({
      label: ruleProblemWords(problem),
      detail: lines[problem.line] ?? '',
    }));
    const title = 'Problems in the Setting interleave.rules';
    if ((await pickOne(picks, title, 'Choose one to open the settings')) === undefined) return;
    await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
      revealSetting: { key: 'interleave.rules' },
    });
  };
}
