import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../bench/simulator/server.ts';
import { defaultSettings } from '../../../bench/simulator/settings.ts';
import {
  expectedAnswer,
  promptOf,
  requestsPerConversation,
} from '../../../bench/workload/workload.ts';
import { type Loose, plainClients, post } from './exchange.ts';

const settings = { ...defaultSettings, seed: 3, ttfbMs: 0 };
let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator(settings);
});
afterEach(() => simulator.close());

async function statistics(): Promise<Loose> {
  return await (await fetch(`${simulator.url}/stats`)).json();
}

describe.each(['anthropic', 'openai'] as const)('the simulated %s API', (protocol) => {
  const client = plainClients[protocol];

  /** The request of a turn of conversation 5, reached as a client reaches it. */
  async function bodyOfTurn(turn: number): Promise<Loose> {
    let body = client.firstBody(promptOf(5));
    for (let done = 0; done < turn; done++) {
      const { events } = await post(simulator.url, client, body);
      body = client.nextBody(body, events);
    }
    return structuredClone(body);
  }

  it('leads a correct conversation to the one right answer', async () => {
    const { status, events } = await post(simulator.url, client, await bodyOfTurn(3));
    expect(status).toBe(200);
    expect(client.answerOf(events)).toBe(expectedAnswer(settings.seed, 5));
    const { requests, completed, invalid, toolCalls, toolResults } = await statistics();
    expect({ requests, completed, invalid }).toEqual({
      requests: requestsPerConversation,
      completed: requestsPerConversation,
      invalid: 0,
    });
    expect([toolCalls, toolResults]).toEqual([6, 6]);
  });

  it('takes a query in the address', async () => {
    const asked = { ...client, path: `${client.path}?beta=true` };
    const { status } = await post(simulator.url, asked, client.firstBody(promptOf(5)));
    expect(status).toBe(200);
  });

  it('has longer conversations when its settings say so', async () => {
    const shape = { toolRounds: 5, numbersPerCall: 1000, answerDeltas: 3, deltaCharacters: 1000 };
    await simulator.close();
    simulator = await startSimulator({ ...settings, shape });
    const { events } = await post(simulator.url, client, await bodyOfTurn(5));
    const answer = client.answerOf(events);
    expect(answer).toBe(expectedAnswer(settings.seed, 5, shape));
    expect(answer).toHaveLength(3000);
    const history =
      JSON.stringify(await bodyOfTurn(5)).length - JSON.stringify(await bodyOfTurn(4)).length;
    expect(history).toBeGreaterThan(20_000);
  });

  it('gives another answer after a wrong tool result', async () => {
    const body = await bodyOfTurn(3);
    const [result] = client.lastResults(body);
    result[protocol === 'anthropic' ? 'content' : 'output'] = '1';
    const { status, events } = await post(simulator.url, client, body);
    expect(status).toBe(200);
    expect(client.answerOf(events)).not.toBe(expectedAnswer(settings.seed, 5));
  });

  /** Expects a refusal in the API's form, for exactly this reason. */
  async function refused(body: unknown, why: RegExp): Promise<void> {
    const { status, error } = await post(simulator.url, client, body);
    expect(error.error.message).toMatch(why);
    expect(status).toBe(400);
    expect(error.error.type).toBe('invalid_request_error');
    if (protocol === 'anthropic') expect(error.type).toBe('error');
    const { invalid, invalidMessages } = await statistics();
    expect([invalid, invalidMessages]).toEqual([1, [error.error.message]]);
  }

  it('refuses a request without a key', async () => {
    const headers = { 'anthropic-version': '2026-10-21' };
    const { status } = await post(simulator.url, client, await bodyOfTurn(0), headers);
    expect(status).toBe(401);
    expect((await statistics()).invalid).toBe(1);
  });

  it('refuses a body that is not JSON', async () => {
    await refused('{', /not valid JSON/);
  });

  it('refuses a field unknown to the API', async () => {
    await refused({ ...(await bodyOfTurn(0)), surprise: 1 }, /surprise/);
  });

  it('refuses a request without a model', async () => {
    const { model: _, ...body } = await bodyOfTurn(0);
    await refused(body, /model/);
  });

  it('refuses tools of the same name', async () => {
    const body = await bodyOfTurn(0);
    body.tools = [body.tools[0], body.tools[0]];
    await refused(body, /unique/);
  });

  it('refuses tools changed in mid-conversation', async () => {
    const body = await bodyOfTurn(1);
    body.tools[0].description += ' ';
    await refused(body, /changed in mid-conversation/);
  });

  it('refuses a system prompt changed in mid-conversation', async () => {
    const body = await bodyOfTurn(1);
    if (protocol === 'anthropic') body.system[0].text += '!';
    else body.instructions += '!';
    await refused(body, /changed in mid-conversation/);
  });

  const list = protocol === 'anthropic' ? 'messages' : 'input';
  /** The list with the results of the last turn, for tests to change. */
  const resultsOf = (body: Loose): { items: Loose[]; first: number } =>
    protocol === 'anthropic'
      ? { items: body.messages.at(-1).content, first: 0 }
      : { items: body.input, first: body.input.length - 2 };

  it('refuses a call without a result', async () => {
    const body = await bodyOfTurn(1);
    resultsOf(body).items.pop();
    await refused(body, /without `tool_result` blocks|No tool output found/);
  });

  it('refuses two results for one call', async () => {
    const body = await bodyOfTurn(1);
    const { items } = resultsOf(body);
    items.push(items.at(-1));
    await refused(body, /single result|in the order of their calls, one for each/);
  });

  it('refuses results in another order than the calls', async () => {
    const body = await bodyOfTurn(1);
    const { items, first } = resultsOf(body);
    items.push(...items.splice(first, 1));
    await refused(body, /order of their calls/);
  });

  it('refuses a result for a call that was never made', async () => {
    const body = await bodyOfTurn(1);
    const [result] = client.lastResults(body);
    result[protocol === 'anthropic' ? 'tool_use_id' : 'call_id'] = 'call_of_another';
    await refused(body, /unexpected `tool_use_id`|No tool call found/);
  });

  /** The replayed items of the model's last turn. */
  const turnItemsOf = (body: Loose): Loose[] =>
    protocol === 'anthropic' ? body.messages.at(-2).content : body.input;
  const reasoningAt = protocol === 'anthropic' ? 0 : 1;

  it('refuses changed reasoning', async () => {
    const body = await bodyOfTurn(1);
    const reasoning = turnItemsOf(body)[reasoningAt];
    const field = protocol === 'anthropic' ? 'signature' : 'encrypted_content';
    reasoning[field] = reasoning[field].toLowerCase();
    await refused(body, /was changed at item 0/);
  });

  it('refuses missing reasoning', async () => {
    const body = await bodyOfTurn(1);
    turnItemsOf(body).splice(reasoningAt, 1);
    await refused(body, /items missing|without its required/);
  });

  it('refuses a call with changed arguments', async () => {
    const body = await bodyOfTurn(1);
    const call = turnItemsOf(body)[reasoningAt + 1];
    if (protocol === 'anthropic') call.input.numbers.push(1);
    else call.arguments = call.arguments.replace(']', ',1]');
    await refused(body, /was changed at item 1/);
  });

  it('refuses a turn of another conversation', async () => {
    const body = await bodyOfTurn(1);
    const [prompt] = body[list];
    prompt.content = promptOf(6);
    await refused(body, /belongs to another conversation/);
  });

  it('refuses a conversation with a missing turn', async () => {
    const body = await bodyOfTurn(2);
    body[list].splice(1, protocol === 'anthropic' ? 2 : 5);
    await refused(body, /wrong place/);
  });

  it("refuses a conversation that ends with the model's turn", async () => {
    const body = await bodyOfTurn(1);
    body[list].splice(protocol === 'anthropic' ? -1 : -2);
    await refused(body, /prefill|No tool output found/);
  });

  it('refuses an empty conversation', async () => {
    await refused({ ...(await bodyOfTurn(0)), [list]: [] }, /at least one message|'input'/);
  });

  it("refuses reasoning before the model's first turn", async () => {
    const body = await bodyOfTurn(1);
    if (protocol === 'anthropic') {
      body.messages.at(-1).content.unshift(body.messages.at(-2).content[0]);
    } else {
      body.input.push(body.input[1]);
    }
    await refused(body, /can only be in assistant messages|must not end with/);
  });

  it('accepts a moved cache breakpoint and another order of fields', async () => {
    const body = await bodyOfTurn(2);
    if (protocol === 'anthropic') {
      body.messages.at(-1).content.at(-1).cache_control = { type: 'ephemeral' };
    } else {
      body.input = body.input.map((item: Loose) =>
        Object.fromEntries(Object.entries(item).reverse()),
      );
    }
    const { status, error } = await post(simulator.url, client, body);
    expect(error).toBeUndefined();
    expect(status).toBe(200);
  });
});

