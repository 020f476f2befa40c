import { readdirSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import {
  answerIn,
  askerLine,
  equalText,
  questionText,
} from '../../../src/cli/questions/questionText.ts';
import { promptedTerminal, TerminalPrompt } from '../../../src/cli/questions/terminalPrompt.ts';
import { Screen } from '../../support/screen.ts';
import { settled } from '../../support/settled.ts';
import { demoServer, interleave, promptFolder, viaAnthropic } from './commandLine.ts';

const sizes = { question: 'Which size?', choices: ['S', 'M', 'L'] };
const sides = { ...sizes, multiple: true } as const;

describe('What is typed as an answer', () => {
  it.each([
    ['2', 'M'],
    [' 3 ', 'L'],
    ['4', '4'],
    ['0', '0'],
    ['1, 2', '1, 2'],
    ['XL', 'XL'],
    ['', ''],
  ])('to a question for one choice: %j is %j', (typed, answer) => {
    expect(answerIn(typed, sizes)).toBe(answer);
  });

  it.each([
    ['2', ['M']],
    ['3,1', ['L', 'S']],
    ['1 2; 2', ['S', 'M']],
    ['1, 4', ['1, 4']],
    ['none, please', ['none, please']],
    ['', []],
  ])('to a question for several: %j is %j', (typed, answer) => {
    expect(answerIn(typed, sides)).toEqual(answer);
  });

  it('to a question without choices is the text, numbers included', () => {
    expect(answerIn(' 2 ', { question: 'How many?' })).toBe('2');
  });
});

describe('A question at the terminal', () => {
  it('says who asks, how many more wait, the choices, and how to answer', () => {
    const asker = { name: 'Sizes', place: [2, 5], others: 3 } as const;
    expect(askerLine(asker)).toBe('? Sizes (2 of 5) asks, 3 more questions wait:');
    expect(askerLine({ ...asker, others: 1 })).toMatch(/asks, 1 more question waits:$/);
    expect(askerLine({ ...asker, others: 0 })).toMatch(/asks:$/);
    expect(questionText(sizes)).toContain('  Which size?\n    1. S\n    2. M\n    3. L\n');
    expect(questionText(sizes)).toContain('Type a number or another answer.');
    expect(questionText(sides)).toContain('Type numbers, as in "1, 3"');
  });

  it('steers no terminal, and hides nothing', () => {
    const bad = '\u001b[2Jnice\u202e\u0007';
    const text = questionText({ question: bad, choices: [bad, `a\n? Other (1 of 1) asks:`] });
    const line = askerLine({ name: `${bad}\n`, place: [1, 1], others: 0 });
    const equal = equalText([bad, ...Array.from({ length: 11 }, () => 'x')], 1);
    expect(equal).toMatch(/, 2 more\.\n.*1 other question would stay/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for them.
    expect(text + line + equal).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text).not.toMatch(/^\?/m);
    expect(line.split('\n')).toHaveLength(1);
  });
});

/** A prompt at a terminal with this many columns. */
function atTerminal(columns = 40) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: true, columns });
  const screen = new Screen(columns);
  output.on('data', (data) => screen.write(String(data)));
  const interrupts = vi.fn();
  const prompt = new TerminalPrompt(() => ({ input, output }), interrupts);
  const terminal = promptedTerminal(
    { out: (text) => output.write(text), err: (text) => output.write(text) },
    prompt,
    true,
  );
  const end = new AbortController();
  return { input, screen, prompt, terminal, interrupts, end };
}

