import { createHash } from 'node:crypto';
import { given } from '../../shared/given.ts';
import type { OriginAgent } from '../../shared/runOrigin.ts';
import type { Agent } from '../agent/agent.ts';

/** What the origin of a run says of one of its agents. */
export function originAgent({ spec, provider, toolSchemas, answerer }: Agent): OriginAgent {
  return {
    ...given({ name: answerer.agent }),
    provider: provider.id,
    model: spec.model,
    ...given({ endpoint: provider.baseUrl }),
    systemPromptHash: sha256(spec.systemPrompt),
    toolsHash: sha256(JSON.stringify(toolSchemas)),
  };
}

/** SHA-256 of a text in UTF-8, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
