// What `generateText` and `streamText` make of scripted answers, and what the model was asked.
import assert from 'node:assert/strict';
import { generateText, hasToolCall, isLoopFinished, isStepCount, streamText } from 'ai';
import { asData, errorWord, makeTools, scripted, withPlainIds } from '../script.mjs';

export const borrowed = ['ui'];

const flatUsage = ({ inputTokens, inputTokenDetails: input, outputTokens, outputTokenDetails: output, totalTokens, raw }) => [
  [inputTokens, input.noCacheTokens, input.cacheReadTokens, input.cacheWriteTokens].map(count => count ?? null),
  [outputTokens, output.textTokens, output.reasoningTokens].map(count => count ?? null),
  totalTokens ?? null,
  ...(raw === undefined ? [] : [raw]),
];

// Messages of errors that ours says in its own words.
const OWN_WORDS = /^(?:AI_\w+: )?(model tried to call unavailable tool|invalid input for tool|error repairing tool call)/i;
const plainText = text => {
  const [, words] = OWN_WORDS.exec(text) ?? [];
  // Other languages have no class of errors to name.
  return words ? `(${words.toLowerCase()})` : text.replace(/^Error: /, '');
};

function plain(value) {
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

const errorOf = error => (error instanceof Error ? errorWord(error) : error);

// A part of content or of a stream; a false flag is one that is not there.
function partOf(part) {
  const { file, toolCall, error, usage, totalUsage, performance, response, request, warnings, ...rest } = part;
  for (const key of ['invalid', 'preliminary', 'providerExecuted', 'dynamic', 'isAutomatic']) {
    if (rest[key] === false) delete rest[key];
  }
  if (file) Object.assign(rest, { mediaType: file.mediaType, data: file.base64 });
  if (toolCall) rest.toolCallId = toolCall.toolCallId;
  if (/^tool-(result|error)$/.test(rest.type)) rest.input ??= null;
  if (rest.type === 'tool-result') rest.output ??= null;
  if (error !== undefined) rest.error = errorOf(error);
  if (usage) rest.usage = flatUsage(usage);
  if (totalUsage) rest.usage = flatUsage(totalUsage);
  if (warnings?.length > 0) rest.warnings = warnings;
  if (response) rest.response = responseOf(response);
  return rest;
}

// What a provider said of its answer, unless it said nothing.
function responseOf({ id, timestamp, modelId, headers, body }) {
  const isMadeUp = /^id-/.test(id) && asData(timestamp) === 'now' && !headers && !body;
  return isMadeUp && modelId === 'mock' ? undefined : { id, timestamp, modelId, headers, body };
}

// An account that has nothing to tell is left out.
function told(fields) {
  const isEmpty = value => value === undefined || value === 0 || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

// Data and texts of messages in the form that a model is given them in.
function spelledOut(messages) {
  const part = item => {
    const isData = /^(file|reasoning-file)$/.test(item.type) && typeof item.data === 'string';
    return isData ? { ...item, data: { type: 'data', data: item.data } } : item;
  };
  const parts = content => (typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(part));
  return messages?.map(message => ({ ...message, content: parts(message.content) }));
}

function stepOf(step) {
  return told({
    model: step.model.modelId,
    content: step.content.map(partOf),
    finishReason: step.finishReason,
    rawFinishReason: step.rawFinishReason,
    usage: flatUsage(step.usage),
    warnings: step.warnings ?? [],
    requestBody: step.request.body,
    requestMessages: spelledOut(step.request.messages),
    response: responseOf(step.response),
    messages: spelledOut(step.response.messages),
    providerMetadata: step.providerMetadata,
  });
}

// The messages that arose before the first step; those of the steps follow.
function initialMessages({ steps, responseMessages }) {
  const ofSteps = steps.flatMap(step => step.response.messages);
  const initial = responseMessages.slice(0, responseMessages.length - ofSteps.length);
  assert.deepEqual(responseMessages, [...initial, ...ofSteps]);
  return spelledOut(initial);
}

function resultOf(result) {
  const steps = result.steps.map(stepOf);
  return told({
    text: result.text,
    reasoningText: result.reasoningText,
    reasoning: result.reasoning.length,
    files: result.files.length,
    sources: result.sources.length,
    toolCalls: result.toolCalls.map(call => call.toolCallId),
    dynamicToolCalls: result.dynamicToolCalls.map(call => call.toolCallId),
    toolResults: result.toolResults.map(outcome => outcome.toolCallId),
    content: result.content.map(part => part.type).join(' '),
    finishReason: result.finishReason,
    rawFinishReason: result.rawFinishReason,
    usage: flatUsage(result.usage),
    warnings: result.warnings ?? [],
    providerMetadata: result.providerMetadata,
    initialMessages: initialMessages(result),
    steps,
  });
}

function callOf({ abortSignal, headers, includeRawChunks, ...options }) {
  // Names of headers have no case.
  const own = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  delete own['user-agent'];
  const call = { ...options };
  if (Object.keys(own).length > 0) call.headers = own;
  if (includeRawChunks) call.includeRawChunks = true;
  // Without tools nothing is said of them here.
  if (call.tools === undefined && call.toolChoice?.type === 'auto') delete call.toolChoice;
  return call;
}

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// What a call has in common with the one before is not said again.
function newsOf(call, before) {
  if (before === undefined) return call;
  const news = { ...call };
  for (const [key, value] of Object.entries(call)) if (key !== 'prompt' && isSame(value, before[key])) news[key] = '=';
  const old = before.prompt.length;
  if (isSame(call.prompt.slice(0, old), before.prompt)) news.prompt = ['=', ...call.prompt.slice(old)];
  return news;
}

const CONDITIONS = {
  steps: isStepCount,
  toolCall: hasToolCall,
  finished: () => isLoopFinished(),
  text: wanted => ({ steps }) => steps.at(-1).text.includes(wanted),
};

function options(scenario, script) {
  const { steps, tools, messages, prompt, maxSteps = 1, stopWhen, prepareStep, repair, refine, ...rest } = scenario;
  delete rest.name;
  delete rest.options;
  delete rest.abort;
  delete rest.only;
  delete rest.supportedUrls;
  const given = { ...rest };
  if (messages) given.messages = messages;
  else given.prompt = prompt ?? 'go';
  given.model = script.model;
  given.tools = tools && makeTools(tools);
  given.maxRetries ??= 0;
  given.stopWhen = stopWhen
    ? stopWhen.map(condition => Object.entries(condition).map(([name, value]) => CONDITIONS[name](value))[0])
    : isStepCount(maxSteps);
  if (prepareStep) {
    given.prepareStep = ({ stepNumber }) => {
      const changes = prepareStep[stepNumber];
      if (changes?.error) throw new Error(changes.error);
      return changes?.model ? { ...changes, model: script.make(changes.model) } : changes;
    };
  }
  if (repair) {
    given.repairToolCall = async ({ toolCall }) => {
      if (repair.error) throw new Error(repair.error);
      return repair.call ? { ...toolCall, ...repair.call } : null;
    };
  }
  if (refine) {
    given.experimental_refineToolInput = Object.fromEntries(
      Object.entries(refine).map(([name, extra]) => [name, input => ({ ...input, ...extra })]),
    );
  }
  let ids = 0;
  given._internal = { generateId: () => `id-${++ids}`, generateCallId: () => 'call' };
  given.telemetry = { isEnabled: false };
  return given;
}

const finished = (outcome, { calls }) => {
  const data = withPlainIds(asData({ ...outcome, calls: calls.map(callOf) }));
  data.calls = data.calls.map((call, position) => newsOf(call, data.calls[position - 1]));
  return plain(data);
};

async function whole(scenario) {
  const script = scripted(scenario.steps, scenario.supportedUrls);
  try {
    return finished(resultOf(await generateText(options(scenario, script))), script);
  } catch (error) {
    return finished({ error: errorWord(error) }, script);
  }
}

async function inParts(scenario) {
  const script = scripted(scenario.steps, scenario.supportedUrls);
  const controller = new AbortController();
  const parts = [];
  const result = streamText({ ...options(scenario, script), abortSignal: controller.signal, onError() {} });
  const { abort } = scenario;
  for await (const part of result.stream) {
    parts.push(partOf(part));
    if (parts.length === abort?.after) controller.abort(abort.reason);
  }
  const fields = [
    'text', 'reasoningText', 'reasoning', 'files', 'sources', 'toolCalls', 'dynamicToolCalls', 'toolResults', 'content',
    'finishReason', 'rawFinishReason', 'usage', 'warnings', 'responseMessages', 'steps',
  ];
  const outcomes = await Promise.allSettled(fields.map(field => result[field]));
  const broken = outcomes.find(outcome => outcome.status === 'rejected');
  if (broken) return finished({ parts, error: errorWord(broken.reason) }, script);
  const values = Object.fromEntries(fields.map((field, position) => [field, outcomes[position].value]));
  values.providerMetadata = (await result.finalStep).providerMetadata;
  return finished({ parts, ...resultOf(values) }, script);
}

// Whole answers have no way to break in the middle.
const isWhole = ({ steps, abort, only }) =>
  only !== 'stream' && !abort && !steps.some(step => (step.parts ?? step)?.some?.(part => part.hang || part.type === 'error'));

// Of the streamed result what differs from the whole one.
export async function play(scenario) {
  const streamed = scenario.only === 'whole' ? undefined : await inParts(scenario);
  if (!isWhole(scenario)) return { streamed };
  const answer = await whole(scenario);
  if (streamed === undefined) return { whole: answer };
  for (const [key, value] of Object.entries(streamed)) {
    if (isSame(value, answer[key])) delete streamed[key];
  }
  return { whole: answer, streamed };
}
