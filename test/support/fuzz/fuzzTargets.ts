import * as path from 'node:path';
import fc from 'fast-check';
import { isNestedDeeper, maxJsonDepth } from '../../../src/core/base/jsonDepth.ts';
import { Redactor, redacted, redactSecrets } from '../../../src/core/base/redact.ts';
import { visibleText } from '../../../src/core/base/text.ts';
import { decodeLine } from '../../../src/core/journal/record/recordLine.ts';
import { parsePromptFile } from '../../../src/core/prompts/parsePromptFile.ts';
import { type SseEvent, SseReader } from '../../../src/core/providers/transport/sseReader.ts';
import { readToolInput, toolCallOf } from '../../../src/core/providers/turn/toolInput.ts';
import { createArithmeticTools } from '../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { runToolCall } from '../../../src/core/tools/runToolCall.ts';
import { ToolError } from '../../../src/core/tools/tool.ts';
import { createToolBox } from '../../../src/core/tools/toolBox.ts';
import { parseWorkspacePath } from '../../../src/core/tools/workspace/workspacePath.ts';
import { parseArithmetic } from '../../../src/demo/arithmetic/promptParser.ts';
import { parseFromPanel } from '../../../src/shared/panelProtocol.ts';
import { checkLink } from '../../../src/views/linkCheck.ts';
import { hostileJson, hostileObject, oddNames, oddPrototypes } from '../hostileJson.ts';
import { acting, hostileTexts } from '../hostileText.ts';
import { lineBytes } from '../journal/encodedLine.ts';
import { type FuzzTarget, fuzzTarget, must, soup } from './fuzzTarget.ts';

const seeds = (text: string): readonly string[] => text.split('|');

/** Reads the same events however the bytes are split; throws only for a limit. */
const sse = fuzzTarget(
  'sse-reader',
  fc.tuple(
    soup([
      ...seeds('data|data: |event: |id: |retry: |: |:|{"type":"x"}|ping| '),
      '\n',
      '\n\n',
      '\r',
      '\r\n',
      '\ufeff',
      'ü😀',
    ]),
    fc.array(fc.nat(400), { maxLength: 8 }),
    fc.constantFrom(20, 1_000_000),
  ),
  ([text, cuts, limit]) => {
    const bytes = Buffer.from(text);
    const whole = readEvents([bytes], limit);
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
    places.sort((a, b) => a - b);
    const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
    const cut = readEvents(pieces, limit);
    must(limit < 100 || JSON.stringify(cut) === JSON.stringify(whole), 'other events when split');
    const sizes = [...whole, ...cut].map(({ data }) => Buffer.byteLength(data));
    must(Math.max(0, ...sizes) <= 3 * limit, 'an event beyond its limit');
  },
);

