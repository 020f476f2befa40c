import type { JsonObject } from '../shared/json.ts';
import { findDemoModel } from './demoModels.ts';
import { modelNotFound, RequestFault } from './requestFault.ts';

/** The requested model's id. Throws a fault when the id is missing or unknown. */
export function readModel(body: JsonObject): string {
  const { model } = body;
  if (typeof model !== 'string' || model === '') throw missing('model');
  if (findDemoModel(model) === undefined) throw modelNotFound(model);
  return model;
}

export function readStream(body: JsonObject): boolean {
  const { stream } = body;
  if (stream === undefined || stream === null) return false;
  if (typeof stream !== 'boolean') {
    throw new RequestFault('invalid_request', 'stream: must be true or false.', {
      param: 'stream',
    });
  }
  return stream;
}

/** Throws unless all names are valid and unique. `what` names the list in the message. */
export function checkToolNames(names: readonly unknown[], what: string): readonly string[] {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || !/^[\w-]{1,128}$/.test(name)) {
      throw new RequestFault(
        'invalid_request',
        `${what}.${index}.name: must be 1 to 128 letters, digits, underscores or hyphens.`,
        { param: `${what}[${index}].name` },
      );
    }
    if (seen.has(name)) {
      throw new RequestFault('invalid_request', `${what}: Tool names must be unique: ${name}.`, {
        param: what,
      });
    }
    seen.add(name);
  }
  return [...seen];
}

export function missing(field: string): RequestFault {
  return new RequestFault('invalid_request', `${field}: Field required`, {
    param: field,
    code: 'missing_required_parameter',
  });
}

export function invalid(message: string, param?: string, code?: string): RequestFault {
  return new RequestFault('invalid_request', message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}
