// Middleware over scripted answers: whole, and streamed with a cut at every place.
import {
  addToolInputExamplesMiddleware, defaultSettingsMiddleware, extractJsonMiddleware, extractReasoningMiddleware, simulateStreamingMiddleware,
  wrapLanguageModel,
} from 'ai';
import { asData, folded, scripted } from '../script.mjs';

const MIDDLEWARE = {
  reasoning: extractReasoningMiddleware,
  json: () => extractJsonMiddleware(),
  defaults: settings => defaultSettingsMiddleware({ settings }),
  examples: addToolInputExamplesMiddleware,
  simulate: () => simulateStreamingMiddleware(),
};

const FINISH = { type: 'finish', finishReason: { unified: 'stop' }, usage: { inputTokens: {}, outputTokens: {} } };
const inPieces = pieces => [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
  ...pieces.map(delta => ({ type: 'text-delta', id: '1', delta })),
  { type: 'text-end', id: '1' },
  FINISH,
];

async function parts(model, options) {
  const all = [];
  for await (const part of (await model.doStream(options)).stream) all.push(part);
  return all;
}

// Blocks, without those of nothing.
const content = parts => folded(parts).content.map(({ type, text }) => [type, text]);

export async function play({ middleware: [kind, settings], text, parts: given, call = {} }) {
  const options = { prompt: [], ...call };
  const run = async (method, script) => {
    const { model, calls } = scripted([script]);
    const wrapped = wrapLanguageModel({ model, middleware: MIDDLEWARE[kind](settings) });
    const outcome = method === 'whole' ? (await wrapped.doGenerate(options)).content : await parts(wrapped, options);
    return { outcome, calls };
  };
  if (text === undefined) {
    const { outcome, calls } = await run('streamed', given ?? inPieces(['x']));
    return asData({ parts: outcome, calls });
  }
  const whole = (await run('whole', inPieces([text]))).outcome.map(({ type, text: words }) => [type, words]);
  const characters = [...text];
  const cuts = characters.map((_, at) => [characters.slice(0, at).join(''), characters.slice(at).join('')]);
  // What comes of cuts is told where it differs from what came of the cut before.
  const streamed = [];
  for (const [at, pieces] of [...cuts, characters].entries()) {
    const said = content((await run('streamed', inPieces(pieces.filter(piece => piece !== '')))).outcome);
    if (JSON.stringify(said) !== JSON.stringify(streamed.at(-1)?.said)) streamed.push({ at, said });
  }
  return { whole, streamed };
}