function readEvents(pieces: readonly Buffer[], limit: number): readonly SseEvent[] {
  const events: SseEvent[] = [];
  const reader = new SseReader((event) => events.push(event), limit);
  try {
    for (const piece of pieces) reader.push(piece);
    reader.end();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return events;
}

/** A line is read back as written, or not at all. */
const journal = fuzzTarget(
  'journal-line',
  fc.tuple(
    hostileJson,
    fc.integer({ min: 1, max: 0xffff_ffff }),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
    fc.nat(),
  ),
  ([value, seq, flips, cut]) => {
    const payload = JSON.stringify(value);
    const line = lineBytes(seq, payload).subarray(0, -1);
    const read = decodeLine(line);
    must(read?.seq === seq && JSON.stringify(read.payload) === payload, 'not as it was written');
    const damaged = Buffer.from(line);
    for (const [at, bits] of flips) {
      const index = at % damaged.length;
      damaged[index] = (damaged[index] ?? 0) ^ bits;
    }
    for (const bytes of [damaged, damaged.subarray(0, cut % (line.length + 1))]) {
      const again = decodeLine(bytes);
      const isSame = again === undefined || JSON.stringify(again.payload) === payload;
      must(isSame, 'an altered record was taken');
    }
  },
);

/** Arithmetic or not: never throws, and returns finite numbers. */
const math = fuzzTarget(
  'demo-math',
  soup(
    seeds(
      '1|23|0.5|-4|1e9|1,000|٣|½| + | - | * | / |^|**|(|)|sum |multiply |of |and |then |the result|' +
        'twice |half |square |to the power of |, |. |?|\n- |percent|%|minus |by |plus |×|÷|=| 5 to 9|it',
    ),
    24,
  ),
  (text) => {
    const found = parseArithmetic(text);
    must(found === undefined || found.length > 0, 'nothing was found and said to be something');
    must(found === undefined || JSON.stringify(found).length < 1_000_000, 'it grew without bounds');
  },
);

const roots = [
  { name: 'app', path: '/work/app' },
  { name: 'lib', path: '/work/lib' },
];

/** Accepted paths stay inside, as both kinds of systems read them. */
const paths = fuzzTarget(
  'path-check',
  fc.tuple(
    soup(
      [
        ...seeds(
          '..|.|/|//|\\|app|lib|src|a.txt|~|%2e%2e|/work/app|/work/|C:|:|CON|nul|~1|...| |x.|./',
        ),
        'é',
        'é',
        '\0',
        '\u2024',
      ],
      10,
    ),
    fc.boolean(),
    fc.boolean(),
  ),
  ([text, several, onWindows]) => {
    const flavour = onWindows ? path.win32 : path.posix;
    const all = onWindows
      ? roots.map((root) => ({ ...root, path: `C:${root.path.replaceAll('/', '\\')}` }))
      : roots;
    let place: ReturnType<typeof parseWorkspacePath>;
    try {
      place = parseWorkspacePath(text, several ? all : all.slice(0, 1), flavour);
    } catch (error) {
      must(error instanceof ToolError, `it threw ${String(error)}`);
      return;
    }
    if (place === undefined) return;
    const full = flavour.resolve(place.root.path, ...place.segments);
    const inside = flavour.relative(place.root.path, full);
    const isOutside = inside === '..' || inside.startsWith(`..${flavour.sep}`);
    must(!isOutside && !flavour.isAbsolute(inside), `it leads to ${full}`);
    // Backslash and colon are ordinary characters on POSIX.
    const oddName = onWindows ? /^\.{0,2}$|[\\/:\0]/ : /^\.{0,2}$|[/\0]/;
    must(!place.segments.some((name) => oddName.test(name)), 'an odd name');
  },
);

/** A message is a plain copy of a known message, or rejected. */
const messages = fuzzTarget(
  'panel-message',
  fc.oneof(
    hostileObject(['type', 'conversation', 'url', 'text', 'runId']),
    fc
      .tuple(
        fc.constantFrom(
          'ready',
          'openLink',
          'copyText',
          'cancelConversation',
          'setApiKey',
          ...oddNames,
        ),
        fc.oneof(hostileJson, fc.nat(10), fc.string()),
      )
      .map(([type, value]) => ({ type, id: 1, conversation: value, url: value, text: value })),
    fc.anything(),
  ),
  (message) => {
    const read = parseFromPanel(message);
    if (read === undefined) return;
    must((read as unknown) !== message && oddPrototypes(read).length === 0, 'no plain copy');
    if (read.type !== 'openLink') return;
    const link = checkLink(read.url);
    must(link === undefined || /^https?:\/\/[\x21-\x7e]+$/.test(link.url), 'a link that is none');
  },
);

const box = createToolBox(createArithmeticTools());
const toolNames = [...box.keys(), '__proto__', 'none'];
const { signal } = new AbortController();

/** Whatever the arguments, the result is a text. */
const toolCalls = fuzzTarget(
  'tool-arguments',
  fc.tuple(
    fc.constantFrom(...toolNames),
    fc.oneof(
      hostileObject(['numbers', 'a', 'b', 'base', 'exponent']).map((value) =>
        JSON.stringify(value),
      ),
      fc.array(fc.double(), { maxLength: 4 }).map((numbers) => JSON.stringify({ numbers })),
      soup(seeds('{|}|[|]|"numbers"|:|,|1|null|"a"|"__proto__"|\\u0000'), 12),
    ),
  ),
  async ([name, text]) => {
    const read = readToolInput(text);
    must(oddPrototypes(read.replay).length === 0, 'a prototype was brought along');
    const outcome = await runToolCall(toolCallOf('c', name, read), box, { signal });
    must(outcome.content.isWellFormed(), 'no text');
  },
);

/** Nothing hides or acts, and the functions are idempotent. */
const texts = fuzzTarget(
  'visible-text',
  soup(
    hostileTexts.filter((text) => text.length < 200),
    6,
  ),
  (text) => {
    const visible = visibleText(text);
    must(!acting.test(visible) && !visible.includes('\n'), 'something acts');
    must(visible.isWellFormed() && visibleText(visible) === visible, 'twice is not once');
  },
);

const secrets = fuzzTarget(
  'redactor',
  soup(
    seeds(
      `sk-|ghp${'_'}|eyJ|.|=|:|://|@|?token=|&key=|"api_key": "|Bearer |authorization: |-----BEGIN |` +
        `PRIVATE KEY-----|-----END |[redacted]|cookie: |password=|${'Ab3dEf6hIj9lMn2pQr5t'}| |\n|"|'`,
    ),
    14,
  ),
  (text) => {
    const once = redactSecrets(text);
    must(redactSecrets(once) === once, 'twice is not once');
  },
);

/** A key as vendors make them. Joined here, so that secret scanners do not flag this file. */
const longKey = ['sk', 'ant', 'api03', 'Zk3vQ9xT_pLm8Rw2Yb7N', 'c4HsGf6DjA1eUoXi5'].join('-');
const keeper = new Redactor();
keeper.add(longKey);

const codeOf = (character: string): number => character.charCodeAt(0);
const hexOf = (character: string): string => codeOf(character).toString(16);

/** Ways to write one character of a key; a key uses one of them, or several in turn. */
const writings: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => character.toUpperCase(),
  (character) => character.toLowerCase(),
  (character) => `%${hexOf(character)}`,
  (character) => `&#${codeOf(character)};`,
  (character) => `&#x${hexOf(character)};`,
  (character) => `\\u00${hexOf(character)}`,
  (character) => `\\x${hexOf(character)}`,
];

