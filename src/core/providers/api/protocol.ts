import type { JsonObject } from '../../base/jsonObject.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { FittedEffort, ModelProfile } from '../models/fitRequest.ts';
import type { ModelRequest } from '../provider.ts';
import type { Query, SdkClient, SdkClientOptions } from '../transport/sdkClient.ts';
import type { AssemblerOptions, TurnAssembler } from '../turn/assembler.ts';

/** What sets one API apart from another. */
export interface HttpProtocol<Body> {
  readonly id: 'anthropic' | 'openai';
  /** Loads the SDK; called for the first turn only, for an SDK takes its time. */
  loadClient(options: SdkClientOptions): Promise<SdkClient<Body>>;
  /** The effort as this API and the model take it. */
  fitEffort(request: ModelRequest, info: ModelInfo | undefined): FittedEffort;
  /** A request's body without its messages, which come last in it. */
  buildHead(request: ModelRequest, profile: ModelProfile): JsonObject;
  buildMessages(request: ModelRequest, profile: ModelProfile): readonly unknown[];
  /** Fields after the messages: what differs from one request of an agent to the next. */
  buildTail(request: ModelRequest, profile: ModelProfile): JsonObject;
  /** The body's field that holds the messages. */
  readonly messagesField: string;
  createAssembler(options: AssemblerOptions): TurnAssembler;
  readonly models: ModelsEndpoint;
  /** What requests carry of our own accord, and what is done without when it is refused. */
  readonly ownFields: readonly OwnField[];
}

/** Where the API tells of its models. */
export interface ModelsEndpoint {
  /** Below the base URL. */
  readonly path: string;
  /** The query of the page after a model; of the first page without one. */
  query(afterId: string | undefined): Query;
  /** Whether the API says what a model can do, and not only what it is called. */
  readonly describes: boolean;
}

/** Something that is sent unasked, mostly a field, or that is left out though it could be sent. */
export interface OwnField {
  readonly name: string;
  /** How often it must be refused before it is taken for the server's way; once when absent. */
  readonly times?: number;
  /** Whether it has a part in a request; always when absent. */
  isIn?(request: ModelRequest, profile: ModelProfile): boolean;
  /** Finds it in an error of a server that does not name its fields properly. */
  readonly inMessage: RegExp;
}
