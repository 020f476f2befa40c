// The AI SDK with its providers for both APIs, streaming.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { isStepCount, jsonSchema, streamText, tool } from 'ai';
import { maxTurns, runTool } from '../contenders/conversation.ts';
import { trialKey, trialMaxTokens, trialModels } from '../contenders/trial.ts';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { servePeer } from './servePeer.mjs';

servePeer({
  anthropic: (trial, recorder) => {
    const provider = createAnthropic({ apiKey: trialKey, baseURL: `${trial.url}/v1` });
    const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } };
    const system = { role: 'system', content: trial.system, providerOptions: cached };
    return conversation(provider(trialModels.anthropic), { system }, recorder);
  },
  openai: (trial, recorder) => {
    const provider = createOpenAI({ apiKey: trialKey, baseURL: `${trial.url}/v1` });
    const providerOptions = {
      openai: { store: false, include: ['reasoning.encrypted_content'] },
    };
    const options = { system: trial.system, providerOptions };
    return conversation(provider.responses(trialModels.openai), options, recorder);
  },
});

function conversation(model, options, recorder) {
  const tools = Object.fromEntries(
    workToolSchemas.map(({ name, description, inputSchema }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema(inputSchema),
        execute: (input) => runTool(name, input, recorder),
      }),
    ]),
  );
  return async (prompt) => {
    let failure;
    const result = streamText({
      ...options,
      model,
      tools,
      messages: [{ role: 'user', content: prompt }],
      maxOutputTokens: trialMaxTokens,
      stopWhen: isStepCount(maxTurns),
      onError: ({ error }) => {
        failure = error;
      },
    });
    await result.consumeStream();
    if (failure !== undefined) throw failure;
    return await result.text;
  };
}
