// Messages of pages in every state: whether `validateUIMessages` takes them, and what `convertToModelMessages` makes of them.
import { convertToModelMessages, safeValidateUIMessages } from 'ai';
import { asData, makeTools } from '../script.mjs';

export async function play({ messages, tools, options }) {
  const toolSet = tools && makeTools(tools);
  const { success } = await safeValidateUIMessages({ messages: structuredClone(messages), tools: toolSet });
  if (!success) return { isValid: false };
  try {
    const converted = await convertToModelMessages(structuredClone(messages), { tools: toolSet, ...options });
    return asData({ isValid: true, converted });
  } catch {
    return { isValid: true, converted: 'error' };
  }
}
