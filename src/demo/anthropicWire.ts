import type { JsonObject } from '../shared/json.ts';
import { parseMessagesRequest } from './anthropicRequest.ts';
import type { DemoModelInfo } from './demoModels.ts';
import type { DemoRequest } from './demoRequest.ts';
import { fingerprint } from './fingerprint.ts';
import type { Piece, TimedPiece } from './pacing.ts';
import type { Protocol, TimedEvent, WireEvent } from './protocol.ts';
import { outputTokens, type Reply, type ReplyBlock } from './reply.ts';
import type { FaultKind, RequestFault } from './requestFault.ts';

/** The Anthropic Messages API. */
export const anthropicProtocol: Protocol = {
  requestIdHeader: 'request-id',
  parse: parseMessagesRequest,
  stream: streamMessage,
  whole: (request, reply) => ({
    ...messageHead(request),
    content: reply.blocks.map((block, index) => contentBlock(request, index, block, true)),
    ...stopFields(reply),
    usage: usage(request, outputTokens(reply)),
  }),
  fault: (fault, requestId) => ({
    type: 'error',
    error: { type: errorTypes[fault.kind], message: faultMessage(fault) },
    request_id: requestId,
  }),
  model: describeModel,
  modelList: (models) => ({
    data: models.map(describeModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
};

const errorTypes: { readonly [kind in FaultKind]: string } = {
  invalid_request: 'invalid_request_error',
  forbidden: 'permission_error',
  not_found: 'not_found_error',
  model_not_found: 'not_found_error',
  method_not_allowed: 'invalid_request_error',
  too_large: 'request_too_large',
  internal: 'api_error',
};

function* streamMessage(
  request: DemoRequest,
  reply: Reply,
  pieces: readonly TimedPiece[],
): Iterable<TimedEvent> {
  for (const { waitMs, piece } of pieces) {
    for (const [index, event] of eventsOf(request, reply, piece).entries()) {
      yield { waitMs: index === 0 ? waitMs : 0, event };
    }
  }
}

function eventsOf(request: DemoRequest, reply: Reply, piece: Piece): readonly WireEvent[] {
  switch (piece.kind) {
    case 'begin':
      return [{ type: 'message_start', message: messageHead(request) }, { type: 'ping' }];
    case 'block_start': {
      const { index, block } = piece;
      const content_block = contentBlock(request, index, block, false);
      return [{ type: 'content_block_start', index, content_block }];
    }
    case 'delta': {
      const { index, block, text } = piece;
      const delta =
        block.kind === 'text'
          ? { type: 'text_delta', text }
          : { type: 'input_json_delta', partial_json: text };
      return [{ type: 'content_block_delta', index, delta }];
    }
    case 'block_stop':
      return [{ type: 'content_block_stop', index: piece.index }];
    case 'end':
      return [messageDelta(request, reply), { type: 'message_stop' }];
  }
}

function messageHead(request: DemoRequest): JsonObject {
  return {
    id: `msg_demo_${request.fingerprint}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: usage(request, 1),
  };
}

function messageDelta(request: DemoRequest, reply: Reply): WireEvent {
  const { stop_reason, stop_sequence } = stopFields(reply);
  return {
    type: 'message_delta',
    delta: { stop_reason, stop_sequence, stop_details: null, container: null },
    usage: {
      input_tokens: request.inputTokens,
      output_tokens: outputTokens(reply),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens_details: { thinking_tokens: 0 },
      server_tool_use: null,
    },
  };
}

function stopFields(reply: Reply): JsonObject {
  const calls = reply.blocks.some((block) => block.kind === 'call');
  const stop_reason = reply.truncated ? 'max_tokens' : calls ? 'tool_use' : 'end_turn';
  return { stop_reason, stop_sequence: null };
}

/** A content block: empty at its start event, complete when `whole` is set. */
function contentBlock(
  request: DemoRequest,
  index: number,
  block: ReplyBlock,
  whole: boolean,
): JsonObject {
  if (block.kind === 'text') {
    return { type: 'text', text: whole ? block.text : '', citations: null };
  }
  return {
    type: 'tool_use',
    id: `toolu_demo_${fingerprint(request.fingerprint, String(index))}`,
    name: block.name,
    input: whole ? readWholeInput(block.json) : {},
    caller: { type: 'direct' },
  };
}

/** The input of a call that is not streamed. Truncated JSON cannot be an object. */
function readWholeInput(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

function usage(request: DemoRequest, output: number): JsonObject {
  return {
    input_tokens: request.inputTokens,
    output_tokens: output,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
    inference_geo: null,
  };
}

/** The API puts the name of a missing model before the explanation. */
function faultMessage(fault: RequestFault): string {
  return fault.kind === 'model_not_found' ? `model: ${fault.message}` : fault.message;
}

function describeModel(model: DemoModelInfo): JsonObject {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: '2026-01-01T00:00:00Z',
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: 1_000_000,
    max_tokens: 32_000,
  };
}
