import type { FaultProtocol } from '../../../support/faults/faultProtocol.ts';
import { faultProtocols } from '../../../support/faults/faultProtocol.ts';
import type { Answer, Side } from '../../../support/faults/side.ts';
import { sideKey } from '../../../support/faults/side.ts';
import { sseText, streamHead } from '../../../support/loopback/replies.ts';
import type { ChatAnswer } from '../../../support/vscode/fakeLanguageModels.ts';
import { LanguageModelError, LanguageModelTextPart } from '../../../support/vscode/fakeVscode.ts';
import { type Fault, permanentFaults, transientFaults } from '../faults.ts';
import { type FaultId, wrongText } from './cell.ts';

/** A failing model request and its consequences. */
export interface Failure {
  readonly fault: FaultId;
  readonly what: string;
  readonly answer: Answer;
  /** Whether the request is retried. */
  readonly passes: boolean;
  /** Number of attempts when it always fails. */
  readonly attempts: number;
  /** Attempts that reach the model; all by default. */
  readonly sent?: number;
  readonly reason: string;
  /** The message shown. */
  readonly message: RegExp;
}

export function failuresOf({ name }: Side): readonly Failure[] {
  const protocol = faultProtocols.find((one) => one.name === name);
  return protocol === undefined ? chatFailures : httpFailures(protocol);
}

function httpFailures(protocol: FaultProtocol): readonly Failure[] {
  const asFailure = (passes: boolean) => (fault: Fault) => {
    const [, id, what] = /^(F\d+) (.*)$/.exec(fault.name) ?? [];
    const answer: Answer = { kind: 'http', reply: fault.reply(protocol) };
    const { attempts, reason, message } = fault;
    const failure = { answer, passes, attempts, reason, message };
    return id === undefined ? [] : [{ ...failure, fault: id as FaultId, what: what ?? '' }];
  };
  return [
    ...transientFaults.flatMap(asFailure(true)),
    ...permanentFaults.flatMap(asFailure(false)),
    ...silences(protocol),
  ];
}

/** F9: the provider's clock continues once nothing more arrives. */
function silences(protocol: FaultProtocol): readonly Failure[] {
  const begun = sseText(protocol.events({ text: wrongText }).slice(0, 5));
  const forms = [
    { what: 'silent before the head', reply: [] },
    { what: 'silent after the head', reply: [streamHead()] },
    { what: 'silent in mid-stream', reply: [streamHead(), { do: 'send', bytes: begun }] as const },
  ];
  return forms.map(({ what, reply }) => ({
    ...{ fault: 'F9', what, passes: true, attempts: 8, reason: 'network' },
    answer: { kind: 'http', reply, silent: true },
    message: /did not begin to answer|stopped sending/,
  }));
}

const wrongPart = new LanguageModelTextPart(wrongText);

/** An error with its own name, as errors of other extensions arrive. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

interface ChatForm {
  readonly fault: FaultId;
  readonly what: string;
  readonly answer: ChatAnswer;
  readonly sent?: number;
  readonly silent?: boolean;
}

const held = {
  ...{ passes: true, attempts: 8, reason: 'rate_limit' },
  message: /^VS Code is limiting requests to test\/model: Slow down\. Retry later/,
};

const odd = { passes: true, attempts: 3, reason: 'protocol' };

const usedUp = {
  ...{ passes: false, attempts: 1, reason: 'quota' },
  message: /^The quota for test\/model is used up: Come back next month\. Wait until it is renewed/,
};

const notAllowed = {
  ...{ passes: false, attempts: 1, reason: 'auth' },
  message:
    /^VS Code does not let Interleave use test\/model(: Not you)?\. Allow it when VS Code asks/,
};

const missing = {
  ...{ passes: false, attempts: 1, reason: 'not_found' },
  message:
    /^VS Code offers no model test\/model(: It left)?\. Resume when .*, or select another model with "Interleave: Select Model…"/,
};

const quotaError = named('ChatQuotaExceeded', 'Come back next month.');
const notYou = LanguageModelError.NoPermissions('Not you.');
const lineBroke = new Error(`The line broke. ${sideKey.length}`);
const broke = { ...odd, message: /^test\/model failed: The line broke\./ };
const thrown = (error: unknown) => ({ parts: [wrongPart], ending: { throws: error } }) as const;

const chatForms: readonly (ChatForm & Omit<Failure, 'answer'>)[] = [
  {
    ...{ ...held, fault: 'F1', what: 'blocked' },
    answer: { refuses: LanguageModelError.Blocked('Slow down.') },
  },
  {
    ...{ ...held, fault: 'F1', what: 'rate limit in mid-stream' },
    answer: thrown(named('ChatRateLimited', 'Slow down.')),
  },
  { ...usedUp, fault: 'F3', what: 'quota', answer: { refuses: quotaError } },
  { ...usedUp, fault: 'F3', what: 'quota in mid-stream', answer: thrown(quotaError) },
  { ...notAllowed, fault: 'F4', what: 'no permission', answer: { refuses: notYou } },
  {
    ...{ ...notAllowed, fault: 'F30', what: 'refused consent' },
    answer: { refuses: LanguageModelError.NoPermissions() },
  },
  {
    ...{ ...broke, fault: 'F6', what: 'error instead of the first part' },
    answer: { ending: { throws: lineBroke } },
  },
  {
    ...{ ...odd, fault: 'F6', what: 'unknown error with its cause' },
    answer: { refuses: new LanguageModelError('', 'Unknown', new Error('Overloaded.')) },
    message: /^test\/model failed/,
  },
  { ...broke, fault: 'F7', what: 'error in mid-stream', answer: thrown(lineBroke) },
  {
    ...{ ...odd, fault: 'F7', what: 'a thrown value that is not an error' },
    answer: thrown('gone'),
    message: /^test\/model failed: gone/,
  },
  ...[[], [wrongPart]].map((parts) => ({
    ...({
      fault: 'F9',
      what: parts.length === 0 ? 'silent from the start' : 'silent in mid-stream',
    } as const),
    ...{ passes: true, attempts: 8, reason: 'network', silent: true },
    answer: { parts, ending: 'silence' } as const,
    message: /^test\/model sent nothing for 180 s\. Retry later/,
  })),
  {
    ...{ ...odd, fault: 'F10', what: 'a response without a stream' },
    answer: { stream: undefined },
    message: /^test\/model failed: .*(iterable|undefined)/,
  },
  {
    ...{ ...odd, fault: 'F10', what: 'unknown parts' },
    answer: { parts: [null, 7, 'text', { value: wrongText }] },
    message: /empty answer\. Retry, or ask in other words/,
  },
  ...[[], [new LanguageModelTextPart(' \n')]].map((parts) => ({
    ...({
      ...odd,
      fault: 'F12',
      what: parts.length === 0 ? 'no part at all' : 'blanks only',
    } as const),
    answer: { parts },
    message: /empty answer\. Retry, or ask in other words/,
  })),
  {
    ...{ ...odd, fault: 'F14', what: 'off-topic, which is an error here' },
    answer: { refuses: new LanguageModelError('Off topic.', '', new Error('off_topic')) },
    message: /^test\/model failed: Off topic\./,
  },
  {
    ...{ ...missing, fault: 'F30', what: 'not found' },
    answer: { refuses: LanguageModelError.NotFound('It left.') },
  },
  { ...missing, fault: 'F30', what: 'model that vanished', answer: { gone: true }, sent: 0 },
];

const chatFailures: readonly Failure[] = chatForms.map(
  ({ answer, silent = false, ...failure }) => ({
    ...failure,
    answer: { kind: 'chat', answer, silent },
  }),
);
