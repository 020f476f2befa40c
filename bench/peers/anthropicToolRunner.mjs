// The tool runner of the Anthropic SDK, streaming. Without server-held threads: the simulator, as most
// servers, holds none.
import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { maxTurns, runTool } from '../contenders/conversation.ts';
import { trialKey, trialMaxTokens, trialModels } from '../contenders/trial.ts';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { servePeer } from './servePeer.mjs';

servePeer({
  anthropic: ({ url, system }, recorder) => {
    const client = new Anthropic({ apiKey: trialKey, baseURL: url, logLevel: 'off' });
    const tools = workToolSchemas.map(({ name, description, inputSchema }) =>
      betaTool({
        name,
        description,
        inputSchema,
        run: (input) => runTool(name, input, recorder),
      }),
    );
    return async (prompt) => {
      const runner = client.beta.messages.toolRunner({
        model: trialModels.anthropic,
        max_tokens: trialMaxTokens,
        max_iterations: maxTurns,
        system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
        messages: [{ role: 'user', content: prompt }],
        tools,
        stream: true,
        thread: false,
      });
      const { content } = await runner.runUntilDone();
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    };
  },
});
