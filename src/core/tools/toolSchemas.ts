import { deepFreeze } from '../base/deepFreeze.ts';
import { UserError } from '../base/errors.ts';
import { clipEnd } from '../base/text.ts';
import type { ToolSchema } from '../providers/provider.ts';
import type { Tool } from './tool.ts';
import { createToolBox } from './toolBox.ts';

/**
 * The tools as a model sees them, deeply frozen and sorted by name. Equal tools therefore give equal bytes in every
 * request, and the same cached prefix, in whatever order they are listed.
 * Throws a `UserError` for duplicate or unusable names and for an input that is not an object.
 */
export function toolSchemas(tools: Iterable<Tool>): readonly ToolSchema[] {
  const sorted = [...createToolBox(tools).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return deepFreeze(sorted.map(toToolSchema));
}

function toToolSchema({ name, description, inputSchema }: Tool): ToolSchema {
  if (inputSchema.type !== 'object') {
    throw new UserError(`The input of the tool "${name}" must be an object with named fields.`);
  }
  return { name, description, inputSchema };
}

/** A short form of a tool's input: `{ path?: string, limit?: integer }`. */
export function inputOutline({ inputSchema }: Tool): string {
  const { properties = {}, required = [] } = inputSchema as InputShape;
  const fields = Object.entries(properties).map(
    ([name, { type = 'any' }]) => `"${name}"${required.includes(name) ? '' : '?'}: ${String(type)}`,
  );
  return clipEnd(fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`, 500);
}

interface InputShape {
  readonly properties?: { readonly [name: string]: { readonly type?: unknown } };
  readonly required?: readonly string[];
}
