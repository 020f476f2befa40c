import { hashText, pick } from './hash.ts';
import { workToolSchemas } from './toolSchemas.ts';

/** Turns of a conversation that call tools; the next turn answers. */
export const toolRounds = 3;

/** Model requests of a conversation without faults. */
export const requestsPerConversation = toolRounds + 1;

/** Tool calls in each of the tool rounds. */
export const callsPerRound = 2;

/** Text deltas of the answer. */
export const answerDeltas = 20;

/** How long the conversations of a workload are, and how much text is in them. */
export interface WorkShape {
  /** Turns of a conversation that call tools; the next turn answers. */
  readonly toolRounds: number;
  /** Numbers in each tool call. */
  readonly numbersPerCall: number;
  /** Text deltas of the answer. */
  readonly answerDeltas: number;
  /** Characters of a text delta, at least. */
  readonly deltaCharacters: number;
}

/** The usual workload: short turns and short answers. */
export const usualShape: WorkShape = {
  toolRounds,
  numbersPerCall: 2,
  answerDeltas,
  deltaCharacters: 0,
};

/** One tool call the model asks for. */
export interface WorkCall {
  readonly name: 'sum_numbers' | 'multiply_numbers';
  readonly numbers: readonly number[];
}

/** The prompt of a conversation. The simulator reads the conversation's index from it. */
export function promptOf(index: number): string {
  return `Conversation ${index}: go.`;
}

/** The conversation to which a first user message belongs. */
export function conversationOf(prompt: string): number | undefined {
  const match = /^Conversation (\d+): go\.$/.exec(prompt);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The calls of a tool round. They depend on earlier results, so that a lost, swapped or invented
 * result changes everything after it.
 */
export function callsOf(
  seed: number,
  index: number,
  results: readonly string[],
  { numbersPerCall }: Pick<WorkShape, 'numbersPerCall'> = usualShape,
): readonly [WorkCall, WorkCall] {
  const round = results.length / callsPerRound;
  const carried = hashText(results.join(' ')) % 90;
  if (numbersPerCall > 2) {
    const sum = (call: number): WorkCall => ({
      name: 'sum_numbers',
      numbers: longNumbers(numbersPerCall, pick(90, seed, index, round, call), carried + call),
    });
    return [sum(1), sum(2)];
  }
  return [
    { name: 'sum_numbers', numbers: [pick(90, seed, index, round, 1) + 10, carried] },
    { name: 'multiply_numbers', numbers: [pick(90, seed, index, round, 2) + 10, carried + 1] },
  ];
}

/** Whole numbers of nine digits: the sum of a thousand of them is exact. */
function longNumbers(count: number, ...[first, second]: readonly [number, number]): number[] {
  return Array.from({ length: count }, (_, place) => {
    if (place === 0) return 100_000_000 + first;
    return place === 1 ? 100_000_000 + second : 100_000_000 + place;
  });
}

/** The answer in its streamed pieces; it depends on every tool result. */
export function answerPieces(
  index: number,
  results: readonly string[],
  { answerDeltas: deltas, deltaCharacters }: WorkShape = usualShape,
): readonly string[] {
  const digest = hashText(results.join(' '));
  return Array.from({ length: deltas }, (_, place) => {
    const piece = place === 0 ? `Conversation ${index}:` : ` ${pick(10_000, digest, index, place)}`;
    return piece.padEnd(deltaCharacters, '.');
  });
}

/** The one right answer of a conversation. */
export function expectedAnswer(seed: number, index: number, shape: WorkShape = usualShape): string {
  const results: string[] = [];
  for (let round = 0; round < shape.toolRounds; round++) {
    results.push(...callsOf(seed, index, results, shape).map(runCall));
  }
  return answerPieces(index, results, shape).join('');
}

/** The result of a tool call. */
export function runCall({ name, numbers }: WorkCall): string {
  const combine = name === 'sum_numbers' ? (a: number, b: number) => a + b : multiply;
  return String(numbers.reduce(combine));
}

function multiply(a: number, b: number): number {
  return a * b;
}

const words =
  'each answer names what it rests on and keeps to the numbers that the tools gave'.split(' ');

/** Characters per token, here and in the simulator. */
export const charactersPerToken = 4;

/** A short system prompt, far too short for any cache. */
export const shortSystemPrompt = 'You work through rounds of arithmetic with the tools.';

/** A system prompt that has this many tokens with the tools, the same for every conversation. */
export function promptShared(tokens: number): string {
  const toolCharacters = workToolSchemas
    .map(({ name, description, inputSchema }) => JSON.stringify([name, description, inputSchema]))
    .reduce((sum, { length }) => sum + length, 0);
  const length = tokens * charactersPerToken - toolCharacters;
  let text = shortSystemPrompt;
  for (let place = 0; text.length < length; place++)
    text += ` ${words[pick(words.length, 7, place)]}`;
  return text.slice(0, length);
}
