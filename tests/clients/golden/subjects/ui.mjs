// The chunks that the AI SDK sends a page of scripted streams, the messages that it keeps of them, and what it sends a model of
// those.
import { convertToModelMessages, isStepCount, readUIMessageStream, streamText } from 'ai';
import { makeTools, scripted, withPlainIds } from '../script.mjs';

// Ours tells no page what a tool's error says, unless the program wants it.
function uiOptions({ metadata, messageId, errorText, ...options }) {
  options.redactToolErrors = true;
  if (metadata) options.messageMetadata = ({ part }) => metadata[part.type];
  if (messageId) options.generateMessageId = () => messageId;
  if (errorText) options.onError = () => errorText;
  return options;
}

export async function play({ steps, tools, toolApproval, maxSteps = 1, messages, abort, options = {} }) {
  let ids = 0;
  let end;
  const controller = new AbortController();
  const result = streamText({
    model: scripted(steps).model,
    tools: makeTools(tools),
    ...(messages ? { messages } : { prompt: 'go' }),
    stopWhen: isStepCount(maxSteps),
    toolApproval,
    maxRetries: 0,
    abortSignal: controller.signal,
    onError() {},
    _internal: { generateId: () => `id-${++ids}` },
  });
  const stream = result.toUIMessageStream({ ...uiOptions(options), onEnd: event => void (end = event) });
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    if (chunks.length === abort?.after) controller.abort(abort.reason);
  }
  const snapshots = [];
  const source = new ReadableStream({
    start(source) {
      for (const chunk of structuredClone(chunks)) source.enqueue(chunk);
      source.close();
    },
  });
  for await (const message of readUIMessageStream({ stream: source })) snapshots.push(message);
  const modelMessages = await convertToModelMessages(structuredClone(end.messages), {
    tools: makeTools(tools),
    ignoreIncompleteToolCalls: true,
  });
  return withPlainIds({ chunks, end, last: snapshots.at(-1) ?? null, snapshots: snapshots.length, modelMessages });
}
