import OpenAI from 'openai';
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { type Conversation, maxTurns, runTool, waitForTools } from './conversation.ts';
import { type Trial, trialKey, trialMaxTokens, trialModels } from './trial.ts';

/** The loop from the SDK's documentation, with the SDK's own retries. */
export function rawOpenAi(trial: Trial): Conversation {
  const { url, system } = trial;
  const client = new OpenAI({ apiKey: trialKey, baseURL: `${url}/v1`, logLevel: 'off' });
  const shared = {
    model: trialModels.openai,
    max_output_tokens: trialMaxTokens,
    instructions: system,
    store: false,
    include: ['reasoning.encrypted_content' as const],
    tools: workToolSchemas.map(({ name, description, inputSchema }) => ({
      type: 'function' as const,
      name,
      description,
      parameters: inputSchema,
      strict: false,
    })),
  };
  return async (prompt, recorder) => {
    const input: ResponseInputItem[] = [{ role: 'user', content: prompt }];
    for (let turn = 0; turn < maxTurns; turn++) {
      const response = await client.responses.stream({ ...shared, input }).finalResponse();
      const results: ResponseInputItem[] = [];
      for (const item of response.output) {
        if (item.type !== 'function_call') continue;
        const output = runTool(item.name, JSON.parse(item.arguments), recorder);
        results.push({ type: 'function_call_output', call_id: item.call_id, output });
      }
      if (results.length === 0) return response.output_text;
      if (trial.toolMs) await waitForTools(trial);
      input.push(...toResponseInputItems(response.output), ...results);
    }
    throw new Error('too many turns');
  };
}
