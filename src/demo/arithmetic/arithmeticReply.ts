import type { DemoRequest } from '../demoRequest.ts';
import { callReply, type Reply, textReply } from '../reply.ts';
import { signed } from '../signature.ts';
import { type ArithmeticPlan, planArithmetic, type Step } from './arithmeticPlan.ts';
import { parseArithmetic } from './promptParser.ts';

/** The next turn of a calculation; `undefined` when the prompt contains no arithmetic. */
export function replyToArithmetic(request: DemoRequest): Reply | undefined {
  const roots = parseArithmetic(request.prompt);
  if (roots === undefined) return undefined;
  const plan = planArithmetic(roots, request.exchanges, request.tools);
  if (plan.kind === 'call') return callReply(plan.calls);
  return textReply(signed(answerText(plan)));
}

function answerText(plan: Exclude<ArithmeticPlan, { kind: 'call' }>): string {
  switch (plan.kind) {
    case 'answer':
      return withSteps(conclusion(plan.results), plan.steps);
    case 'missing':
      return (
        `I cannot calculate this: it needs ${listOf(plan.tools)}, ` +
        `which ${plan.tools.length === 1 ? 'is' : 'are'} not among the tools I was given.`
      );
    case 'failed': {
      const message = plan.message.trim().slice(0, 300) || 'nothing';
      const text = `I cannot finish this calculation: ${plan.operation} failed. The tool said: ${message}`;
      return withSteps(text, plan.steps);
    }
  }
}

function conclusion(results: readonly string[]): string {
  const marked = joinWords(results.map((result) => `**${result}**`));
  return results.length === 1 ? `The answer is ${marked}.` : `The answers are ${marked}.`;
}

function withSteps(text: string, steps: readonly Step[]): string {
  if (steps.length === 0) return text;
  const lines = steps.map((step, index) => `${index + 1}. ${step.operation} = ${step.result}`);
  return `${text}\n\n${lines.join('\n')}`;
}

function listOf(names: readonly string[]): string {
  return joinWords(names.map((name) => `\`${name}\``));
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
