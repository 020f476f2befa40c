import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { isKeyedProvider, keyedProviders } from '../core/providers/baseUrl.ts';
import { plural } from '../shared/quantities.ts';
import { bindPrompts } from './bindPrompts.ts';
import type { CollectedPrompt, CollectOptions } from './collectPrompts.ts';
import { collectPrompts, leftOutMessages, rejectBroken } from './collectPrompts.ts';
import { commandRequest } from './commandRequest.ts';
import { readCommandRules } from './commandRules.ts';
import { executeRun } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { LimitOptions } from './givenLimits.ts';
import { limitValues } from './givenLimits.ts';
import { knownTools } from './knownTools.ts';
import { noPromptsIn } from './noPrompts.ts';
import { checkOutputs } from './outputs.ts';
import { anyOf } from './providerKeys.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { RunCommandServices } from './runServices.ts';
import { selectPrompts } from './selectPrompts.ts';
import { terminalText } from './terminalText.ts';
import { changedPrompts, checkRerunOutputs, unfinishedPrompts } from './unfinishedPrompts.ts';
import { withAgents } from './withAgents.ts';

/** `interleave run`: runs the prompts of files and folders, and resolves to the exit code. */
export async function runCommand(
  paths: readonly string[],
  options: RunCommandOptions,
  given: RunCommandServices,
): Promise<ExitCode> {
  const services = paths.includes('-') ? withoutPrompt(given) : given;
  checkOptions(options);
  await checkOutputs(options);
  const { terminal } = services;
  const { select, rerunFailed, rerunChanged } = options;
  const collected = await collectPrompts(paths, collectOptions(services, options));
  rejectBroken(collected, options.strict === true);
  const { prompts, messages, broken } = collected;
  const report = (line: string): void => terminal.err(`${line}\n`);
  for (const line of [...messages, ...leftOutMessages(collected)]) report(line);
  const earlier = rerunFailed ?? rerunChanged;
  const isRerun = earlier !== undefined;
  // A rerun compares the texts that were sent, so its prompts get their values first.
  const candidates = isRerun ? prompts : selectPrompts(prompts, select);
  const bound = await bindPrompts(candidates, options, services);
  const open = await openPrompts(bound.prompts, options, report);
  if (bound.prompts.length > 0 && isRerun && open.length === 0) {
    report(`Every prompt of ${terminalText(earlier)} is done.`);
    return exitCodes.nothingToRun;
  }
  const chosen = isRerun ? selectPrompts(open, select) : open;
  for (const line of bound.remarksOn(chosen)) report(line);
  if (chosen.length === 0) {
    report(prompts.length === 0 ? noPromptsIn(paths) : everythingIsSkipped);
    return exitCodes.nothingToRun;
  }
  const title = titleOf(paths);
  const { provider, baseUrl } = options;
  const baseUrls = baseUrl === undefined ? {} : { [provider]: baseUrl };
  const asked = commandRequest(title, chosen, options);
  const request = await withAgents(asked, options.agent, services);
  const rules = await readCommandRules(options, services);
  const code = await executeRun(request, { baseUrls, rules, output: options }, services);
  // Files that were left out because of errors make the run incomplete.
  return code === exitCodes.allDone && broken.length > 0 ? exitCodes.someFailed : code;
}

/** The prompts that an earlier result leaves to do; all without one. */
async function openPrompts(
  prompts: readonly CollectedPrompt[],
  { rerunFailed, rerunChanged }: RunCommandOptions,
  report: (line: string) => void,
): Promise<readonly CollectedPrompt[]> {
  if (rerunFailed !== undefined) return unfinishedPrompts(prompts, rerunFailed, report);
  if (rerunChanged !== undefined) return changedPrompts(prompts, rerunChanged, report);
  return prompts;
}

/** Standard input has the prompts, so that no answers can be typed there. */
function withoutPrompt({ prompt: _, ...services }: RunCommandServices): RunCommandServices {
  return services;
}

/** The title of a run: the name of the only path, else the number of paths. */
function titleOf(paths: readonly string[]): string {
  const [first = '', second] = paths;
  return second === undefined ? path.basename(path.resolve(first)) : plural(paths.length, 'path');
}

/** How prompts are read under the given limits. */
export function collectOptions(
  services: Pick<RunCommandServices, 'createToolset' | 'folder' | 'readInput'>,
  limits: LimitOptions,
): CollectOptions {
  return {
    knownTools: knownTools(services),
    maxBytes: limitValues(limits).promptKB * 1000,
    readInput: services.readInput,
    folder: services.folder,
  };
}

const everythingIsSkipped = 'Every prompt here has "skip: true". Use --select to run some of them.';

/** Throws a `UserError` for an option without effect and for an output that would replace the earlier result. */
function checkOptions(options: RunCommandOptions): void {
  const { baseUrl, provider, rerunFailed, rerunChanged } = options;
  if (rerunFailed !== undefined && rerunChanged !== undefined) {
    throw new UserError('Give --rerun-failed or --rerun-changed, not both.');
  }
  const earlier = rerunFailed ?? rerunChanged;
  if (earlier !== undefined) checkRerunOutputs(earlier, options);
  if (baseUrl !== undefined && !isKeyedProvider(provider)) {
    const options = keyedProviders.map((id) => `--provider ${id}`);
    throw new UserError(`--base-url also needs the API of the server. Add ${anyOf(options)}.`);
  }
}
