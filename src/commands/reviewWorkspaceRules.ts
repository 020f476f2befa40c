import * as vscode from 'vscode';
import { fileColumn } from '../host/fileColumn.ts';
import { countWords, stateWords } from '../host/folderRulesNotice.ts';
import { flashStatus, showMessage } from '../host/messages.ts';
import { pickOne } from '../host/picks.ts';
import { ruleProblemWords } from '../host/ruleProblemNotice.ts';
import { requireTrust } from '../host/trust.ts';
import { uriOfPath } from '../host/uriOfPath.ts';
import type { FolderRules } from '../host/workspaceRules.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'engine'>;

interface ReviewPick extends vscode.QuickPickItem {
  readonly does?: 'accept' | 'withdraw' | 'open';
}

/**
 * Shows the rules that a workspace folder brings, and lets the user accept this very text. The first entry of the
 * list, which Enter would choose, changes nothing.
 */
export function reviewWorkspaceRules({ engine }: Services): CommandHandler {
  return async () => {
    requireTrust('Rules of a folder are not read in Restricted Mode. Trust the folder first.');
    const { workspaceRules } = await engine.get();
    const found = await chooseFolder(await workspaceRules.refresh());
    if (found === undefined) return;
    const picked = await pickOne(picksOf(found), stateWords(found));
    switch (picked?.does) {
      case 'accept':
        if (await workspaceRules.accept(found))
          flashStatus('check', 'These rules count now', 4_000);
        else await showMessage('warning', changed);
        return;
      case 'withdraw':
        await workspaceRules.withdraw(found);
        flashStatus('check', 'These rules do not count any more', 4_000);
        return;
      case 'open':
        await vscode.window.showTextDocument(uriOfPath(found.file), {
          viewColumn: fileColumn(),
        });
        return;
      case undefined:
    }
  };
}

const changed = 'The file has changed meanwhile, so nothing was accepted. Review the rules again.';

async function chooseFolder(all: readonly FolderRules[]): Promise<FolderRules | undefined> {
  const [only] = all;
  if (only === undefined) {
    await showMessage(
      'information',
      'No folder of this window brings rules. They would be in .interleave/approvals.rules.',
    );
  }
  if (all.length < 2) return only;
  const picks = all.map((found) => ({
    ...{ label: found.folder.name, description: found.state, detail: found.file },
    found,
  }));
  return (await pickOne(picks, 'Rules of Which Folder?'))?.found;
}

function picksOf(found: FolderRules): readonly ReviewPick[] {
  const { rules, problems, state } = found;
  const separator = (label: string): ReviewPick => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  return [
    { label: 'Close', description: 'Changes nothing' },
    ...decisionsOn(state, countWords(rules)),
    { label: 'Open File', does: 'open' },
    ...(rules.length === 0 ? [] : [separator('Rules')]),
    ...rules.map(({ text, line }) => ({ label: text, description: `line ${line + 1}` })),
    ...(problems.length === 0 ? [] : [separator('Left out')]),
    ...problems.map((problem) => ({ label: ruleProblemWords(problem) })),
  ];
}

function decisionsOn(state: FolderRules['state'], count: string): readonly ReviewPick[] {
  switch (state) {
    case 'waiting':
      return [{ label: 'Accept These Rules', description: count, does: 'accept' }];
    case 'accepted':
      return [{ label: 'Take Acceptance Back', description: count, does: 'withdraw' }];
    case 'unusable':
      return [];
  }
}
