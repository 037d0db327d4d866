// The AI SDK against the gateway: an app that changed nothing but its base URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Output, cosineSimilarity, embed, embedMany, generateText, rerank, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { aiGateway, chatModels, embeddingModels, simulator, skipUnlessServed, toolModels } from './gateway.mjs';

const gateway = aiGateway();

const weather = executed =>
  tool({
    description: 'Get the weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async input => {
      executed.push(input);
      return { celsius: 21 };
    },
  });

for (const id of chatModels) {
  test(`${id}: generateText answers with text, a reason to stop and usage`, async () => {
    const result = await generateText({ model: gateway(id), prompt: 'Say hello.' });
    assert.ok(result.text.length > 0);
    assert.equal(result.finishReason, 'stop');
    assert.ok(result.usage.inputTokens > 0);
    assert.ok(result.usage.outputTokens > 0);
    assert.match(result.providerMetadata.gateway.generationId, /^gen_/);
  });

  test(`${id}: streamText gives the text in pieces and the same sum`, async () => {
    const result = streamText({ model: gateway(id), prompt: 'Say hello.' });
    const pieces = [];
    for await (const piece of result.textStream) pieces.push(piece);
    assert.ok(pieces.length > 1, `one piece only: ${pieces}`);
    assert.equal(pieces.join(''), await result.text);
    assert.equal(await result.finishReason, 'stop');
    assert.ok((await result.usage).outputTokens > 0);
  });

  test(`${id}: an object comes back in the shape asked for`, async () => {
    const schema = z.object({ name: z.string(), tags: z.array(z.enum(['a', 'b'])).max(2), old: z.boolean() });
    const result = await generateText({ model: gateway(id), prompt: 'Describe a cat.', output: Output.object({ schema }) });
    assert.ok(schema.parse(result.output));
  });

  test(`${id}: an aborted stream ends`, async () => {
    const controller = new AbortController();
    const result = streamText({
      model: gateway(id),
      prompt: 'Say hello, then go on.',
      providerOptions: { simulator: { chunkDelayMs: 100 } },
      abortSignal: controller.signal,
      onError() {},
    });
    const types = [];
    for await (const part of result.stream) {
      types.push(part.type);
      if (part.type === 'text-delta') controller.abort();
    }
    assert.equal(types.at(-1), 'abort');
    assert.ok(!types.includes('finish'));
  });
}

for (const id of toolModels) {
  test(`${id}: a tool is called, runs here, and its result leads to an answer`, async () => {
    const executed = [];
    const result = await generateText({
      model: gateway(id),
      prompt: 'What is the weather in Paris?',
      tools: { weather: weather(executed) },
      stopWhen: stepCountIs(3),
    });
    assert.equal(executed.length, 1);
    assert.equal(typeof executed[0].city, 'string');
    assert.equal(result.steps[0].finishReason, 'tool-calls');
    assert.ok(result.text.length > 0);
  });

  test(`${id}: a streamed tool call carries the same input as the finished one`, async () => {
    const executed = [];
    const result = streamText({
      model: gateway(id),
      prompt: 'What is the weather in Paris?',
      tools: { weather: weather(executed) },
    });
    const text = {};
    const calls = [];
    for await (const part of result.stream) {
      if (part.type === 'tool-input-delta') text[part.id] = (text[part.id] ?? '') + part.delta;
      if (part.type === 'tool-call') calls.push(part);
    }
    assert.equal(calls.length, 1);
    assert.deepEqual(JSON.parse(text[calls[0].toolCallId]), calls[0].input);
    assert.deepEqual(executed, [calls[0].input]);
  });
}

for (const id of embeddingModels) {
  test(`${id}: embedMany keeps order and meaning`, async () => {
    const values = ['a cat on a mat', 'a cat on a rug', 'tax law'];
    const { embeddings, usage } = await embedMany({ model: gateway.embeddingModel(id), values });
    assert.equal(embeddings.length, 3);
    assert.ok(cosineSimilarity(embeddings[0], embeddings[1]) > cosineSimilarity(embeddings[0], embeddings[2]));
    assert.ok(usage.tokens > 0);
    const one = await embed({ model: gateway.embeddingModel(id), value: values[2] });
    assert.ok(cosineSimilarity(one.embedding, embeddings[2]) > 0.999);
  });
}

test('reasoning comes beside the text', async () => {
  const result = await generateText({ model: gateway('simulator/reasoning'), prompt: 'Say hello.' });
  assert.ok(result.reasoningText.length > 0);
  assert.ok(result.text.includes('Say hello.'));
});

test('usage, finish reason and provider metadata are the upstream answer\'s', async () => {
  const script = { text: 'It was', finishReason: 'length', metadata: { mark: 7 } };
  const result = await generateText({
    model: gateway(simulator),
    prompt: 'Say hello.',
    providerOptions: { simulator: script },
  });
  assert.equal(result.text, 'It was');
  assert.equal(result.finishReason, 'length');
  assert.equal(result.providerMetadata.simulator.mark, 7);
});

test('rerank puts the document that answers first', async () => {
  const result = await rerank({
    model: gateway.rerankingModel('simulator/reranking'),
    documents: ['tax law', 'a cat on a mat', 'a file to read'],
    query: 'cat mat',
    topN: 2,
  });
  assert.equal(result.ranking.length, 2);
  assert.equal(result.ranking[0].originalIndex, 1);
  assert.ok(result.ranking[0].score >= result.ranking[1].score);
});

test('getAvailableModels lists what the gateway serves', async () => {
  const { models } = await gateway.getAvailableModels();
  const found = models.find(model => model.id === simulator);
  assert.ok(found, `${simulator} is not among ${models.map(model => model.id)}`);
  assert.equal(found.modelType, 'language');
  assert.equal(found.specification.specificationVersion, 'v4');
});

test('getGenerationInfo knows a generation that just ended', async context => {
  if (!(await skipUnlessServed(context, 'GET', '/v1/generation'))) return;
  const result = await generateText({ model: gateway(simulator), prompt: 'Say hello.' });
  const info = await gateway.getGenerationInfo({ id: result.providerMetadata.gateway.generationId });
  assert.equal(info.promptTokens, result.usage.inputTokens);
  assert.equal(info.completionTokens, result.usage.outputTokens);
  assert.equal(info.streamed, false);
});
