// Models of other kinds than language: how calls are split and their answers put together; similarity; and how models are found.
import {
  cosineSimilarity, createProviderRegistry, customProvider, embed, embedMany, generateImage, generateSpeech, rerank, transcribe,
} from 'ai';
import { MockEmbeddingModelV4, MockImageModelV4, MockRerankingModelV4, MockSpeechModelV4, MockTranscriptionModelV4 } from 'ai/test';
import { asData, errorWord, scripted } from '../script.mjs';

// Answers in their order; dates are text in JSON.
function answering(answers) {
  let next = 0;
  const calls = [];
  const answer = async ({ abortSignal, headers, ...options }) => {
    const { 'user-agent': _, ...own } = headers ?? {};
    if (Object.keys(options.providerOptions ?? {}).length === 0) delete options.providerOptions;
    calls.push(Object.keys(own).length > 0 ? { ...options, headers: own } : options);
    const said = structuredClone(answers[next++]);
    if (said?.error) throw new Error(said.error);
    if (said?.response?.timestamp) said.response.timestamp = new Date(said.response.timestamp);
    return said;
  };
  return { calls, answer };
}

const file = ({ mediaType, base64 }) => ({ mediaType, base64 });
// A sum of what was not said is no number.
const known = usage => (Number.isNaN(usage.tokens) ? {} : usage);
const named = { provider: 'mock', modelId: 'mock' };

const VERBS = {
  embed: async (answer, { value, ...rest }) => {
    const model = new MockEmbeddingModelV4({ ...named, doEmbed: answer });
    const { embedding, usage, warnings, providerMetadata, response } = await embed({ model, value, maxRetries: 0, ...rest });
    return { embedding, usage: known(usage), warnings, providerMetadata, response };
  },
  embedMany: async (answer, { max, parallel, ...rest }) => {
    const model = new MockEmbeddingModelV4({ ...named, maxEmbeddingsPerCall: max ?? null, supportsParallelCalls: parallel ?? false, doEmbed: answer });
    const { embeddings, usage, warnings, providerMetadata, responses } = await embedMany({ model, maxRetries: 0, ...rest });
    return { embeddings, usage: known(usage), warnings, providerMetadata, responses };
  },
  rerank: async (answer, options) => {
    const model = new MockRerankingModelV4({ ...named, doRerank: answer });
    const { ranking, rerankedDocuments, providerMetadata, response } = await rerank({ model, maxRetries: 0, ...options });
    return { ranking, rerankedDocuments, providerMetadata, response };
  },
  image: async (answer, { max, ...options }) => {
    const model = new MockImageModelV4({ ...named, maxImagesPerCall: max, doGenerate: answer });
    const { images, warnings, providerMetadata, usage, responses } = await generateImage({ model, maxRetries: 0, ...options });
    return { images: images.map(file), warnings, providerMetadata, usage, responses };
  },
  speech: async (answer, options) => {
    const model = new MockSpeechModelV4({ ...named, doGenerate: answer });
    const { audio, warnings, providerMetadata, responses } = await generateSpeech({ model, maxRetries: 0, ...options });
    return { audio: file(audio), warnings, providerMetadata, responses };
  },
  transcribe: async (answer, { audio, ...options }) => {
    const model = new MockTranscriptionModelV4({ ...named, doGenerate: answer });
    const said = await transcribe({ model, audio: Buffer.from(audio, 'base64'), maxRetries: 0, ...options });
    const { text, segments, language, durationInSeconds, warnings, providerMetadata, responses } = said;
    return { text, segments, language, durationInSeconds, warnings, providerMetadata, responses };
  },
};

const similarity = ({ a, b }) => {
  try {
    return cosineSimilarity(a, b);
  } catch {
    return null;
  }
};

// A registry of providers with these models, and what names find there.
function lookups({ providers, separator, names }) {
  const { make } = scripted([]);
  const models = names => Object.fromEntries(Object.entries(names).map(([name, id]) => [name, make(id)]));
  const custom = ({ models: own, fallback }) =>
    customProvider({ languageModels: models(own), fallbackProvider: fallback && custom(fallback) });
  const registry = createProviderRegistry(
    Object.fromEntries(Object.entries(providers).map(([id, provider]) => [id, custom(provider)])),
    { separator },
  );
  return names.map(name => {
    try {
      return registry.languageModel(name).modelId;
    } catch (error) {
      return errorWord(error);
    }
  });
}

export async function play({ verb, answers = [], ...options }) {
  delete options.name;
  if (verb === 'similarity') return { similarity: similarity(options) };
  if (verb === 'lookups') return { found: lookups(options) };
  const { calls, answer } = answering(answers);
  try {
    const said = await VERBS[verb](answer, options);
    if (Object.keys(said.providerMetadata ?? {}).length === 0) delete said.providerMetadata;
    return asData({ answer: said, calls });
  } catch (error) {
    return asData({ answer: errorWord(error), calls });
  }
}