describe('The prompt', () => {
  it('reads one line', async () => {
    const { input, prompt, end, screen } = atTerminal();
    const answer = prompt.ask('Which?\n', end.signal);
    input.write('large\r');
    expect(await answer).toBe('large');
    expect(screen.lines()).toEqual(['Which?', '> large', '']);
  });

  it.each([
    ['a short line', 'lar'],
    ['more than a line', 'a long answer, longer than the terminal is wide, by far'],
  ])('stays below what is printed meanwhile, with what was typed: %s', async (_what, typed) => {
    const { input, prompt, end, screen, terminal } = atTerminal();
    const answer = prompt.ask('Which?\n', end.signal);
    input.write(typed);
    await settled();
    terminal.err('00:01 a log line\n00:02 another one\n');
    terminal.out('an answer\n');
    terminal.err('');
    terminal.err('no end of line');
    input.write('ge\r');
    expect(await answer).toBe(`${typed}ge`);
    terminal.err('after\n');
    const shown = screen.lines();
    expect(shown.slice(0, 5)).toEqual([
      ...['Which?', '00:01 a log line', '00:02 another one', 'an answer', 'no end of line'],
    ]);
    expect(shown.slice(5, -2).join('')).toBe(`> ${typed}ge`);
    expect(shown.at(-2)).toBe('after');
  });

  it('leaves nothing behind for the next one', async () => {
    const { input, prompt, end, screen } = atTerminal();
    for (const typed of ['one', 'two', 'three']) {
      const answer = prompt.ask('Which?\n', end.signal);
      input.write(`${typed}\r`);
      expect(await answer).toBe(typed);
    }
    expect(input.listenerCount('keypress')).toBe(0);
    expect(screen.lines().filter((line) => line !== 'Which?')).toEqual([
      ...['> one', '> two', '> three', ''],
    ]);
  });

  it('ends without an answer on Ctrl+D, and when the question is taken back', async () => {
    const first = atTerminal();
    const refused = first.prompt.ask('Which?\n', first.end.signal);
    first.input.write('\u0004');
    expect(await refused).toBeUndefined();
    const second = atTerminal();
    const gone = second.prompt.ask('Which?\n', second.end.signal);
    second.input.write('half');
    second.end.abort();
    expect(await gone).toBeUndefined();
    second.terminal.err('next\n');
    expect(second.screen.lines().at(-2)).toBe('next');
    expect(await second.prompt.ask('Which?\n', second.end.signal)).toBeUndefined();
  });

  it('hands Ctrl+C on, and is over when the question is taken back', async () => {
    const { input, prompt, end, interrupts, terminal, screen } = atTerminal();
    let answer: string | undefined | 'open' = 'open';
    const asking = prompt.ask('Which?\n', end.signal).then((line) => {
      answer = line;
    });
    input.write('half\u0003');
    await vi.waitFor(() => expect(interrupts).toHaveBeenCalledOnce());
    await settled();
    expect(answer).toBe('open');
    terminal.err('Cancelling.\n');
    end.abort();
    await asking;
    expect(answer).toBeUndefined();
    expect(screen.lines()).toEqual(['Which?', '> half', 'Cancelling.', '']);
  });
});

/** The demo model without its usual pace, in a folder with these prompts. */
async function asking(prompts: { readonly [name: string]: string }, more: readonly string[] = []) {
  const text = Object.entries(prompts).map(([name, prompt]) => `## ${name}\n\n${prompt}\n`);
  const folder = promptFolder({
    'ask.prompts.md': `---\ntools: [ask_user, run_demo_program]\n---\n\n${text.join('\n')}`,
  });
  const server = viaAnthropic((await demoServer()).origin);
  return ['run', path.join(folder, 'ask.prompts.md'), ...server, '--model', 'demo', ...more];
}

const two = {
  First: 'Ask me `Which size?` with the choices `S` and `L`.',
  Second: 'Ask me `Which sides?` with any of the choices `rice` and `soup`. Then ask me `Why?`.',
};

