import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { RunSummary } from '../core/journal/runs/runList.ts';
import { plural } from '../shared/quantities.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';
import { terminalJson, terminalLine } from './terminalText.ts';

/** `interleave runs`: lists the saved runs, newest first. */
export async function runsCommand(
  archive: RunArchive,
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const runs = await archive.list();
  if (json) terminal.out(`${terminalJson(JSON.stringify(runs.map(toJson), null, 2))}\n`);
  else if (runs.length === 0) terminal.err('No runs are saved yet.\n');
  else for (const run of runs) terminal.out(`${toLine(run)}\n`);
  for (const { id, damaged = 0 } of runs) {
    if (damaged > 0) terminal.err(`${id}: ${plural(damaged, 'damaged record')} skipped.\n`);
  }
  return exitCodes.allDone;
}

function toJson({ id, state, title, startedAt, total, counts }: RunSummary) {
  const { done, failed, stopped, cancelled } = counts;
  return { id, state, title, startedAt, counts: { total, done, failed, stopped, cancelled } };
}

function toLine({ id, state, title, startedAt, total, counts }: RunSummary): string {
  const ended = `${counts.done}/${total} done`;
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : '';
  return `${id}  ${state.padEnd(11)}  ${terminalLine(startedAt)}  ${ended}${failed}  ${terminalLine(title)}`;
}
