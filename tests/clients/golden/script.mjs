// What subjects share: models and tools that do as a script says, and results made plain.
import { APICallError } from '@ai-sdk/provider';
import { dynamicTool, jsonSchema, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';

// A model's failure: a text, or what a provider answered.
function failure({ error, status, retryable, retryAfterMs }) {
  if (status === undefined) return new Error(error);
  const responseHeaders = retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) };
  const told = { url: 'https://model.test', requestBodyValues: {}, responseHeaders };
  return new APICallError({ message: error, statusCode: status, isRetryable: retryable, ...told });
}

function streamed(parts) {
  let position = 0;
  return new ReadableStream({
    async pull(controller) {
      const part = parts[position++];
      if (part === undefined) return controller.close();
      if (part.hang) return new Promise(() => {});
      controller.enqueue(part);
    },
  });
}

// A streamed answer as a whole one.
export function folded(parts) {
  const answer = { content: [], warnings: [] };
  const open = new Map();
  const grow = (type, { id, delta = '', providerMetadata }) => {
    const key = `${type} ${id}`;
    if (!open.has(key)) {
      open.set(key, { type, text: '' });
      answer.content.push(open.get(key));
    }
    const block = open.get(key);
    block.text += delta;
    if (providerMetadata) block.providerMetadata = { ...block.providerMetadata, ...providerMetadata };
  };
  for (const part of parts) {
    const [, type, step] = /^(text|reasoning)-(start|delta|end)$/.exec(part.type) ?? [];
    if (type) {
      grow(type, part);
      if (step === 'end') open.delete(`${type} ${part.id}`);
    } else if (part.type === 'stream-start') answer.warnings.push(...part.warnings);
    else if (part.type === 'response-metadata') {
      const { type: _, timestamp, ...response } = part;
      answer.response = { ...answer.response, ...response };
      if (timestamp) answer.response.timestamp = new Date(timestamp);
    } else if (part.type === 'finish') {
      const { type: _, ...finish } = part;
      Object.assign(answer, finish);
    } else if (!/^(raw$|tool-input-)/.test(part.type)) answer.content.push(part);
  }
  return answer;
}

// Dates are text in JSON.
const revived = parts =>
  parts.map(part => (part.timestamp ? { ...part, timestamp: new Date(part.timestamp) } : part));

// Models that answer each call with the next step of a script, whichever of them is called.
export function scripted(steps, supportedUrls = {}) {
  let next = 0;
  const calls = [];
  const take = (options, modelId) => {
    calls.push(modelId === 'mock' ? options : { ...options, modelId });
    const step = steps[next++];
    if (step === undefined) throw new Error('the script is over');
    if (!Array.isArray(step) && !step.parts && !step.answer) throw failure(step);
    const parts = Array.isArray(step) ? step : step.parts;
    return { parts, answer: step.answer, around: { response: step.response, request: step.request } };
  };
  const make = modelId =>
    new MockLanguageModelV4({
      provider: 'mock',
      modelId,
      supportedUrls: Object.fromEntries(
        Object.entries(supportedUrls).map(([type, patterns]) => [type, patterns.map(pattern => new RegExp(pattern))]),
      ),
      doGenerate: async options => {
        const { parts, answer, around } = take(options, modelId);
        const whole = answer ?? folded(parts);
        const response = around.response || whole.response ? { ...around.response, ...whole.response } : undefined;
        return { ...whole, request: around.request, response };
      },
      doStream: async options => {
        const { parts, around } = take(options, modelId);
        return { stream: streamed(revived(parts)), ...around };
      },
    });
  return { calls, make, model: make('mock') };
}

async function run(action, input) {
  if (action.error !== undefined) throw new Error(action.error);
  return action.echo ? input : action.output;
}

// An object with a city.
const PLACE = jsonSchema(
  { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  {
    validate: value =>
      typeof value?.city === 'string' ? { success: true, value } : { success: false, error: new Error('no city') },
  },
);

function makeTool(spec, name) {
  const { kind, title, metadata, needsApproval, execute, typed, description, strict, modelOutput } = spec;
  const shared = { title, metadata, needsApproval, description, strict };
  if (spec.providerOptions) shared.providerOptions = spec.providerOptions;
  if (spec.inputExamples) shared.inputExamples = spec.inputExamples;
  if (modelOutput) shared.toModelOutput = () => modelOutput;
  const inputSchema = typed ? PLACE : jsonSchema(spec.inputSchema ?? { type: 'object' });
  if (kind === 'provider') {
    const flags = { isProviderExecuted: true, supportsDeferredResults: !spec.immediate };
    const schemas = { inputSchema: jsonSchema({ type: 'object' }), outputSchema: jsonSchema({}) };
    const own = modelOutput ? { toModelOutput: () => modelOutput } : {};
    return { type: 'provider', id: `test.${name}`, args: spec.args ?? {}, ...flags, ...schemas, ...own };
  }
  if (execute?.preliminary) {
    shared.execute = async function* () {
      for (const item of execute.preliminary) {
        if (item?.error) throw new Error(item.error);
        yield item;
      }
    };
  } else if (execute) {
    shared.execute = input => run(execute, input);
  }
  return kind === 'dynamic' ? dynamicTool({ ...shared, inputSchema }) : tool({ ...shared, inputSchema });
}

export const makeTools = (tools = {}) =>
  Object.fromEntries(Object.entries(tools).map(([name, spec]) => [name, makeTool(spec, name)]));

// Ids that were made up, in the order in which they show; each key of the outermost object counts for itself.
export function withPlainIds(value) {
  const plain = (item, known) => {
    if (typeof item === 'string' && /^id-\d+$/.test(item)) {
      if (!known.has(item)) known.set(item, `generated-${known.size + 1}`);
      return known.get(item);
    }
    if (Array.isArray(item)) return item.map(inner => plain(inner, known));
    if (item === null || typeof item !== 'object') return item;
    const keys = Object.keys(item).sort();
    const plained = new Map(keys.map(key => [key, plain(item[key], known)]));
    return Object.fromEntries(Object.keys(item).map(key => [key, plained.get(key)]));
  };
  const entries = Object.entries(JSON.parse(JSON.stringify(value)));
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, new Map())]));
}

// What an error is, in one word for both languages.
export function errorWord(error) {
  const name = error?.name ?? typeof error;
  if (name === 'AI_RetryError') return `retry ${error.reason} of ${error.errors.map(errorWord).join(', ')}`;
  if (name === 'AI_APICallError') return `status ${error.statusCode}`;
  // One without a name of its own is told by what it says.
  return /^(Error|AI_StreamProviderError)$/.test(name) ? error.message : name.replace(/^AI_/, '');
}

// JSON without anything that is neither data nor said by a script: bytes become base64, errors become words.
export function asData(value) {
  if (value instanceof Error) return { error: errorWord(value), message: value.message };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return Date.now() - value < 86_400_000 ? 'now' : value.toISOString();
  if (value instanceof URL) return value.toString();
  if (Array.isArray(value)) return value.map(asData);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && typeof field !== 'function');
  return Object.fromEntries(fields.map(([key, field]) => [key, asData(field)]));
}
