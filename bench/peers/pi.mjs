// The agent of pi with its providers for both APIs, streaming.
import { Agent } from '@earendil-works/pi-agent-core';
import { streamSimple as streamMessages } from '@earendil-works/pi-ai/api/anthropic-messages';
import { streamSimple as streamResponses } from '@earendil-works/pi-ai/api/openai-responses';
import { runTool } from '../contenders/conversation.ts';
import { trialKey, trialMaxTokens, trialModels } from '../contenders/trial.ts';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { servePeer } from './servePeer.mjs';

servePeer({
  anthropic: (trial, recorder) => {
    const model = modelOf('anthropic', 'anthropic-messages', trial.url);
    return conversation(model, streamMessages, trial, recorder);
  },
  openai: (trial, recorder) => {
    const model = modelOf('openai', 'openai-responses', `${trial.url}/v1`);
    return conversation(model, streamResponses, trial, recorder);
  },
});

function modelOf(provider, api, baseUrl) {
  const id = trialModels[provider];
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const room = { contextWindow: 400_000, maxTokens: trialMaxTokens };
  return { id, name: id, api, provider, baseUrl, reasoning: true, input: ['text'], cost, ...room };
}

function conversation(model, stream, { system }, recorder) {
  const tools = workToolSchemas.map(({ name, description, inputSchema }) => ({
    name,
    label: name,
    description,
    parameters: inputSchema,
    execute: async (_, input) => ({
      content: [{ type: 'text', text: runTool(name, input, recorder) }],
      details: undefined,
    }),
  }));
  return async (prompt) => {
    const agent = new Agent({
      initialState: { systemPrompt: system, model, tools },
      streamFn: (wanted, context, options) =>
        stream(wanted, context, { ...options, apiKey: trialKey, maxTokens: trialMaxTokens }),
    });
    await agent.prompt(prompt);
    const { messages, errorMessage } = agent.state;
    if (errorMessage !== undefined) throw new Error(errorMessage);
    const { content = [] } = messages.at(-1) ?? {};
    return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  };
}
