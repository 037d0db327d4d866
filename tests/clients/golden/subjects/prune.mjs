// Conversations made shorter by `pruneMessages`. The first scenario has the messages of all; the others say how many of them.
import { pruneMessages } from 'ai';

let conversation;

export function play({ messages, count, options }) {
  conversation = messages ?? conversation;
  return { messages: pruneMessages({ messages: conversation.slice(0, count), ...options }) };
}
