import Anthropic from '@anthropic-ai/sdk';
import type { MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { type Conversation, maxTurns, runTool, waitForTools } from './conversation.ts';
import { type Trial, trialKey, trialMaxTokens, trialModels } from './trial.ts';

/** The loop from the SDK's documentation, with the SDK's own retries. */
export function rawAnthropic(trial: Trial): Conversation {
  const { url, system } = trial;
  const client = new Anthropic({ apiKey: trialKey, baseURL: url, logLevel: 'off' });
  const shared = {
    model: trialModels.anthropic,
    max_tokens: trialMaxTokens,
    system: [
      { type: 'text' as const, text: system, cache_control: { type: 'ephemeral' as const } },
    ],
    tools: workToolSchemas.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: { ...inputSchema, required: [...inputSchema.required] },
    })),
  };
  return async (prompt, recorder) => {
    const messages: MessageParam[] = [{ role: 'user', content: prompt }];
    for (let turn = 0; turn < maxTurns; turn++) {
      const message = await client.messages.stream({ ...shared, messages }).finalMessage();
      if (message.stop_reason !== 'tool_use') {
        return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      }
      if (trial.toolMs) await waitForTools(trial);
      const results: ToolResultBlockParam[] = [];
      for (const block of message.content) {
        if (block.type !== 'tool_use') continue;
        const content = runTool(block.name, block.input, recorder);
        results.push({ type: 'tool_result', tool_use_id: block.id, content });
      }
      messages.push({ role: 'assistant', content: message.content });
      messages.push({ role: 'user', content: results });
    }
    throw new Error('too many turns');
  };
}
