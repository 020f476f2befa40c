// LangChain's agent with its packages for both APIs, streaming.
import { ChatAnthropic } from '@langchain/anthropic';
import { SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent } from 'langchain';
import { maxTurns, runTool } from '../contenders/conversation.ts';
import { trialKey, trialMaxTokens, trialModels } from '../contenders/trial.ts';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { servePeer } from './servePeer.mjs';

servePeer({
  anthropic: ({ url, system }, recorder) => {
    const model = new ChatAnthropic({
      apiKey: trialKey,
      anthropicApiUrl: url,
      model: trialModels.anthropic,
      maxTokens: trialMaxTokens,
      streaming: true,
    });
    const content = [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }];
    return conversation(model, new SystemMessage({ content }), recorder);
  },
  openai: ({ url, system }, recorder) => {
    const model = new ChatOpenAI({
      apiKey: trialKey,
      configuration: { baseURL: `${url}/v1` },
      model: trialModels.openai,
      maxTokens: trialMaxTokens,
      useResponsesApi: true,
      zdrEnabled: true,
      streaming: true,
    });
    return conversation(model, system, recorder);
  },
});

function conversation(model, systemPrompt, recorder) {
  const tools = workToolSchemas.map(({ name, description, inputSchema }) =>
    tool((input) => runTool(name, input, recorder), { name, description, schema: inputSchema }),
  );
  const agent = createAgent({ model, tools, systemPrompt });
  return async (prompt) => {
    const { messages } = await agent.invoke(
      { messages: [{ role: 'user', content: prompt }] },
      { recursionLimit: 2 * maxTurns },
    );
    return messages.at(-1)?.text ?? '';
  };
}
