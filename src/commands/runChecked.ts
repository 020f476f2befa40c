import { HostError } from '../host/hostError.ts';
import { promptsBySlug } from '../host/promptSelection.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/** Runs the prompts checked in the Prompts view, in the order of the view. */
export function runChecked({
  checked,
  launcher,
  library,
  requests,
}: Pick<CommandServices, 'checked' | 'launcher' | 'library' | 'requests'>): CommandHandler {
  return async (argument) => {
    if (isRunArgument(argument)) return launcher.run(await requests.from(argument), argument.token);
    const files = new Set((await library.files()).map(String));
    const entries = checked.entries().toSorted((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
    // Checks survive a reload, so a file may have been deleted since.
    for (const { uri } of entries) if (!files.has(`${uri}`)) checked.clear(uri);
    const there = entries.filter(({ uri }) => files.has(`${uri}`));
    const found = there.map(({ uri, slugs }) => promptsBySlug(library, uri, slugs));
    const prompts = (await Promise.all(found)).flat();
    if (prompts.length === 0) throw new HostError('Check prompts in the Prompts view first.');
    return launcher.run(await requests.of(prompts));
  };
}
