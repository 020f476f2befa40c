import type { Values } from '../bindTemplate.ts';

/** A row of a table, or a file of many. */
export interface Row {
  /** Counts from 1, in the order of the data. */
  readonly number: number;
  /** Its values by the names of the columns, in their order. */
  readonly values: Values;
}

/** Columns that are not for the text of the prompt. */
export const controlColumns = ['_id', '_name', '_skip', '_model', '_tools'] as const;

/** A column that needs what this version does not have. */
export const laterColumn = '_expect';

/** What is wrong with data: a whole sentence. Nothing is sent then. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
