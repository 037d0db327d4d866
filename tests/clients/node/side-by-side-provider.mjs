// Loaded before a program: model names resolve at the gateway under test, as they do at the AI SDK's hosted one otherwise.
import { aiGateway } from './gateway.mjs';

globalThis.AI_SDK_DEFAULT_PROVIDER = aiGateway();
