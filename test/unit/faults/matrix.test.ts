import { describe, expect, it } from 'vitest';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { textLeft } from './cells/cell.ts';
import { permanentFaults, transientFaults } from './faults.ts';
import { stage, turnReply, undisturbed } from './stage.ts';

const places = [
  { place: 'the first turn', before: 0 },
  { place: 'a turn after tool results', before: 1 },
  { place: 'the last turn', before: 2 },
];

const outputs = ['20', '40'];

describe.each(faultProtocols)('at a provider that fails ($name)', (protocol) => {
  const { play } = stage(protocol);
  const script = undisturbed.map((turn) => turnReply(protocol, turn));

  describe.each(places)('in $place', ({ before }) => {
    const healthy = script.slice(0, before);

    it.each(transientFaults)('$name is retried and leaves no trace in the answer', async (f) => {
      // After tool results, a model that says nothing is asked for its answer.
      if (f.name === 'F12 empty turn' && before > 0) return;
      const replies = [...healthy, f.reply(protocol), ...script.slice(before)];
      const { conversation, server, kept0, events } = await play(replies);
      expect(conversation).toMatchObject({ status: 'done', reason: 'final', turns: 3 });
      expect(conversation.answer).toBe('The answer is 40.');
      expect(conversation.toolCalls.map(({ output }) => output)).toEqual(outputs);
      expect(server.requests).toHaveLength(4);
      expect(server.requests[before]!.body).toBe(server.requests[before + 1]!.body);
      expect(kept0.map(({ role }) => role).join()).toBe(
        'user,assistant,tool,assistant,tool,assistant',
      );
      const discarded = events.filter((event) => event.type === 'turn.discarded');
      expect(discarded).toMatchObject([{ turn: before + 1, error: { kind: f.reason } }]);
    });

    it.each([...transientFaults, ...permanentFaults])(
      '$name that persists ends the conversation with its reason and keeps earlier turns',
      async (f) => {
        const { conversation, server, kept0 } = await play((request) => {
          const turn = turnsBehind(request.body);
          return healthy[turn] ?? f.reply(protocol);
        });
        const asked = f.name === 'F12 empty turn' && before > 0 ? 1 : 0;
        const attempts = asked > 0 ? 1 : f.attempts;
        expect(conversation).toMatchObject({
          status: 'failed',
          reason: f.reason,
          turns: before,
          error: { kind: f.reason, attempts },
        });
        expect(conversation.error!.message).toMatch(f.message);
        expect(conversation.error!.message).not.toMatch(/[\n<>]|key-of-the-test/);
        const soFar = before === 0 ? '' : 'I add.';
        expect(conversation.answer).toBe(textLeft(conversation, soFar));
        expect(conversation.answerIs === 'broken_off').toBe(f.hasText === true);
        expect(server.requests).toHaveLength(before + attempts + asked);
        expect(conversation.toolCalls.map(({ output }) => output)).toEqual(
          outputs.slice(0, before),
        );
        expect(kept0).toHaveLength(1 + 2 * before + asked);
      },
    );
  });
});

describe.each(faultProtocols)('at a provider that fails in several ways ($name)', (protocol) => {
  const { play } = stage(protocol);
  const fault = (name: string) => transientFaults.find((one) => one.name === name)!.reply(protocol);
  const inTurn = [
    fault('F5 HTTP 529'),
    fault('F7 reset'),
    fault('F8 clean end without a final event'),
  ];

  it('counts server errors separately from broken connections', async () => {
    const troubles = Array.from({ length: 14 }, (_, index) => inTurn[index % 2]!);
    const answer = turnReply(protocol, { text: 'Done.' });
    const { conversation, server } = await play([...troubles, answer]);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Done.', attempts: 15 });
    expect(server.requests).toHaveLength(15);
  });

  it('fails when either has happened eight times', async () => {
    let asked = 0;
    const { conversation, server } = await play(() => inTurn[asked++ % 3]!);
    expect(conversation).toMatchObject({ status: 'failed', reason: 'network' });
    expect(server.requests).toHaveLength(12);
  });

  it('counts from zero in each turn, and counts rate limit refusals separately', async () => {
    const limited = fault('F1 HTTP 429');
    const troubles = [...inTurn, ...inTurn, inTurn[0]!];
    const first = turnReply(protocol, undisturbed[0]!);
    const answer = turnReply(protocol, { text: 'Done.' });
    const crowd = Array.from({ length: 7 }, () => limited);
    const { conversation } = await play([
      ...[...troubles, ...crowd, first],
      ...[...crowd, ...troubles, answer],
    ]);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Done.', turns: 2 });
    expect(conversation.attempts).toBe(2 * (7 + 7 + 1));
  });

  it('shows the next attempt, the max number of attempts, and the reason', async () => {
    const { events } = await play([
      ...[inTurn[1]!, inTurn[0]!, fault('F11 web page with status 200')],
      turnReply(protocol, { text: 'Done.' }),
    ]);
    const waits = events.filter((event) => event.type === 'conversation.waiting');
    expect(waits).toMatchObject([
      { reason: 'retry', attempt: 2, of: 8 },
      { reason: 'retry', attempt: 2, of: 8 },
      { reason: 'retry', attempt: 2, of: 3 },
    ]);
  });
});

/** The number of turns in a request's history. */
function turnsBehind(body: string): number {
  return body.match(/"(tool_result|function_call_output)"/g)?.length ?? 0;
}
