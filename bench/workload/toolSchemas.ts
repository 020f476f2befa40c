/**
 * The schemas of the project's two tools. All contenders send the same bytes, with or without tools
 * of their own.
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
