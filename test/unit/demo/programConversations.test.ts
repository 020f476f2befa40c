import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { converseByMessages, converseByResponses } from './conversations.ts';

const tools = ['run_demo_program', 'read_file'];

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

it.each([
  ['Messages', converseByMessages],
  ['Responses', converseByResponses],
])('has the demo program print every text (%s)', async (_, converse) => {
  const prompt = 'Have the demo program print `one`. Then have the demo program print `a/b.txt`.';
  const { answer, turns } = await converse(server, prompt, {
    tools,
    run: () => ({ text: 'printed', isError: false }),
  });
  expect(turns).toEqual([
    [
      { name: 'run_demo_program', input: { text: 'one' } },
      { name: 'run_demo_program', input: { text: 'a/b.txt' } },
    ],
  ]);
  expect(answer).toContain('Its tool says: printed');
  expect(answer).toContain('*Simulated by the demo model.*');
});

it('says what was denied, without asking again by itself', async () => {
  const { answer, turns } = await converseByMessages(server, 'Let the demo program print `x`.', {
    tools,
    run: () => ({ text: 'The user denied this call.', isError: true }),
  });
  expect(turns).toHaveLength(1);
  expect(answer).toContain('The demo program did not print `x`: The user denied this call.');
});

it('is not asked for where its tool is not offered', async () => {
  const options = { tools: ['sum_numbers'], run: () => ({ text: '', isError: false }) };
  const prompt = 'Have the demo program print `one`.';
  expect((await converseByMessages(server, prompt, options)).turns).toEqual([]);
});