describe('the simulated anthropic API', () => {
  const client = plainClients.anthropic;

  it('refuses a fifth cache breakpoint', async () => {
    const body = client.firstBody(promptOf(0));
    const block = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };
    const { status } = await post(simulator.url, client, { ...body, system: Array(5).fill(block) });
    expect(status).toBe(400);
  });

  it('refuses an unknown version', async () => {
    const headers = { ...client.headers, 'anthropic-version': '2020-01-01' };
    const { status } = await post(simulator.url, client, client.firstBody(promptOf(0)), headers);
    expect(status).toBe(400);
  });

  it('refuses sampling settings and empty text', async () => {
    const body = client.firstBody(promptOf(0));
    expect((await post(simulator.url, client, { ...body, temperature: 0 })).status).toBe(400);
    const system = [{ type: 'text', text: ' ' }];
    expect((await post(simulator.url, client, { ...body, system })).status).toBe(400);
  });
});

describe('the simulated openai API', () => {
  const client = plainClients.openai;

  it('takes the system prompt as the first message, which must stay the same', async () => {
    const { instructions, ...rest } = client.firstBody(promptOf(0));
    const system = { role: 'developer', content: instructions };
    const body = { ...rest, input: [system, ...rest.input] };
    const { status, events } = await post(simulator.url, client, body);
    expect(status).toBe(200);
    const next = client.nextBody(body, events);
    expect((await post(simulator.url, client, next)).status).toBe(200);
    const changed = {
      ...next,
      input: [{ ...system, content: 'Be long.' }, ...next.input.slice(1)],
    };
    expect((await post(simulator.url, client, changed)).status).toBe(400);
  });

  it('refuses a system prompt after the prompt', async () => {
    const { input, ...rest } = client.firstBody(promptOf(0));
    const body = { ...rest, input: [...input, { role: 'system', content: 'Be brief.' }] };
    expect((await post(simulator.url, client, body)).status).toBe(400);
  });

  it('refuses an item with fields that only the SDK adds', async () => {
    const body = client.firstBody(promptOf(0));
    const { events } = await post(simulator.url, client, body);
    const next = structuredClone(client.nextBody(body, events));
    next.input[2].parsed_arguments = null;
    const { status, error } = await post(simulator.url, client, next);
    expect(status).toBe(400);
    expect(error.error.code).toBe('unknown_parameter');
  });

  it('refuses a limit of output tokens that is too small', async () => {
    const body = { ...client.firstBody(promptOf(0)), max_output_tokens: 15 };
    const { error } = await post(simulator.url, client, body);
    expect(error.error.code).toBe('integer_below_min_value');
  });
});
