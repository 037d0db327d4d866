// Every way a call fails, as the class that the AI SDK's gateway provider makes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GatewayAuthenticationError,
  GatewayInvalidRequestError,
  GatewayModelNotFoundError,
  GatewayNotFoundError,
  GatewayRateLimitError,
} from '@ai-sdk/gateway';
import { generateText, streamText } from 'ai';
import { aiGateway, clientKey, keyedUrl, simulator, skipUnlessServed } from './gateway.mjs';

const userMessage = text => ({ role: 'user', content: [{ type: 'text', text }] });

// The model itself rather than generateText, which replaces some of these errors by its own.
const generate = (gateway, id, options = {}) =>
  gateway.languageModel(id).doGenerate({ prompt: [userMessage('Say hello.')], ...options });

test('a model that no provider has', async () => {
  await assert.rejects(generate(aiGateway(), 'nobody/nothing'), error => {
    assert.ok(GatewayModelNotFoundError.isInstance(error), error.name);
    assert.equal(error.statusCode, 404);
    assert.equal(error.modelId, 'nobody/nothing');
    return true;
  });
});

test('a request that is no request', async () => {
  await assert.rejects(generate(aiGateway(), simulator, { prompt: 'not a list of messages' }), error => {
    assert.ok(GatewayInvalidRequestError.isInstance(error), `${error.name}: ${error.message}`);
    assert.equal(error.statusCode, 400);
    return true;
  });
});

test('a wrong key', async () => {
  await assert.rejects(generate(aiGateway(keyedUrl, 'wrong'), simulator), error => {
    assert.ok(GatewayAuthenticationError.isInstance(error), error.name);
    assert.equal(error.statusCode, 401);
    return true;
  });
});

test('the right key', async () => {
  const result = await generateText({ model: aiGateway(keyedUrl, clientKey)(simulator), prompt: 'Say hello.' });
  assert.ok(result.text.length > 0);
});

test('a generation that never was', async context => {
  if (!(await skipUnlessServed(context, 'GET', '/v1/generation'))) return;
  await assert.rejects(aiGateway().getGenerationInfo({ id: 'gen_01ARZ3NDEKTSV4RRFFQ69G5FAV' }), error => {
    assert.ok(GatewayNotFoundError.isInstance(error), `${error.name}: ${error.message}`);
    return true;
  });
});

test('a provider over its limit, with the time to wait', async () => {
  const providerOptions = { simulator: { failure: { status: 429, retryAfterMs: 20, message: 'slow down' } } };
  await assert.rejects(generate(aiGateway(), simulator, { providerOptions }), error => {
    assert.ok(GatewayRateLimitError.isInstance(error), `${error.name}: ${error.message}`);
    assert.equal(error.statusCode, 429);
    assert.match(error.message, /slow down/);
    assert.equal(error.cause.responseHeaders['retry-after-ms'], '20');
    return true;
  });
});

test('a provider that fails once is asked again by the gateway', async () => {
  const failure = { status: 503, retryAfterMs: 1, times: 1 };
  const result = await generateText({
    model: aiGateway()(simulator),
    prompt: 'Say hello to whoever asks twice.',
    providerOptions: { simulator: { failure } },
    maxRetries: 0,
  });
  assert.equal(result.text, 'Say hello to whoever asks twice.');
});

test('a stream that breaks half-way keeps what came and ends with an error', async () => {
  const result = streamText({
    model: aiGateway()(simulator),
    prompt: 'one two three four',
    providerOptions: { simulator: { failAfterChunks: 2 } },
    onError() {},
  });
  const parts = [];
  for await (const part of result.stream) parts.push(part);
  const text = parts.filter(part => part.type === 'text-delta').map(part => part.text);
  assert.equal(text.length, 2);
  assert.ok(parts.some(part => part.type === 'error'));
});
