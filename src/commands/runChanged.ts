import { showMessage } from '../host/messages.ts';
import type { HostRun, ListedRun } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import { withoutFile } from '../shared/promptId.ts';
import { plural } from '../shared/quantities.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { selectedPrompts } from './runItem.ts';

type Services = Pick<
  CommandServices,
  'history' | 'launcher' | 'library' | 'log' | 'requests' | 'runs'
>;

/** Max number of earlier runs that are looked at. */
const maxRuns = 20;

/**
 * Runs the prompts and rows that are new, have another text than in the earlier runs, or have no final answer there.
 * The answers of the others stay where they are.
 */
export function runChanged(services: Services): CommandHandler {
  const { launcher, library, log, requests } = services;
  return async (item, selected) => {
    const request = await requests.of(await selectedPrompts(library, item, selected));
    if (request === undefined) return undefined;
    const done = await answered(services, request.prompts);
    const prompts = request.prompts.filter((prompt) => !done.has(keyOf(prompt)));
    if (prompts.length === 0) {
      await showMessage(
        'information',
        `Nothing is new or changed: ${plural(request.prompts.length, 'prompt')} done with the same text.`,
      );
      return undefined;
    }
    const kept = request.prompts.length - prompts.length;
    if (kept > 0) log.note(`${plural(kept, 'prompt')} unchanged and done; the answers are kept.`);
    return launcher.run({ ...request, prompts });
  };
}

interface Asked {
  readonly id: string;
  readonly text: string;
  readonly source?: { readonly uri: string };
}

/** By the file's URI, since its name in ids changes when a workspace folder is added. */
function keyOf({ id, source }: Pick<Asked, 'id' | 'source'>): string {
  return `${source?.uri}\n${withoutFile(id)}`;
}

/** The keys of prompts that have a final answer to the same text in one of the newest runs with them. */
async function answered(
  { history, runs }: Pick<Services, 'history' | 'runs'>,
  prompts: readonly Asked[],
): Promise<ReadonlySet<string>> {
  const texts = new Map(prompts.map((prompt) => [keyOf(prompt), prompt.text]));
  const found = new Set<string>();
  const concerned = runs.listed.filter((run) => keysIn(run).some((key) => texts.has(key)));
  for (const listed of concerned.slice(0, maxRuns)) {
    if (found.size === texts.size) break;
    const run = isListing(listed) ? await history.find(listed.id) : listed;
    for (const key of doneIn(run, texts)) found.add(key);
  }
  return found;
}

function keysIn(run: ListedRun): readonly string[] {
  if (!isListing(run)) return run.state.conversations.map(keyOf);
  return (run.prompts ?? []).map(({ id, uri }) => keyOf({ id, source: { uri } }));
}

function doneIn(run: HostRun | undefined, texts: ReadonlyMap<string, string>): readonly string[] {
  const conversations = run?.state.conversations ?? [];
  return conversations
    .filter(({ phase }) => phase === 'done')
    .map((conversation) => ({ key: keyOf(conversation), text: conversation.prompt }))
    .filter(({ key, text }) => texts.get(key) === text)
    .map(({ key }) => key);
}
