import type { JsonObject } from '../../base/jsonObject.ts';
import type { HttpProtocol } from '../api/protocol.ts';
import type { ModelProfile } from '../models/fitRequest.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import type { TurnBody } from '../transport/sdkClient.ts';
import { wellFormedJson } from './wellFormedJson.ts';

/** A longer head, in UTF-16 units, is kept as bytes, so that it is not copied for every request. */
const longHead = 4_096;

/** What all requests of an agent begin with, and what it was built by. */
interface KnownHead {
  readonly request: ModelRequest;
  readonly profile: ModelProfile;
  readonly fields: JsonObject;
  readonly json: string;
  readonly bytes: Buffer | undefined;
}

type BodyParts<Body> = Pick<
  HttpProtocol<Body>,
  'buildHead' | 'buildMessages' | 'buildTail' | 'messagesField'
>;

/**
 * Builds the bodies of requests. Everything but the messages is the same for all turns of an agent, and
 * often long: it is built and turned into JSON once.
 */
export class TurnBodies<Body> {
  readonly #protocol: BodyParts<Body>;
  readonly #heads = new WeakMap<readonly ToolSchema[], KnownHead>();

  constructor(protocol: BodyParts<Body>) {
    this.#protocol = protocol;
  }

  of(request: ModelRequest, profile: ModelProfile): TurnBody<Body> {
    const { buildMessages, buildTail, messagesField } = this.#protocol;
    const { fields, json, bytes } = this.#headOf(request, profile);
    const messages = buildMessages(request, profile);
    const tail = buildTail(request, profile);
    const rest = wellFormedJson(`${JSON.stringify(messages)}${fieldsAfter(tail)}}`);
    return {
      // Blocks and items that are sent back are typed by the server that made them.
      whole: () => ({ ...fields, [messagesField]: messages, ...tail }) as Body,
      json: bytes === undefined ? json + rest : { head: bytes, rest },
    };
  }

  #headOf(request: ModelRequest, profile: ModelProfile): KnownHead {
    const known = this.#heads.get(request.tools);
    if (known !== undefined && isSame(known, request, profile)) return known;
    const { buildHead, messagesField } = this.#protocol;
    const fields = buildHead(request, profile);
    const json = `${JSON.stringify(fields).slice(0, -1)},"${messagesField}":`;
    const bytes = json.length > longHead ? Buffer.from(json) : undefined;
    // Without the messages, which would otherwise be held for as long as the agent is.
    const head = { request: { ...request, messages: [] }, profile, fields, json, bytes };
    this.#heads.set(request.tools, head);
    return head;
  }
}

/** Fields as JSON that goes on with an object's. */
function fieldsAfter(tail: JsonObject): string {
  const json = JSON.stringify(tail).slice(1, -1);
  return json === '' ? '' : `,${json}`;
}

function isSame(known: KnownHead, request: ModelRequest, profile: ModelProfile): boolean {
  const { request: before } = known;
  return (
    before.system === request.system &&
    before.model === request.model &&
    before.maxOutputTokens === request.maxOutputTokens &&
    before.effort === request.effort &&
    before.prefix === request.prefix &&
    known.profile.info === profile.info &&
    isSameSet(known.profile.refused, profile.refused)
  );
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a === b || (a.size === b.size && [...a].every((name) => b.has(name)));
}
