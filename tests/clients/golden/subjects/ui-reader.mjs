// Chunks in odd orders: what `readUIMessageStream` makes of them.
import { readUIMessageStream } from 'ai';

export async function play({ chunks, message, terminateOnError }) {
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of structuredClone(chunks)) controller.enqueue(chunk);
      controller.close();
    },
  });
  const snapshots = [];
  let errors = 0;
  try {
    const reader = readUIMessageStream({ stream, message, terminateOnError, onError: () => void errors++ });
    for await (const snapshot of reader) snapshots.push(JSON.stringify(snapshot));
  } catch {
    errors ||= 1;
  }
  return { snapshots: snapshots.length, last: JSON.parse(snapshots.at(-1) ?? 'null'), hasFailed: errors > 0 };
}
