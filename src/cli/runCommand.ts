import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { plural } from '../shared/quantities.ts';
import type { CollectOptions } from './collectPrompts.ts';
import { collectPrompts, leftOutRemarks, refuseBroken } from './collectPrompts.ts';
import { commandRequest } from './commandRequest.ts';
import { executeRun } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { LimitOptions } from './limitOptions.ts';
import { limitValues } from './limitOptions.ts';
import { noPromptsIn } from './noPrompts.ts';
import { checkOutputs } from './outputs.ts';
import { readCommandRules } from './ruleOptions.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { RunCommandServices } from './runServices.ts';
import { selectPrompts } from './selectPrompts.ts';
import { terminalText } from './terminalText.ts';
import { toolNames } from './toolNames.ts';
import { checkRerunOutputs, unfinishedPrompts } from './unfinishedPrompts.ts';
import { withAgents } from './withAgents.ts';

/** `interleave run`: runs the prompts of files and folders, and resolves to the exit code. */
export async function runCommand(
  places: readonly string[],
  options: RunCommandOptions,
  services: RunCommandServices,
): Promise<ExitCode> {
  checkOptions(options);
  await checkOutputs(options);
  const { terminal } = services;
  const { select, rerunFailed } = options;
  const collected = await collectPrompts(places, collectOptions(services, options));
  refuseBroken(collected, options.strict === true);
  const { prompts, remarks, broken } = collected;
  const remark = (line: string): void => terminal.err(`${line}\n`);
  for (const line of [...remarks, ...leftOutRemarks(collected)]) remark(line);
  const open =
    rerunFailed === undefined ? prompts : await unfinishedPrompts(prompts, rerunFailed, remark);
  if (prompts.length > 0 && open.length === 0) {
    remark(`Every prompt of ${terminalText(rerunFailed ?? '')} is done.`);
    return exitCodes.nothingToRun;
  }
  const chosen = selectPrompts(open, select);
  if (chosen.length === 0) {
    remark(prompts.length === 0 ? noPromptsIn(places) : everythingIsSkipped);
    return exitCodes.nothingToRun;
  }
  const [place] = places;
  const one = place !== undefined && places.length === 1;
  const title = one ? path.basename(path.resolve(place)) : plural(places.length, 'place');
  const { provider, baseUrl } = options;
  const baseUrls = baseUrl === undefined ? {} : { [provider]: baseUrl };
  const asked = commandRequest(title, chosen, options);
  const request = await withAgents(asked, options.agent, services);
  const rules = await readCommandRules(options, services);
  const code = await executeRun(request, { baseUrls, rules, output: options }, services);
  // The prompts of files with errors were asked for, too.
  return code === exitCodes.allDone && broken.length > 0 ? exitCodes.someFailed : code;
}

/** How prompts are read, with the given limits. */
export function collectOptions(
  services: Pick<RunCommandServices, 'createToolset' | 'folder' | 'readInput'>,
  limits: LimitOptions,
): CollectOptions {
  return {
    knownTools: toolNames(services),
    maxBytes: limitValues(limits).promptKB * 1000,
    readInput: services.readInput,
    folder: services.folder,
  };
}

const everythingIsSkipped =
  'Every prompt here says "skip: true". Name those to run all the same with --select.';

/** Throws a `UserError` for options without effect, and for outputs that would replace the earlier result. */
function checkOptions(options: RunCommandOptions): void {
  const { baseUrl, provider, rerunFailed } = options;
  if (rerunFailed !== undefined) checkRerunOutputs(rerunFailed, options);
  if (baseUrl !== undefined && provider !== 'anthropic' && provider !== 'openai') {
    throw new UserError(
      '--base-url needs --provider anthropic or --provider openai, to say which API the server speaks.',
    );
  }
}
