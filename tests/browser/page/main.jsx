import { createRoot } from 'react-dom/client';
import { Chat } from './chat.jsx';
import { Corner } from './corner.jsx';

// The address says which chat is shown, and how: ?chat=ID&api=PATH&resume
const query = new URLSearchParams(location.search);
const id = query.get('chat') ?? 'chat';
const api = query.get('api') ?? '/api/chat';
const resume = query.has('resume');

// A server that stores chats has the messages before a page that was closed; others have none.
const stored = resume ? await fetch(`/api/chat/${id}`).then(answer => answer.json()) : [];

createRoot(document.getElementById('page')).render(
  <>
    <Chat id={id} api={api} resume={resume} stored={stored} />
    {query.has('corner') && <Corner />}
  </>,
);
