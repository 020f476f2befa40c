import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { converseByMessages, converseByResponses } from './conversations.ts';

const tools = ['ask_user', 'read_file'];
const prompt = 'Ask me `Which size?` with the choices `S`, `M` or `L`. Then ask me `Why?`.';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

it.each([
  ['Messages', converseByMessages],
  ['Responses', converseByResponses],
])('asks all questions at once, and says what was answered (%s)', async (_, converse) => {
  const { answer, turns } = await converse(server, prompt, {
    tools,
    run: () => ({ text: 'Which size?\n=> M', isError: false }),
  });
  const questions = [{ question: 'Which size?', choices: ['S', 'M', 'L'] }, { question: 'Why?' }];
  expect(turns).toEqual([[{ name: 'ask_user', input: { questions } }]]);
  expect(answer).toContain('You said: Which size?\n=> M');
});

it('lets several choices be taken where it is told so', async () => {
  const { turns } = await converseByMessages(
    server,
    'Ask me `Which sides?` with any of the choices `rice`, `salad` and `soup`.',
    { tools, run: () => ({ text: '- rice', isError: false }) },
  );
  const sides = { question: 'Which sides?', choices: ['rice', 'salad', 'soup'], multiple: true };
  expect(turns).toEqual([[{ name: 'ask_user', input: { questions: [sides] } }]]);
});

it('does not ask again by itself when nobody answered', async () => {
  const { answer, turns } = await converseByMessages(server, prompt, {
    tools,
    run: () => ({ text: 'Nobody is there.', isError: true }),
  });
  expect(turns).toHaveLength(1);
  expect(answer).toContain('Nobody answered: Nobody is there.');
});

it('asks nothing where its tool is not offered', async () => {
  const options = { tools: ['read_file'], run: () => ({ text: '', isError: false }) };
  expect((await converseByMessages(server, prompt, options)).turns).toEqual([]);
});
