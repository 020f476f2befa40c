/** A request that the API would refuse, with status and error message. */
export class RequestRefusal extends Error {
  override readonly name = 'RequestRefusal';
  readonly status: number;
  /** The error's type (Anthropic) or code (OpenAI). */
  readonly code: string | null;
  readonly param: string | null;

  constructor(message: string, details: RefusalDetails = {}) {
    super(message);
    this.status = details.status ?? 400;
    this.code = details.code ?? null;
    this.param = details.param ?? null;
  }
}

interface RefusalDetails {
  readonly status?: number;
  readonly code?: string;
  readonly param?: string;
}
