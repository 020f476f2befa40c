import type { JsonObject } from '../shared/json.ts';
import type { DemoModelInfo } from './demoModels.ts';
import type { DemoRequest } from './demoRequest.ts';
import { fingerprint } from './fingerprint.ts';
import { parseResponsesRequest } from './openaiRequest.ts';
import type { Piece, TimedPiece } from './pacing.ts';
import type { Protocol, TimedEvent, WireEvent } from './protocol.ts';
import { outputTokens, type Reply, type ReplyBlock } from './reply.ts';
import type { FaultKind } from './requestFault.ts';

/** Seconds since 1970. Constant, so that equal requests get equal responses. */
const createdAt = Date.UTC(2026, 0, 1) / 1000;

/** The OpenAI Responses API. */
export const openaiProtocol: Protocol = {
  requestIdHeader: 'x-request-id',
  parse: parseResponsesRequest,
  stream: streamResponse,
  whole: finishedResponse,
  fault: (fault) => ({
    error: {
      message: fault.message,
      type: errorTypes[fault.kind],
      param: fault.kind === 'model_not_found' ? 'model' : fault.param,
      code: fault.code,
    },
  }),
  model: describeModel,
  modelList: (models) => ({ object: 'list', data: models.map(describeModel) }),
};

const errorTypes: { readonly [kind in FaultKind]: string } = {
  invalid_request: 'invalid_request_error',
  forbidden: 'invalid_request_error',
  not_found: 'invalid_request_error',
  model_not_found: 'invalid_request_error',
  method_not_allowed: 'invalid_request_error',
  too_large: 'invalid_request_error',
  internal: 'server_error',
};

function* streamResponse(
  request: DemoRequest,
  reply: Reply,
  pieces: readonly TimedPiece[],
): Iterable<TimedEvent> {
  let sequence = 0;
  for (const { waitMs, piece } of pieces) {
    for (const [index, event] of eventsOf(request, reply, piece).entries()) {
      const numbered = { ...event, sequence_number: sequence };
      sequence += 1;
      yield { waitMs: index === 0 ? waitMs : 0, event: numbered };
    }
  }
}

function eventsOf(request: DemoRequest, reply: Reply, piece: Piece): readonly WireEvent[] {
  switch (piece.kind) {
    case 'begin': {
      const response = responseObject(request, { status: 'in_progress' });
      return [
        { type: 'response.created', response },
        { type: 'response.in_progress', response },
      ];
    }
    case 'block_start':
      return startEvents(request, piece.index, piece.block);
    case 'delta':
      return [deltaEvent(request, piece)];
    case 'block_stop':
      return stopEvents(request, reply, piece.index, piece.block);
    case 'end': {
      const type = reply.truncated ? 'response.incomplete' : 'response.completed';
      return [{ type, response: finishedResponse(request, reply) }];
    }
  }
}

function startEvents(
  request: DemoRequest,
  output_index: number,
  block: ReplyBlock,
): readonly WireEvent[] {
  const item = outputItem(request, output_index, block, 'in_progress');
  const added = { type: 'response.output_item.added', output_index, item };
  if (block.kind === 'call') return [added];
  const part = textPart('');
  const place = { item_id: item.id, output_index, content_index: 0 };
  return [added, { type: 'response.content_part.added', ...place, part }];
}

function deltaEvent(
  request: DemoRequest,
  { index, block, text }: Extract<Piece, { kind: 'delta' }>,
): WireEvent {
  const place = { item_id: itemId(request, index, block), output_index: index, delta: text };
  if (block.kind === 'call') return { type: 'response.function_call_arguments.delta', ...place };
  return { type: 'response.output_text.delta', ...place, content_index: 0, logprobs: [] };
}

function stopEvents(
  request: DemoRequest,
  reply: Reply,
  output_index: number,
  block: ReplyBlock,
): readonly WireEvent[] {
  const item = outputItem(request, output_index, block, itemStatus(reply, output_index));
  const place = { item_id: item.id, output_index };
  const done = { type: 'response.output_item.done', output_index, item };
  if (block.kind === 'call') {
    const { json, name } = block;
    return [
      { type: 'response.function_call_arguments.done', ...place, name, arguments: json },
      done,
    ];
  }
  const { text } = block;
  return [
    { type: 'response.output_text.done', ...place, content_index: 0, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, content_index: 0, part: textPart(text) },
    done,
  ];
}

type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Only the last item of a truncated reply is incomplete. */
function itemStatus(reply: Reply, index: number): ItemStatus {
  return reply.truncated && index === reply.blocks.length - 1 ? 'incomplete' : 'completed';
}

function outputItem(
  request: DemoRequest,
  index: number,
  block: ReplyBlock,
  status: ItemStatus,
): JsonObject {
  const id = itemId(request, index, block);
  const isEmpty = status === 'in_progress';
  if (block.kind === 'text') {
    const content = isEmpty ? [] : [textPart(block.text)];
    return { id, type: 'message', role: 'assistant', status, content };
  }
  return {
    id,
    type: 'function_call',
    status,
    call_id: `call_demo_${fingerprint(request.fingerprint, String(index))}`,
    name: block.name,
    arguments: isEmpty ? '' : block.json,
  };
}

function itemId(request: DemoRequest, index: number, block: ReplyBlock): string {
  const prefix = block.kind === 'text' ? 'msg' : 'fc';
  return `${prefix}_demo_${fingerprint(request.fingerprint, prefix, String(index))}`;
}

function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function finishedResponse(request: DemoRequest, reply: Reply): JsonObject {
  const output = reply.blocks.map((block, index) =>
    outputItem(request, index, block, itemStatus(reply, index)),
  );
  return responseObject(request, {
    status: reply.truncated ? 'incomplete' : 'completed',
    completed_at: reply.truncated ? null : createdAt,
    incomplete_details: reply.truncated ? { reason: 'max_output_tokens' } : null,
    output,
    usage: usage(request, reply),
  });
}

/** A response object that echoes the request's settings, as the API does. */
function responseObject(request: DemoRequest, state: JsonObject): JsonObject {
  const { body } = request;
  return {
    id: `resp_demo_${request.fingerprint}`,
    object: 'response',
    created_at: createdAt,
    completed_at: null,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: null,
    metadata: body.metadata ?? {},
    model: request.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage: null,
    ...state,
  };
}

function usage(request: DemoRequest, reply: Reply): JsonObject {
  const output = outputTokens(reply);
  return {
    input_tokens: request.inputTokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: request.inputTokens + output,
  };
}

function describeModel(model: DemoModelInfo): JsonObject {
  return { id: model.id, object: 'model', created: createdAt, owned_by: 'interleave-demo' };
}
