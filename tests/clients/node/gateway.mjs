// What the tests need to know of the gateways under test; ../run starts them and sets the environment.
import OpenAI from 'openai';
import { createGateway } from '@ai-sdk/gateway';

const required = name => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start these tests with tests/clients/run`);
  return value;
};

/** A gateway that asks for no key. */
export const openUrl = required('AQUEDUCT_URL');
/** A gateway that knows one key. */
export const keyedUrl = required('AQUEDUCT_KEYED_URL');
export const clientKey = required('AQUEDUCT_CLIENT_KEY');

/** Models by what they are asked for: the built-in simulator's, and those of a llama.cpp server where there is one. */
export const chatModels = required('AQUEDUCT_CHAT_MODELS').split(' ');
export const toolModels = required('AQUEDUCT_TOOL_MODELS').split(' ');
export const embeddingModels = required('AQUEDUCT_EMBEDDING_MODELS').split(' ');
export const simulator = 'simulator/echo';

/** The AI SDK's gateway provider. The SDK refuses to call without a key, so an open gateway gets one it ignores. */
export const aiGateway = (url = openUrl, apiKey = 'unused') => createGateway({ baseURL: `${url}/v4/ai`, apiKey });

export const openai = (url = openUrl, apiKey = 'unused') =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

/** Skips a test of a surface that this gateway does not have. */
export async function skipUnlessServed(context, method, path) {
  const response = await fetch(openUrl + path, { method });
  const { error } = await response.json();
  const unknown = response.status === 404 && error?.code === 'unknown_url';
  if (unknown) context.skip(`the gateway has no ${method} ${path}`);
  return !unknown;
}
