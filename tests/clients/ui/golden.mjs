// What the AI SDK makes of scripted model streams: the chunks that it sends a page, the messages that it keeps of them, and what
// it sends a model of those. Ours must make the same: crates/aqueduct/tests/it/ui_golden.
//
// usage: node golden.mjs SCENARIOS [GOLDEN]   prints the golden JSON, or compares it with a file
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { convertToModelMessages, dynamicTool, isStepCount, jsonSchema, readUIMessageStream, streamText, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

const { version } = createRequire(import.meta.url)('ai/package.json');

// A model that answers each call with the next step of a script.
function scripted(steps) {
  let next = 0;
  return new MockLanguageModelV4({
    doStream: async () => {
      const step = steps[next++];
      if (step === undefined) throw new Error('the script is over');
      if (!Array.isArray(step)) throw new Error(step.error);
      let position = 0;
      const stream = new ReadableStream({
        async pull(controller) {
          const part = step[position++];
          if (part === undefined) return controller.close();
          if (part.hang) return new Promise(() => {});
          controller.enqueue(part);
        },
      });
      return { stream };
    },
  });
}

async function run(action) {
  if (action.error !== undefined) throw new Error(action.error);
  return action.output;
}

function makeTool({ kind, title, metadata, needsApproval, execute, typed }, name) {
  const shared = { title, metadata, needsApproval };
  const inputSchema = typed ? z.object({ city: z.string() }) : jsonSchema({ type: 'object' });
  if (kind === 'provider') {
    const flags = { isProviderExecuted: true, supportsDeferredResults: true };
    return { type: 'provider', id: `test.${name}`, args: {}, ...flags, inputSchema, outputSchema: jsonSchema({}) };
  }
  if (execute?.preliminary) {
    shared.execute = async function* () {
      for (const item of execute.preliminary) yield item;
    };
  } else if (execute) {
    shared.execute = () => run(execute);
  }
  return kind === 'dynamic' ? dynamicTool({ ...shared, inputSchema }) : tool({ ...shared, inputSchema });
}

// Ours tells no page what a tool's error says, unless the program wants it.
function uiOptions({ metadata, messageId, errorText, ...options }) {
  options.redactToolErrors = true;
  if (metadata) options.messageMetadata = ({ part }) => metadata[part.type];
  if (messageId) options.generateMessageId = () => messageId;
  if (errorText) options.onError = () => errorText;
  return options;
}

// Ids that were made up, in the order in which they show.
function withPlainIds(value) {
  const known = new Map();
  const plain = id => {
    if (!known.has(id)) known.set(id, `generated-${known.size + 1}`);
    return known.get(id);
  };
  return JSON.parse(JSON.stringify(value), (_, item) => (/^id-\d+$/.test(item) ? plain(item) : item));
}

async function play({ name, steps, tools = {}, toolApproval, maxSteps = 1, messages, abort, options = {} }) {
  let ids = 0;
  let end;
  const controller = new AbortController();
  const result = streamText({
    model: scripted(steps),
    tools: Object.fromEntries(Object.entries(tools).map(([key, spec]) => [key, makeTool(spec, key)])),
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
  const toolSet = Object.fromEntries(Object.entries(tools).map(([key, spec]) => [key, makeTool(spec, key)]));
  const modelMessages = await convertToModelMessages(structuredClone(end.messages), {
    tools: toolSet,
    ignoreIncompleteToolCalls: true,
  });
  return withPlainIds({ name, chunks, end, last: snapshots.at(-1) ?? null, snapshots: snapshots.length, modelMessages });
}

const [scenariosFile, goldenFile] = process.argv.slice(2);
const scenarios = JSON.parse(readFileSync(scenariosFile, 'utf8'));
const lines = [];
for (const scenario of scenarios) lines.push(JSON.stringify(await play(scenario)));
const text = `{"ai":"${version}","scenarios":[\n${lines.join(',\n')}\n]}\n`;
if (goldenFile === undefined) process.stdout.write(text);
else if (readFileSync(goldenFile, 'utf8') === text) console.log(`# pass ${scenarios.length}`);
else {
  console.log('# fail 1');
  console.error(`${goldenFile} is not what ai ${version} makes of ${scenariosFile}: node golden.mjs SCENARIOS > GOLDEN`);
  process.exitCode = 1;
}
