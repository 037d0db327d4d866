import { useChat } from '@ai-sdk/react';
import {
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  lastAssistantMessageIsCompleteWithToolCalls,
} from 'ai';
import { useState } from 'react';
import { Part } from './part.jsx';

export function Chat({ id, api, resume, stored }) {
  const [passing, setPassing] = useState(null);
  const chat = useChat({
    id,
    resume,
    messages: stored,
    // What the test wants the model to answer goes with every request, also with those that are sent by themselves.
    transport: new DefaultChatTransport({ api, body: () => window.requestBody ?? {} }),
    sendAutomaticallyWhen: options =>
      lastAssistantMessageIsCompleteWithApprovalResponses(options) || lastAssistantMessageIsCompleteWithToolCalls(options),
    onData: part => setPassing(part),
  });
  const { messages, status, error, sendMessage, regenerate, stop, addToolOutput, addToolApprovalResponse } = chat;

  const send = event => {
    event.preventDefault();
    const { text, files } = event.target.elements;
    sendMessage({ text: text.value, files: files.files.length > 0 ? files.files : undefined });
    event.target.reset();
  };
  // `stop` leaves the stream. A stream that outlives its readers is stopped by its server.
  const stopForGood = () => {
    if (api === '/api/chat') fetch(`${api}/${encodeURIComponent(id)}/stop`, { method: 'POST' });
    stop();
  };

  return (
    <>
      {messages.map(message => (
        <article key={message.id} data-role={message.role} data-id={message.id}>
          {message.parts.map((part, index) => (
            <Part key={index} part={part} answer={addToolApprovalResponse} give={addToolOutput} />
          ))}
          {message.metadata && <footer>{JSON.stringify(message.metadata)}</footer>}
        </article>
      ))}
      {passing && <aside>{`${passing.type}: ${JSON.stringify(passing.data)}`}</aside>}
      {error && (
        <p className="error" role="alert">
          {error.message} <button onClick={() => regenerate()}>Retry</button>
        </p>
      )}
      <form onSubmit={send}>
        <input name="text" aria-label="Message" placeholder="Say something" />
        <input name="files" type="file" aria-label="Files" multiple />
        <button type="submit">Send</button>
      </form>
      <small>
        <output name="status">{status}</output>{' '}
        <button onClick={stop}>Leave</button> <button onClick={stopForGood}>Stop</button>{' '}
        <button onClick={() => regenerate()}>Again</button>
      </small>
    </>
  );
}
