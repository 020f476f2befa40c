// OpenAI's agents package, streaming, over the Responses API and without its tracing service.
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { maxTurns, runTool } from '../contenders/conversation.ts';
import { trialKey, trialMaxTokens, trialModels } from '../contenders/trial.ts';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { servePeer } from './servePeer.mjs';

setTracingDisabled(true);

servePeer({
  openai: ({ url, system }, recorder) => {
    const modelProvider = new OpenAIProvider({
      apiKey: trialKey,
      baseURL: `${url}/v1`,
      useResponses: true,
    });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const agent = new Agent({
      name: 'bench',
      instructions: system,
      model: trialModels.openai,
      modelSettings: {
        maxTokens: trialMaxTokens,
        store: false,
        providerData: { include: ['reasoning.encrypted_content'] },
      },
      tools: workToolSchemas.map(({ name, description, inputSchema }) =>
        tool({
          name,
          description,
          parameters: inputSchema,
          strict: false,
          execute: (input) => runTool(name, input, recorder),
        }),
      ),
    });
    return async (prompt) => {
      const result = await runner.run(agent, prompt, { stream: true, maxTurns });
      for await (const _ of result);
      await result.completed;
      return result.finalOutput ?? '';
    };
  },
});