/** Finds a key however its characters are written, separated and split. */
const disguises = fuzzTarget(
  'disguised-key',
  fc.tuple(
    fc.array(fc.constantFrom(...writings), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', ' ', '-', '.', '\n', ', ', '\u200b', '\r\n  '),
    fc.boolean(),
    fc.array(fc.nat(), { maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(' ', '.', ':', '(', 'é', '世'), maxLength: 5 }),
  ),
  ([ways, between, reversed, cuts, before]) => {
    const characters = reversed ? [...longKey].toReversed() : [...longKey];
    const written = characters
      .map((character, at) => (ways[at % ways.length] ?? writings[0])?.(character))
      .join(between);
    const whole = `${before}${written} and more. `;
    const hidden = keeper.hideKeys(whole);
    must(hidden === `${before}${redacted} and more. `, 'a key shows');
    const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length];
    places.sort((a, b) => a - b);
    const next = keeper.stream();
    const shown = places.slice(1).map((end, index) => next(whole.slice(places[index], end)));
    // Two letters, and the punctuation after them, may be shown before the key is recognised.
    must(shown.join('').length <= hidden.length + 4 * (8 + between.length), 'a key is streamed');
  },
);

/** Arguments of any depth are read, or refused with a message; nothing overflows. */
const depths = fuzzTarget(
  'deep-arguments',
  fc.tuple(
    fc.oneof(fc.nat(2 * maxJsonDepth), fc.nat(200_000)),
    fc.array(fc.constantFrom('[', '{"a":', '[0,', '{"b":[1],"c":'), { minLength: 1, maxLength: 6 }),
    hostileJson,
  ),
  async ([levels, openings, leaf]) => {
    const opened = Array.from({ length: levels }, (_, at) => openings[at % openings.length] ?? '[');
    const closed = opened.map((opening) => (opening.startsWith('[') ? ']' : '}')).reverse();
    const text = `{"numbers":${opened.join('')}${JSON.stringify(leaf)}${closed.join('')}}`;
    const read = readToolInput(text);
    const isDeep = isNestedDeeper(JSON.parse(text), maxJsonDepth);
    must(isDeep || levels < maxJsonDepth, 'a deep value was not seen to be one');
    must((read.inputError !== undefined) === isDeep, 'a deep input was taken');
    const call = toolCallOf('c', 'sum_numbers', read);
    must((await runToolCall(call, box, { signal })).content.isWellFormed(), 'no text');
    const line = lineBytes(1, JSON.stringify({ call, native: [read.replay] }));
    must(decodeLine(line.subarray(0, -1)) !== undefined, 'a record that is not read back');
  },
);

/**
 * Prompts have a text, a file without prompts says why, and no setting names a server or program.
 */
const prompts = fuzzTarget(
  'prompt-file',
  fc.tuple(
    soup(
      [
        ...seeds(
          '## |# |```|~~~|---|<!-- interleave|-->|model: m|skip: true|tools: [a|]|: |*a|&a |baseUrl: x|env: {A: 1}|x| ',
        ),
        '\n',
        '\n',
        '\n\n',
        '\r\n',
        '\0',
        '\ud800',
      ],
      24,
    ),
    fc.constantFrom('a.prompts.md', 'a.prompt.md'),
  ),
  ([text, name]) => {
    const read = parsePromptFile(text, name);
    const hasError = read.diagnostics.some(({ severity }) => severity === 'error');
    must(read.prompts.length > 0 || hasError, 'no prompt and no reason');
    for (const { text: sent, options } of read.prompts) {
      must(sent.trim() !== '' && sent.isWellFormed(), 'no text');
      must(!Object.keys(options).some((key) => /url|env|header|command/i.test(key)), 'a setting');
    }
  },
);

/** All targets that need no browser. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...[sse, journal, math, paths, messages, toolCalls, texts, secrets, disguises, depths, prompts],
];