describe('A run at a terminal', () => {
  it('asks one question at a time, and tells the models the answers', async () => {
    const seen: string[] = [];
    let open = 0;
    const { code, out } = await interleave(await asking(two, ['--log', 'none']), {
      answer: async (text) => {
        seen.push(text);
        expect(++open).toBe(1);
        await settled();
        open -= 1;
        if (text.includes('size')) return '2';
        return text.includes('sides') ? '1,2' : 'hungry';
      },
    });
    expect(code).toBe(0);
    expect(out).toContain('You said: L');
    expect(out).toContain('=> rice\n');
    expect(out).toContain('=> soup\n');
    expect(out).toContain('=> hungry');
    expect(seen).toHaveLength(3);
    const texts = seen.join('');
    expect(texts).toContain('? First (1 of 2) asks');
    expect(texts).toContain('? Second (2 of 2) asks');
    expect(texts.match(/asks/g)).toHaveLength(2);
  });

  it.each([
    ['y', 2],
    [' Yes ', 2],
    ['', 4],
    [undefined, 4],
  ])(
    'gives one answer to all that ask the same, if the user says so: %j',
    async (all, questions) => {
      const { First: size, Second: others } = two;
      const prompts = { One: size, Two: size, Other: others, Three: size };
      const seen: string[] = [];
      let log = '';
      const { code, out } = await interleave(await asking(prompts, ['--no-warm-up']), {
        onErr: (soFar) => {
          log = soFar;
        },
        answer: async (text) => {
          await vi.waitFor(() => expect(log.match(/waits for an answer/g)).toHaveLength(4));
          seen.push(text);
          if (text.includes('ask the same') || text.includes('asks the same')) return all;
          return '2';
        },
      });
      expect(code).toBe(0);
      expect(out.match(/You said: L/g)).toHaveLength(3);
      const same = seen.filter((text) => text.includes('the same'));
      expect(same[0]).toContain('2 other conversations ask the same: Two, Three.');
      expect(same[0]).toContain('1 other question would stay');
      expect(seen.filter((text) => text.startsWith('\n? '))).toHaveLength(questions);
      expect(same).toHaveLength(questions === 2 ? 1 : 2);
    },
  );

  it('tells the model when the user refuses, and goes on', async () => {
    const { code, out } = await interleave(await asking({ First: two.First }), {
      answer: () => undefined,
    });
    expect(code).toBe(0);
    expect(out).toContain('Nobody answered: The user denied this call.');
  });

  it('asks again when an answer cannot be taken', async () => {
    const answers = ['x'.repeat(10_001), '1'];
    const { err, out } = await interleave(await asking({ First: two.First }), {
      answer: () => answers.shift(),
    });
    expect(err).toContain('An answer is too long.');
    expect(out).toContain('You said: S');
  });

  it('takes the questions back when it is cancelled', async () => {
    let interrupt = (): void => undefined;
    const { code, err } = await interleave(await asking(two), {
      onErr: (_, act) => {
        interrupt = act;
      },
      answer: async () => {
        interrupt();
        return 'late';
      },
    });
    expect(code).toBe(3);
    expect(err).toContain('Cancelling.');
    expect(err).not.toContain('You said: late');
  });

  it('decides on no call: what needs approval is denied as without a terminal', async () => {
    const answer = vi.fn(() => '1');
    const prompts = { Run: 'Have the demo program print `hello`.' };
    const { code, err } = await interleave(await asking(prompts), { answer });
    expect(code).toBe(1);
    expect(err).toContain('1 tool call denied, because nobody was there to ask');
    expect(answer).not.toHaveBeenCalled();
  });

  it('goes on asking when it is resumed', async () => {
    const runsFolder = promptFolder({});
    const args = await asking({ Other: two.Second, First: two.First }, ['--mode', 'serial']);
    let interrupt = (): void => undefined;
    const first = await interleave(args, {
      runsFolder,
      onErr: (_, act) => {
        interrupt = act;
      },
      answer: async () => {
        interrupt();
        return undefined;
      },
    });
    expect(first.code).toBe(3);
    const [id = ''] = readdirSync(runsFolder);
    const server = args.slice(args.indexOf('--base-url'), args.indexOf('--base-url') + 2);
    const { code, out } = await interleave(['resume', id, ...server], {
      runsFolder,
      answer: () => '2',
    });
    expect(code).toBe(0);
    expect(out).toContain('You said: L');
  });
});

describe('Without a terminal', () => {
  it.each([
    ['nobody is there', {}, undefined],
    ['the prompts come from standard input', { answer: () => '1' }, '-'],
  ])('the model is told that nobody answers, when %s', async (_what, options, from) => {
    const args = await asking({ First: two.First });
    const input = `---\ntools: [ask_user]\n---\n\n## First\n\n${two.First}\n`;
    const given = from === undefined ? args : [...args.slice(0, 1), from, ...args.slice(2)];
    const { out } = await interleave(given, { ...options, input });
    expect(out).toContain('Nobody answered: ');
    expect(out).toContain('Nobody is there to answer.');
  });
});
