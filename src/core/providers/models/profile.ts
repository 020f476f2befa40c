import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest } from '../provider.ts';

/** What is known about a model when a request to it is built. */
export interface ModelProfile {
  /** Undefined when the server has not described the model, or not in time. */
  readonly info?: ModelInfo | undefined;
  /** Names of the `OptionalField`s that the server has refused. */
  readonly refused: ReadonlySet<string>;
  /** The max output tokens that the server has named in a refusal. */
  readonly learnedMaxOutput?: number | undefined;
  /** Whether the server is the vendor's own. Others may not know all fields. */
  readonly isVendor: boolean;
}

/** The profile of a model of which nothing is known. */
export const unknownModel: ModelProfile = { refused: new Set(), isVendor: false };

/** A field or feature that requests use unless the server refuses it. */
export interface OptionalField {
  readonly name: string;
  /** Refusals before it is left out. Default: 1. */
  readonly minRefusals?: number;
  /** Whether a request uses it. Default: always. */
  isUsed?(request: ModelRequest, profile: ModelProfile): boolean;
  /** Finds it in the error message of a server that does not name the field in `param`. */
  readonly inMessage: RegExp;
}
