import { startRunState } from '../../../shared/runState.ts';
import type { DiskFile, FileSystem } from '../../base/fileSystem.ts';
import { withFile } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import type { RunOverview, Summary } from '../record/runSummary.ts';
import { summarySchema, tailOf } from '../record/runSummary.ts';
import type { RunFolder } from '../runFolder.ts';
import { catchUp } from './readJournal.ts';

const maxSummaryBytes = 1024 * 1024;

/**
 * The saved overview, updated with what the journal says since. While a process holds the run, the overview
 * that it saved last. Undefined when there is none, or when it is not of this journal.
 */
export async function loadSummary(
  fs: FileSystem,
  folder: RunFolder,
  isHeld: boolean,
): Promise<RunOverview | undefined> {
  try {
    const summary = summarySchema().parse(
      parseJson(await fs.readFile(folder.summary, maxSummaryBytes)),
    );
    if (isHeld) return summary.overview;
    return await withFile(fs, folder.journal, 'read', (file) =>
      upToDate(summary, { file, folder, fs }),
    );
  } catch {
    return undefined;
  }
}

async function upToDate(
  { journal, overview, phases }: Summary,
  at: { readonly file: DiskFile; readonly folder: RunFolder; readonly fs: FileSystem },
): Promise<RunOverview | undefined> {
  const bytes = await at.file.size();
  if (bytes < journal.bytes || (await tailOf(at.file, journal.bytes)) !== journal.tail) return;
  if (bytes === journal.bytes) return overview;
  if (phases === undefined) return;
  const run = startRunState({ conversations: phases.map(() => ({})) } as never);
  for (const [index, phase] of phases.entries())
    Object.assign(run.conversations[index] ?? {}, { phase });
  Object.assign(run, { counts: overview.counts, state: overview.state });
  const damaged = (overview.damaged ?? 0) + (await catchUp(run, { ...at, from: journal.bytes }));
  const state = run.state === 'interrupted' ? 'running' : run.state;
  return { ...overview, state, counts: run.counts, ...(damaged > 0 ? { damaged } : {}) };
}
