// OpenAI's client for Node against the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { chatModels, clientKey, embeddingModels, keyedUrl, openai, simulator, skipUnlessServed, toolModels } from './gateway.mjs';

const client = openai();
const hello = [{ role: 'user', content: 'Say hello.' }];
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Get the weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
};

for (const model of chatModels) {
  test(`${model}: a chat completion`, async () => {
    const completion = await client.chat.completions.create({ model, messages: hello });
    const [choice] = completion.choices;
    assert.equal(choice.message.role, 'assistant');
    assert.ok(choice.message.content.length > 0);
    assert.equal(choice.finish_reason, 'stop');
    assert.equal(completion.object, 'chat.completion');
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
    assert.ok(prompt_tokens > 0 && completion_tokens > 0);
    assert.equal(total_tokens, prompt_tokens + completion_tokens);
  });

  test(`${model}: a streamed completion ends with a usage chunk when asked`, async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.flatMap(chunk => chunk.choices).map(choice => choice.delta.content ?? '');
    assert.ok(text.filter(Boolean).length > 1, 'the text came in one piece');
    assert.ok(chunks.some(chunk => chunk.choices[0]?.finish_reason === 'stop'));
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.ok(chunks.at(-1).usage.completion_tokens > 0);
    assert.equal(new Set(chunks.map(chunk => chunk.id)).size, 1, 'the chunks differ in their id');
  });
}

for (const model of toolModels) {
  test(`${model}: a tool call and its result`, async () => {
    const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
    const first = await client.chat.completions.create({ model, messages, tools: [weather] });
    const [choice] = first.choices;
    assert.equal(choice.finish_reason, 'tool_calls');
    const [call] = choice.message.tool_calls;
    assert.equal(call.function.name, 'weather');
    assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
    messages.push(choice.message, { role: 'tool', tool_call_id: call.id, content: '{"celsius":21}' });
    const second = await client.chat.completions.create({ model, messages, tools: [weather] });
    assert.ok(second.choices[0].message.content.length > 0);
  });

  test(`${model}: a streamed tool call`, async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [weather],
    });
    const message = await stream.finalMessage();
    assert.equal(message.tool_calls.length, 1);
    assert.equal(message.tool_calls[0].function.name, 'weather');
    assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).city, 'string');
  });
}

for (const model of embeddingModels) {
  test(`${model}: embeddings, which this client asks for in base64`, async () => {
    const input = ['a cat on a mat', 'tax law'];
    const { data, usage } = await client.embeddings.create({ model, input });
    assert.deepEqual(data.map(entry => entry.index), [0, 1]);
    assert.ok(usage.total_tokens > 0);
    const plain = await client.embeddings.create({ model, input, encoding_format: 'float' });
    assert.equal(data[0].embedding.length, plain.data[0].embedding.length);
    const apart = data[1].embedding.map((value, index) => Math.abs(value - plain.data[1].embedding[index]));
    assert.ok(Math.max(...apart) < 1e-6, 'the two encodings differ');
  });
}

test('models', async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes(simulator), `${simulator} is not among ${ids}`);
});

test('an answer in the Responses interface', async context => {
  if (!(await skipUnlessServed(context, 'POST', '/v1/responses'))) return;
  const response = await client.responses.create({ model: simulator, input: 'Say hello.' });
  assert.equal(response.status, 'completed');
  assert.ok(response.output_text.length > 0);
});

test('a model that no provider has', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'nobody/nothing', messages: hello }), error => {
    assert.ok(error instanceof OpenAI.NotFoundError, error.constructor.name);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
});

test('a request that is no request', async () => {
  const bad = { model: simulator, messages: 'not a list' };
  await assert.rejects(client.chat.completions.create(bad), error => {
    assert.ok(error instanceof OpenAI.BadRequestError, error.constructor.name);
    assert.equal(error.type, 'invalid_request_error');
    return true;
  });
});

test('a wrong key, and the right one', async () => {
  const call = key => openai(keyedUrl, key).chat.completions.create({ model: simulator, messages: hello });
  await assert.rejects(call('wrong'), error => error instanceof OpenAI.AuthenticationError);
  assert.ok((await call(clientKey)).choices[0].message.content.length > 0);
});

test('a provider over its limit', async () => {
  const content = 'Hello! [[simulator {"failure": {"status": 429, "retryAfterMs": 20}}]]';
  const call = client.chat.completions.create({ model: simulator, messages: [{ role: 'user', content }] });
  await assert.rejects(call, error => {
    assert.ok(error instanceof OpenAI.RateLimitError, error.constructor.name);
    assert.equal(error.headers.get('retry-after-ms'), '20');
    return true;
  });
});

test('a stream that breaks half-way ends with an error', async () => {
  const content = 'one two three four [[simulator {"failAfterChunks": 2}]]';
  const stream = await client.chat.completions.create({
    model: simulator,
    messages: [{ role: 'user', content }],
    stream: true,
  });
  const pieces = [];
  const read = async () => {
    for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content);
  };
  await assert.rejects(read, error => error instanceof OpenAI.APIError);
  assert.equal(pieces.filter(Boolean).length, 2);
});
