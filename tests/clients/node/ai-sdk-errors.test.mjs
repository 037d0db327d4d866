// Every way a call fails, as the class that the AI SDK's gateway provider makes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GatewayAuthenticationError,
  GatewayInvalidRequestError,
  GatewayModelNotFoundError,
  GatewayNotFoundError,
} from '@ai-sdk/gateway';
import { generateText } from 'ai';
import { aiGateway, clientKey, keyedUrl, simulator } from './gateway.mjs';

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

test('a generation that never was', async () => {
  await assert.rejects(aiGateway().getGenerationInfo({ id: 'gen_01ARZ3NDEKTSV4RRFFQ69G5FAV' }), error => {
    assert.ok(GatewayNotFoundError.isInstance(error), `${error.name}: ${error.message}`);
    return true;
  });
});
