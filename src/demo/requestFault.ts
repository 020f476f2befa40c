import { demoModels } from './demoModels.ts';

export type FaultKind =
  | 'invalid_request'
  | 'forbidden'
  | 'not_found'
  | 'model_not_found'
  | 'method_not_allowed'
  | 'too_large'
  | 'internal';

const statuses: { readonly [kind in FaultKind]: number } = {
  invalid_request: 400,
  forbidden: 403,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  internal: 500,
};

interface FaultDetails {
  /** The parameter at fault, as the Responses API names it. */
  readonly param?: string;
  /** The Responses API's error code. */
  readonly code?: string;
}

/** A request error. Each protocol writes it in its own form. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
  readonly kind: FaultKind;
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(kind: FaultKind, message: string, details: FaultDetails = {}) {
    super(message);
    this.kind = kind;
    this.status = statuses[kind];
    this.param = details.param ?? null;
    this.code = details.code ?? null;
  }
}

export function modelNotFound(id: string): RequestFault {
  const offered = demoModels.map((model) => `\`${model.id}\``).join(', ');
  return new RequestFault(
    'model_not_found',
    `\`${id}\` is not one of the demo models ${offered}. Choose one of them, or a provider that ` +
      'offers the model.',
    { code: 'model_not_found' },
  );
}
