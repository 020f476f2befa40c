import type { JsonObject } from '../../../shared/json.ts';
import type { ModelProfile } from '../models/profile.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import type { TurnBody } from '../transport/sdkClient.ts';
import { type BuildOnce, BuiltMessages, buildAlways, isSameSet } from './builtMessages.ts';
import { wellFormedJson } from './wellFormedJson.ts';

/** How an API builds a request body, in three parts: head, messages, tail. */
export interface BodyBuilder {
  /** Everything before the messages. The same for all turns of an agent. */
  buildHead(request: ModelRequest, profile: ModelProfile): JsonObject;
  /** The name of the field that holds the messages. */
  readonly messagesField: string;
  /** What it builds `once` from a message may depend on nothing else but `profile.refused`. Default: builds all. */
  buildMessages(request: ModelRequest, profile: ModelProfile, once?: BuildOnce): readonly unknown[];
  /** Fields after the messages, which may differ from turn to turn. */
  buildTail(request: ModelRequest, profile: ModelProfile): JsonObject;
}

/** UTF-16 units. Longer heads are kept as bytes, so that they are not encoded for every request. */
const longHead = 4_096;

/** A cached head, and what it was built from. */
interface CachedHead {
  readonly request: ModelRequest;
  readonly profile: ModelProfile;
  readonly fields: JsonObject;
  readonly json: string;
  readonly bytes: Buffer | undefined;
}

/** Max messages of a history that is built and serialised anew for each turn. */
const maxShortHistory = 12;

/** Builds request bodies. An agent's head is often long, so it is built and serialised only once. */
export class RequestBodies {
  readonly #builder: BodyBuilder;
  readonly #heads = new WeakMap<readonly ToolSchema[], CachedHead>();
  readonly #built = new BuiltMessages();

  constructor(builder: BodyBuilder) {
    this.#builder = builder;
  }

  /** The body of a request. `Body` is the SDK's type of it. */
  of<Body>(request: ModelRequest, profile: ModelProfile): TurnBody<Body> {
    const { messagesField } = this.#builder;
    const { fields, json, bytes } = this.#headOf(request, profile);
    const isLong = request.messages.length > maxShortHistory;
    const once = isLong ? this.#built.once(profile.refused) : buildAlways;
    const messages = this.#builder.buildMessages(request, profile, once);
    const tail = this.#builder.buildTail(request, profile);
    const history = isLong ? this.#built.json(messages) : JSON.stringify(messages);
    const rest = wellFormedJson(`${history}${moreFields(tail)}}`);
    return {
      // Native items came from the server, so they have the types that it accepts.
      whole: () => ({ ...fields, [messagesField]: messages, ...tail }) as Body,
      json: bytes === undefined ? json + rest : { head: bytes, rest },
    };
  }

  #headOf(request: ModelRequest, profile: ModelProfile): CachedHead {
    const cached = this.#heads.get(request.tools);
    if (cached !== undefined && isValid(cached, request, profile)) return cached;
    const fields = this.#builder.buildHead(request, profile);
    const json = `${JSON.stringify(fields).slice(0, -1)},"${this.#builder.messagesField}":`;
    const bytes = json.length > longHead ? Buffer.from(json) : undefined;
    // Without the messages, which would otherwise live as long as the agent.
    const head = {
      request: { ...request, messages: [], earlier: [] },
      profile,
      fields,
      json,
      bytes,
    };
    this.#heads.set(request.tools, head);
    return head;
  }
}

/** Fields as JSON, to be appended to those of an object. */
function moreFields(tail: JsonObject): string {
  const json = JSON.stringify(tail).slice(1, -1);
  return json === '' ? '' : `,${json}`;
}

function isValid(cached: CachedHead, request: ModelRequest, profile: ModelProfile): boolean {
  const { request: before } = cached;
  return (
    before.system === request.system &&
    before.model === request.model &&
    before.maxOutputTokens === request.maxOutputTokens &&
    before.effort === request.effort &&
    before.prefix === request.prefix &&
    cached.profile.info === profile.info &&
    isSameSet(cached.profile.refused, profile.refused)
  );
}
