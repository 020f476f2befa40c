import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { streamHead } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settled } from '../../support/settled.ts';
import { stage, turnReply, undisturbed } from './stage.ts';

const day = 86_400_000;

describe.each(faultProtocols)('F22: a machine that sleeps ($name)', (protocol) => {
  const { start } = stage(protocol);
  const script = undisturbed.map((turn) => turnReply(protocol, turn));
  const silent = [streamHead()];

  it('repeats requests in flight, reports the sleep once, and does not count the time', async () => {
    const clock = new ManualClock();
    const prompts = ['a', 'b', 'c'];
    let asleep = true;
    const { run, server, events } = await start(
      () => (asleep ? silent : turnReply(protocol, { text: 'Done.' })),
      { clock, prompts, limits: { timeoutMs: 600_000 } },
    );
    await vi.waitFor(() => expect(server.requests).toHaveLength(3));
    await settled();
    await clock.advance(40_000);
    asleep = false;
    await clock.sleep(day);
    await clock.advance(2_000);
    const result = await run.ended();
    expect(result.counts.done).toBe(3);
    expect(result.conversations.map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
    const discarded = events.filter((event) => event.type === 'turn.discarded');
    expect(discarded).toHaveLength(3);
    expect(discarded[0]!.error.message).toMatch(/asleep.*sent again/);
    expect(run.state.notes).toEqual([expect.stringMatching(/^Resumed after sleep/)]);
    expect(result.wallMs).toBeLessThan(60_000);
    await Promise.all(server.requests.slice(0, 3).map(({ closed }) => closed));
    expect(clock.pending).toBe(0);
  });

  it('gives a conversation exactly the rest of its timeout', async () => {
    const clock = new ManualClock();
    const limits = { timeoutMs: 60_000 };
    const { run, server } = await start(() => silent, { clock, limits });
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    await clock.advance(40_000);
    await clock.sleep(day);
    await clock.advance(2_000);
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    expect(run.state.counts.running).toBe(1);
    await clock.advance(20_000);
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'timeout' });
  });

  it('may sleep repeatedly without a failed attempt', async () => {
    const clock = new ManualClock();
    let asleep = true;
    const { run, server } = await start(() => (asleep ? silent : script[2]!), { clock });
    for (let times = 1; times <= 12; times++) {
      await vi.waitFor(() => expect(server.requests).toHaveLength(times));
      await settled();
      if (times === 12) asleep = false;
      await clock.sleep(60_000);
      await clock.advance(2_000);
    }
    const { conversations } = await run.ended();
    expect(conversations[0]).toMatchObject({ status: 'done', attempts: 13 });
    expect(run.state.notes).toHaveLength(1);
  });
});

describe('F22: a process', () => {
  const [protocol] = faultProtocols;

  it('that is suspended and continued repeats its requests in flight', async () => {
    let asleep = true;
    const server = await startLoopbackServer(() =>
      asleep ? [streamHead()] : turnReply(protocol!, { text: 'Done.' }),
    );
    const file = fileURLToPath(new URL('../../support/faults/sleepyRun.ts', import.meta.url));
    const args = [
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      file,
      protocol!.name,
      server.url,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      await vi.waitFor(() => expect(server.requests).toHaveLength(3));
      child.kill('SIGSTOP');
      asleep = false;
      // This time is what is tested: it must be longer than the `sleepMs` of the program.
      await sleep(900);
      child.kill('SIGCONT');
      await new Promise((resolve) => child.once('close', resolve));
      const { done, attempts, notes } = JSON.parse(out);
      expect(done).toBe(3);
      expect(Math.min(...attempts)).toBeGreaterThanOrEqual(2);
      expect(notes).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
      await server.close();
    }
  });
});
