// The floor: a minimal client over node:http, without SDK, retries, limits or checks.
import http from 'node:http';
import { workToolSchemas } from '../workload/toolSchemas.ts';
import { promptOf } from '../workload/workload.ts';
import { type Conversation, maxTurns, outcomeOf, runTool } from './conversation.ts';
import { serve } from './serve.ts';
import { type Trial, trialKey, trialMaxTokens, trialModels } from './trial.ts';

serve(async (trial, recorder) => {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });
  const converse =
    trial.protocol === 'anthropic' ? anthropicFloor(trial, agent) : openAiFloor(trial, agent);
  const all = Array.from({ length: trial.conversations }, async (_, index) => {
    recorder.ended(index, await outcomeOf(converse(promptOf(index), recorder)));
  });
  await Promise.allSettled(all);
  agent.destroy();
});

/** One JSON object per event, read without checks. */
// biome-ignore lint/suspicious/noExplicitAny: the floor checks nothing
type Loose = any;

function anthropicFloor({ url, system }: Trial, agent: http.Agent): Conversation {
  const shared = {
    model: trialModels.anthropic,
    max_tokens: trialMaxTokens,
    stream: true,
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    tools: workToolSchemas.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    })),
  };
  const headers = { 'x-api-key': trialKey, 'anthropic-version': '2026-10-21' };
  const send = sender(`${url}/v1/messages`, headers, agent);
  return async (prompt, recorder) => {
    const messages: Loose[] = [{ role: 'user', content: prompt }];
    for (let turn = 0; turn < maxTurns; turn++) {
      const blocks: Loose[] = [];
      const inputs: string[] = [];
      await send({ ...shared, messages }, (event) => {
        if (event.type === 'content_block_start') blocks[event.index] = event.content_block;
        if (event.type !== 'content_block_delta') return;
        const { index, delta } = event;
        const block = blocks[index];
        if (delta.type === 'text_delta') block.text += delta.text;
        else if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
        else if (delta.type === 'signature_delta') block.signature = delta.signature;
        else inputs[index] = (inputs[index] ?? '') + delta.partial_json;
      });
      const results: Loose[] = [];
      for (const [index, block] of blocks.entries()) {
        if (block.type !== 'tool_use') continue;
        block.input = JSON.parse(inputs[index] ?? '{}');
        const content = runTool(block.name, block.input, recorder);
        results.push({ type: 'tool_result', tool_use_id: block.id, content });
      }
      if (results.length === 0) return blocks.map((block) => block.text ?? '').join('');
      messages.push({ role: 'assistant', content: blocks }, { role: 'user', content: results });
    }
    throw new Error('too many turns');
  };
}

function openAiFloor({ url, system }: Trial, agent: http.Agent): Conversation {
  const shared = {
    model: trialModels.openai,
    max_output_tokens: trialMaxTokens,
    stream: true,
    store: false,
    instructions: system,
    tools: workToolSchemas.map(({ name, description, inputSchema }) => ({
      type: 'function',
      name,
      description,
      parameters: inputSchema,
      strict: false,
    })),
  };
  const headers = { authorization: `Bearer ${trialKey}` };
  const send = sender(`${url}/v1/responses`, headers, agent);
  return async (prompt, recorder) => {
    const input: Loose[] = [{ role: 'user', content: prompt }];
    for (let turn = 0; turn < maxTurns; turn++) {
      let output: readonly Loose[] = [];
      await send({ ...shared, input }, (event) => {
        if (event.type === 'response.completed') output = event.response.output;
      });
      const results: Loose[] = [];
      for (const item of output) {
        if (item.type !== 'function_call') continue;
        const text = runTool(item.name, JSON.parse(item.arguments), recorder);
        results.push({ type: 'function_call_output', call_id: item.call_id, output: text });
      }
      if (results.length === 0) return output[0]?.content?.[0]?.text ?? '';
      input.push(...output, ...results);
    }
    throw new Error('too many turns');
  };
}

type Send = (body: object, onEvent: (event: Loose) => void) => Promise<void>;

function sender(url: string, headers: Record<string, string>, agent: http.Agent): Send {
  const options = {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-type': 'application/json' },
  };
  return (body, onEvent) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, options, (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          reject(new Error(`HTTP ${response.statusCode}`));
          return;
        }
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          let end = text.indexOf('\n\n');
          while (end >= 0) {
            const data = text.indexOf('data: ');
            onEvent(JSON.parse(text.slice(data + 6, end)));
            text = text.slice(end + 2);
            end = text.indexOf('\n\n');
          }
        });
        response.on('end', () => resolve());
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(JSON.stringify(body));
    });
}
