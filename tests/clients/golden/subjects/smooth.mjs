// Text at an even pace: where `smoothStream` cuts.
import { smoothStream, streamText } from 'ai';
import { scripted } from '../script.mjs';

const CHUNKING = {
  word: 'word',
  line: 'line',
  underscore: /_/,
  character: buffer => [...buffer][0] ?? null,
  never: () => null,
  empty: () => '',
  foreign: () => 'no such text',
};

export async function play({ chunking, parts }) {
  const finish = { type: 'finish', finishReason: { unified: 'stop' }, usage: { inputTokens: {}, outputTokens: {} } };
  const result = streamText({
    model: scripted([[{ type: 'stream-start', warnings: [] }, ...parts, finish]]).model,
    prompt: 'go',
    experimental_transform: smoothStream({ delayInMs: null, chunking: CHUNKING[chunking] }),
    maxRetries: 0,
    onError() {},
  });
  const shown = [];
  try {
    for await (const { type, id, text = null, providerMetadata } of result.stream) {
      if (/^(text|reasoning)-/.test(type)) shown.push([type, id, text, ...(providerMetadata ? [providerMetadata] : [])]);
    }
  } catch {
    shown.push(['error']);
  }
  return { shown };
}
