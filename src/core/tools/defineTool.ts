import * as z from 'zod';
import { UserError } from '../base/errors.ts';
import { clipEnd, visibleText } from '../base/text.ts';
import type { CpuUse, InputCheck, Tool, ToolContext } from './tool.ts';

/** A tool whose input is described and checked by a zod schema. */
export interface ToolDefinition<Input>
  extends Pick<
    Tool,
    'name' | 'description' | 'effect' | 'timeoutMs' | 'isProposal' | 'questionsIn'
  > {
  readonly inputSchema: z.ZodType<Input>;
  /** As in `Tool`, with the type of the input. */
  readonly cpu?: { isLight(input: Input): boolean };
  execute(input: Input, context: ToolContext): string | Promise<string>;
}

/**
 * Creates a tool. Its JSON Schema is made when it is read first, because most tools are only listed. Reading it throws
 * a `UserError` for an input that JSON Schema cannot express.
 */
export function defineTool<Input>({ inputSchema, cpu, ...rest }: ToolDefinition<Input>): Tool {
  let jsonSchema: Tool['inputSchema'] | undefined;
  return {
    ...rest,
    ...(cpu === undefined ? {} : { cpu: cpu as CpuUse }),
    get inputSchema() {
      jsonSchema ??= jsonSchemaOf(rest.name, inputSchema);
      return jsonSchema;
    },
    check: (input) => checkWith(inputSchema, input),
    // `check` has validated the input, which the type system does not know.
    execute: rest.execute as Tool['execute'],
  };
}

function jsonSchemaOf(name: string, inputSchema: z.ZodType): Tool['inputSchema'] {
  try {
    const schema = z.toJSONSchema(inputSchema, { io: 'input', target: 'draft-2020-12' });
    // Removes zod's validator, which is attached as non-enumerable properties. Only plain data remains.
    const { $schema: _, ...plain } = JSON.parse(JSON.stringify(schema));
    return plain;
  } catch (error) {
    throw new UserError(
      `The input of the tool "${name}" has a part that JSON Schema cannot express.`,
      { cause: error },
    );
  }
}

const maxProblems = 5;
/** UTF-16 units. */
const maxProblem = 300;

function checkWith(schema: z.ZodType, input: unknown): InputCheck {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const { issues } = result.error;
  const problems = issues.slice(0, maxProblems).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return clipEnd(visibleText(place === '' ? message : `${place}: ${message}`), maxProblem);
  });
  const more = issues.length - problems.length;
  return { ok: false, problems: more > 0 ? [...problems, `and ${more} more`] : problems };
}
