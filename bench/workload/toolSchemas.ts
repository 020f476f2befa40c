/**
 * The two tools as the models see them: those of the project, so that all contenders send the same
 * bytes, whether they bring tools of their own or not.
 */
export const workToolSchemas = [
  describe('multiply_numbers', 'Multiplies', 'product', 'multiply'),
  describe('sum_numbers', 'Adds', 'sum', 'add'),
] as const;

function describe(name: string, does: string, result: string, verb: string) {
  return {
    name,
    description:
      `${does} 1 to 1,000 numbers and returns their ${result}. ` +
      'Exact for whole numbers, else rounded to 15 significant digits.',
    inputSchema: {
      type: 'object' as const,
      properties: {
        numbers: {
          minItems: 1,
          maxItems: 1000,
          type: 'array',
          items: { type: 'number' },
          description: `The numbers to ${verb}.`,
        },
      },
      required: ['numbers'],
      additionalProperties: false,
    },
  };
}
