import { describe, expect, it } from 'vitest';
import { fine, refuse, thenStrict } from '../../support/cases/answers.ts';
import { block, call, done, end, item, ok, start, stop, tool } from '../../support/cases/blocks.ts';
import type { CaseBody } from '../../support/cases/runCase.ts';
import { events, runCase } from '../../support/cases/runCase.ts';

describe('C46: thinking', () => {
  const thinking = 'a\u2028b 😀 sk-ant-looks-like-a-key';
  const blocks = [
    { type: 'thinking', thinking, signature: 'Zm9v+/=' },
    { type: 'redacted_thinking', data: 'b3BhcXVl' },
    { type: 'tool_use', id: 't1', name: 'list_files', input: {} },
    { type: 'thinking', thinking: 'And then.', signature: 'YmFy' },
    { type: 'tool_use', id: 't2', name: 'sum_numbers', input: { numbers: [1] } },
  ];
  const turn = [
    start(),
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking },
      { type: 'signature_delta', signature: 'Zm9v' },
      { type: 'signature_delta', signature: '+/=' },
    ),
    ...block(1, blocks[1]!),
    ...tool(2, 't1', 'list_files', '{}'),
    ...block(3, blocks[3]!),
    ...tool(4, 't2', 'sum_numbers', '{"numbers":[1]}'),
    ...[end('tool_use'), stop],
  ];

  const again = (index: number) => [
    start(),
    ...block(0, { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }),
    ...tool(1, `t${index}`, 'sum_numbers', `{"numbers":[${index}]}`),
    ...[end('tool_use'), stop],
  ];

  it('is sent back unchanged and in order', async () => {
    const { conversation, bodies } = await runCase((_, index) =>
      events(index === 0 ? turn : ok('done')),
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies[1]!.messages[1].content).toEqual(blocks);
  });

  it('that the server rejects is omitted once', async () => {
    const { conversation, bodies } = await runCase(
      thenStrict(events(turn), ({ messages }) =>
        JSON.stringify(messages).includes('"thinking"')
          ? 'messages.1.content.0: thinking blocks cannot be modified'
          : undefined,
      ),
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(3);
  });

  it('is no longer sent to a server that never accepts it', async () => {
    const { conversation, bodies } = await runCase((body, index) => {
      if (JSON.stringify(body.messages).includes('"signature"')) {
        return refuse('thinking is not taken here');
      }
      return events(index < 5 ? again(index) : ok('done'));
    });
    expect(conversation).toMatchObject(fine);
    const refused = bodies.filter(({ messages }) =>
      JSON.stringify(messages).includes('"signature"'),
    );
    expect(refused).toHaveLength(2);
  });

  it('that is rejected for another reason causes no endless retries', async () => {
    const { conversation, bodies } = await runCase((_, index) =>
      index === 0 ? events(turn) : refuse('thinking is not for you'),
    );
    expect(conversation).toMatchObject({ status: 'failed', reason: 'invalid_request' });
    expect(bodies).toHaveLength(3);
  });

  it('without a signature is never sent back', async () => {
    const unsigned = [
      start(),
      ...block(0, { type: 'thinking', thinking: 'Hm.' }),
      ...tool(1, 't1', 'list_files', '{}'),
      ...[end('tool_use'), stop],
    ];
    const { bodies } = await runCase((_, index) => events(index === 0 ? unsigned : ok('done')));
    expect(bodies[1]!.messages[1].content).toMatchObject([{ type: 'tool_use' }]);
  });
});

describe('C47: reasoning items', () => {
  const reasoning = {
    ...{ type: 'reasoning', id: 'rs_1' },
    summary: [{ type: 'summary_text', text: 's' }],
  };
  const calls = [call('{"numbers":[1]}'), call('{"numbers":[2]}', { id: 'f2', call_id: 'c2' })];
  const output = [reasoning, ...calls];
  const turn = events(...output.map((one, at) => item(one, at)), done(output));
  const typesIn = ({ input }: CaseBody): string[] =>
    input.map(({ type }: CaseBody) => type ?? 'user');
  const demands = (body: CaseBody) =>
    typesIn(body)[1] === 'reasoning'
      ? undefined
      : "function_call was provided without its required 'reasoning' item";
  const refusesEmpty = (body: CaseBody) =>
    body.input.some(
      ({ type, encrypted_content }: CaseBody) => type === 'reasoning' && !encrypted_content,
    )
      ? 'reasoning items must have content'
      : undefined;
  const needsNext = (body: CaseBody) =>
    typesIn(body).some((type, at, all) => type === 'reasoning' && all[at + 1] !== 'function_call')
      ? 'reasoning was provided without its required following item'
      : undefined;

  it.each([
    ['a server that demands them', demands],
    ['a server that refuses empty ones', refusesEmpty],
    ['a server that requires the item after them', needsNext],
  ])('satisfy %s after at most one refusal', async (_what, problem) => {
    const { conversation, bodies } = await runCase(thenStrict(turn, problem), {
      protocol: 'openai',
    });
    expect(conversation).toMatchObject(fine);
    expect(bodies.length).toBeLessThanOrEqual(3);
  });

  it('are omitted for a server that accepts them neither way, without endless retries', async () => {
    const { conversation, bodies } = await runCase(
      thenStrict(turn, () => 'something is wrong with your reasoning'),
      { protocol: 'openai' },
    );
    expect(conversation).toMatchObject({ status: 'failed', reason: 'invalid_request' });
    expect(bodies.length).toBeLessThanOrEqual(5);
  });

  it('that the server cannot decrypt are removed from that history only', async () => {
    const kept = { ...reasoning, encrypted_content: 'b3BhcXVl' };
    const all = [kept, ...calls];
    const sent = events(...all.map((one, at) => item(one, at)), done(all));
    const { conversation, bodies } = await runCase(
      thenStrict(sent, (body) =>
        typesIn(body).includes('reasoning')
          ? 'The encrypted content could not be verified'
          : undefined,
      ),
      { protocol: 'openai' },
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(3);
  });
});
