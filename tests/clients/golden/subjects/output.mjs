// Answers of a form: what the model is asked for, partial values and elements as they come, and what is read at the end.
import { generateText, jsonSchema, Output, streamText } from 'ai';
import { asData, errorWord, scripted } from '../script.mjs';

const fits = value => typeof value?.name === 'string' && (value.age === undefined || typeof value.age === 'number');
const person = schema =>
  jsonSchema(schema, {
    validate: value => (fits(value) ? { success: true, value } : { success: false, error: new Error('unfit') }),
  });

function makeOutput({ kind, schema, options, ...told }) {
  switch (kind) {
    case 'object':
      return Output.object({ schema: person(schema), ...told });
    case 'array':
      return Output.array({ element: person(schema), ...told });
    case 'choice':
      return Output.choice({ options, ...told });
    default:
      return Output[kind](told);
  }
}

async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: errorWord(error), cause: error.cause && errorWord(error.cause) };
  }
}

async function collected(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

export async function play({ output, pieces, finish = 'stop' }) {
  const parts = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
    ...pieces.map(delta => ({ type: 'text-delta', id: '1', delta })),
    { type: 'text-end', id: '1' },
    { type: 'finish', finishReason: { unified: finish }, usage: { inputTokens: {}, outputTokens: {} } },
  ];
  const script = scripted([parts, parts]);
  const request = { model: script.model, prompt: 'go', output: makeOutput(output), maxRetries: 0 };
  const whole = await outcome(generateText(request).then(result => result.output));
  const result = streamText({ ...request, onError() {} });
  const [partials, elements, last] = await Promise.all([
    collected(result.partialOutputStream),
    output.kind === 'array' ? collected(result.elementStream) : undefined,
    outcome(result.output),
  ]);
  return asData({ responseFormat: script.calls[0].responseFormat, whole, partials, elements, streamed: last });
}
