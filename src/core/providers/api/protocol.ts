import type { KeyedProviderId } from '../baseUrl.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { FittedEffort } from '../models/fitRequest.ts';
import type { OptionalField } from '../models/profile.ts';
import type { ModelsEndpoint } from '../models/source.ts';
import type { ModelRequest } from '../provider.ts';
import type { SdkClient, SdkClientOptions } from '../transport/sdkClient.ts';
import type { AssemblerOptions, TurnAssembler } from '../turn/assembler.ts';
import type { BodyBuilder } from '../turn/requestBodies.ts';

/** The parts of a provider that are specific to an API. `Body` is its SDK's type of a request body. */
export interface ApiProtocol<Body> extends BodyBuilder {
  readonly id: KeyedProviderId;
  /** Loads the SDK. Called with the first request, because loading is slow. */
  loadClient(options: SdkClientOptions): Promise<SdkClient<Body>>;
  /** The reasoning effort that the API and the model support. */
  fitEffort(request: ModelRequest, info: ModelInfo | undefined): FittedEffort;
  createAssembler(options: AssemblerOptions): TurnAssembler;
  readonly models: ModelsEndpoint;
  /** What requests leave out once the server has refused it. */
  readonly optionalFields: readonly OptionalField[];
}
