import * as path from 'node:path';
import { limitFlag } from '../core/base/limitValues.ts';
import type { BaseUrls, KeyedProviderId } from '../core/providers/baseUrl.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { responseLimits } from '../core/providers/transport/responseLimits.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { RunPlan } from '../core/runner/runPlan.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import { programs } from '../shared/runOrigin.ts';
import { CliProviders } from './cliProviders.ts';
import type { CommandRules } from './commandRules.ts';
import type { Environment } from './environment.ts';
import { chooseProvider, withoutKey } from './providerKeys.ts';
import type { RunCommandServices } from './runServices.ts';

/** The servers that a command sends its requests to. */
export interface Servers {
  readonly baseUrls: BaseUrls;
  /** Providers whose keys must not be sent. */
  readonly withoutKey: readonly KeyedProviderId[];
}

/** The servers that a command sends its requests to, and the rules for its tool calls. */
export interface PlanTerms extends Servers {
  readonly rules: CommandRules;
}

/** Plans the run and calls `act`. Closes the providers and the tools afterwards. */
export async function withPlan<T>(
  request: RunRequest,
  { rules, ...servers }: PlanTerms,
  services: RunCommandServices,
  act: (plan: RunPlan) => Promise<T>,
): Promise<T> {
  const { createToolset, clock, terminal, version, folder } = services;
  const { limits, cpuTools } = request.settings;
  const provider = decideProvider(request, services.environment);
  const environment = servers.withoutKey.reduce(withoutKey, services.environment);
  const providers = new CliProviders(environment, servers.baseUrls, {
    ...responseLimits(limits),
    ...(clock === undefined ? {} : { clock }),
    onWarning: (line) => terminal.err(`${line}\n`),
  });
  const toolset = createToolset(toolLimits(limits), cpuTools);
  try {
    const plan = await planRun(request, {
      provider,
      place: {
        program: { name: programs.commandLine, version },
        folders: [{ name: path.basename(folder), path: folder }],
      },
      tools: toolset.tools,
      rules: {
        ...{ current: () => rules.rules, tools: rules.tools, system: rules.system },
        leadOf: (path) => toolset.leadOf(path),
        canAnswer: services.prompt !== undefined,
      },
      limitKey: (name) => `the limit with ${limitFlag(name)}`,
      resolve: (id) => providers.resolve(id),
    });
    return await act(plan);
  } finally {
    await providers.dispose();
    toolset.dispose();
  }
}

/** The default provider. With `auto`, it is chosen by key, unless every prompt names its provider. */
function decideProvider(
  { prompts, settings: { provider } }: RunRequest,
  environment: Environment,
): ProviderId {
  if (provider !== 'auto') return provider;
  const named = prompts.map(({ options }) => options.provider);
  const [first] = named;
  return first !== undefined && !named.includes(undefined) ? first : chooseProvider(environment);
}
