import * as z from 'zod';

import { questionTool } from '../../../shared/toolCall.ts';
import type { Question, QuestionAnswer } from '../../approvals/inbox/approvalRequest.ts';

import { defineTool } from '../defineTool.ts';
import type { Tool } from '../tool.ts';
import { ToolError } from '../tool.ts';

const text = z.string().trim().min(1);

const inputSchema = z.strictObject({
  questions: z
    .array(
      z
        .strictObject({
          question: text.max(2_000),
          choices: z
            .array(text.max(200))
            .min(2)
            .max(10)
            .optional()
            .describe('Answers to choose from. Another one can be given all the same.'),
          multiple: z
            .boolean()
            .optional()
            .describe('Whether several of the choices may be taken. One when absent.'),
        })
        .refine(({ choices, multiple }) => multiple !== true || choices !== undefined, {
          path: ['multiple'],
          error: 'needs choices',
        }),
    )
    .min(1)
    .max(5),
});

/** `ask_user`: the user answers. A call waits in the inbox, as one that has to be allowed, and takes no time. */
export function createAskUserTool(): Tool {
  return defineTool({
    name: questionTool,
    description:
      'Asks the user who started this, and waits for the answer. Only for what you can neither find out nor decide yourself. Put all that you need to know into one call.',
    effect: 'read',
    inputSchema,
    questionsIn: (input) => inputSchema.parse(input).questions.map(questionOf),
    execute: ({ questions }, { answers }) => {
      if (answers === undefined) throw new ToolError('Nobody is there to answer. Decide yourself.');
      return answersText(questions, answers);
    },
  });
}

function questionOf({
  question,
  choices,
  multiple,
}: z.infer<typeof inputSchema>['questions'][number]): Question {
  return {
    question,
    ...(choices === undefined ? {} : { choices }),
    ...(multiple === true ? { multiple } : {}),
  };
}

function answersText(
  questions: readonly Pick<Question, 'question'>[],
  answers: readonly QuestionAnswer[],
): string {
  const [only] = answers;
  if (questions.length === 1 && only !== undefined) {
    return typeof only === 'string' ? answerText(only) : linesOf(only, '- ');
  }
  return questions
    .map(({ question }, index) => {
      const answer = answers[index] ?? '';
      return `${question}\n${linesOf(typeof answer === 'string' ? [answer] : answer, '=> ')}`;
    })
    .join('\n\n');
}

/** A line for each of several answers. */
function linesOf(answers: readonly string[], mark: string): string {
  if (answers.length === 0) return `${mark}(none of the choices)`;
  return answers.map((answer) => `${mark}${answerText(answer)}`).join('\n');
}

function answerText(answer: string): string {
  return answer.trim() === '' ? '(no answer)' : answer;
}
