import * as vscode from 'vscode';
import { proposalTarget } from '../host/commandTargets.ts';
import { focusFileColumn } from '../host/fileColumn.ts';
import { HostError } from '../host/hostError.ts';
import { flashStatus, showMessage } from '../host/messages.ts';
import { plainText } from '../host/plainText.ts';
import type { AppliedChanges } from '../host/proposals/proposals.ts';
import type { HostRun } from '../host/runService.ts';
import { requireTrust } from '../host/trust.ts';
import { plural } from '../shared/quantities.ts';
import { answered, done, refused } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'engine' | 'history' | 'log'>;

/** Shows in one editor what Apply would change. */
export function reviewChanges(services: Services): CommandHandler {
  return async (argument) => {
    const run = await runOf(services, argument);
    const target = proposalTarget(argument) ?? {};
    const files = await (await services.engine.get()).proposals.review(run, target);
    if (files.length === 0) throw new HostError(thereAlready);
    await focusFileColumn();
    await vscode.commands.executeCommand('vscode.changes', titleOf(run, target), files);
    return answered(argument, { ok: true }, () => undefined);
  };
}

/** Writes what conversations propose into the workspace, as one change that can be undone. */
export function applyChanges(services: Services): CommandHandler {
  return async (argument) => {
    requireTrust(untrusted);
    const run = await runOf(services, argument);
    const { proposals } = await services.engine.get();
    const applied = await proposals.apply(run, proposalTarget(argument) ?? {});
    for (const conflict of applied.conflicts) services.log.note(`Conflict in ${conflict}`);
    const text = textOf(applied);
    const isWhole = applied.conflicts.length === 0;
    const answer = isWhole ? done(text) : refused(text);
    if (isWhole) flashStatus('check', text, 5_000);
    return answered(argument, answer, () => {
      void tell(text, isWhole, services);
      return applied;
    });
  };
}

async function tell(text: string, isWhole: boolean, { log }: Services): Promise<void> {
  if (isWhole) {
    void showMessage('information', text);
    return;
  }
  const chosen = await showMessage('warning', text, ['Show Log']);
  if (chosen !== undefined) log.show();
}

const thereAlready = 'There is nothing to review: the files have these changes already.';
const untrusted =
  'Changes are not applied in Restricted Mode. Trust the folder to write to its files.';

function titleOf(run: HostRun, { conversation }: { readonly conversation?: number }): string {
  const name = conversation === undefined ? undefined : run.state.conversations[conversation]?.name;
  return plainText(`Changes: ${name ?? run.state.started.title}`, 120);
}

/** Conflicts that a message names; the log names all. */
const maxNamed = 5;

function textOf({ files, conflicts, leftOut }: AppliedChanges): string {
  const sentences = [
    files > 0
      ? `Changed ${plural(files, 'file')}. Undo takes all of it back.`
      : conflicts.length === 0
        ? 'The files have these changes already.'
        : 'No file was changed.',
  ];
  if (leftOut > 0) sentences.push(`Left out: ${plural(leftOut, 'conversation')} not done.`);
  if (conflicts.length > 0) {
    const more = conflicts.length - maxNamed;
    const named = conflicts.slice(0, maxNamed).join(' ');
    const rest = more > 0 ? ` And ${more} more, in the log.` : '';
    sentences.push(`${plural(conflicts.length, 'conflict')} not applied: ${named}${rest}`);
  }
  return sentences.join(' ');
}
