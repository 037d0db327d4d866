import { getToolName, isDataUIPart, isToolUIPart } from 'ai';

// A part of a message as a person sees it.
export function Part({ part, answer, give }) {
  if (isToolUIPart(part)) return <Tool part={part} answer={answer} give={give} />;
  if (isDataUIPart(part)) return <p className="data">{`${part.type}: ${JSON.stringify(part.data)}`}</p>;
  switch (part.type) {
    case 'text':
      return <p className="text">{part.text}</p>;
    case 'reasoning':
      return <p className="reasoning">{part.text}</p>;
    case 'file':
      return part.mediaType.startsWith('image/') ? (
        <img src={part.url} alt={part.filename ?? part.mediaType} />
      ) : (
        <a href={part.url}>{part.filename ?? part.mediaType}</a>
      );
    case 'source-url':
      return <a className="source" href={part.url}>{part.title ?? part.url}</a>;
    case 'source-document':
      return <p className="source">{part.title}</p>;
    default:
      return null;
  }
}

function Tool({ part, answer, give }) {
  const name = getToolName(part);
  return (
    <div className="tool" data-state={part.state}>
      {name}({JSON.stringify(part.input)}): {part.state}
      {part.state === 'approval-requested' && (
        <>
          {' '}
          <button onClick={() => answer({ id: part.approval.id, approved: true })}>Approve</button>{' '}
          <button onClick={() => answer({ id: part.approval.id, approved: false, reason: 'not today' })}>Deny</button>
        </>
      )}
      {part.state === 'input-available' && name === 'theme' && (
        <>
          {' '}
          <button onClick={() => give({ tool: name, toolCallId: part.toolCallId, output: { applied: part.input.dark } })}>
            Apply
          </button>
        </>
      )}
      {part.state === 'output-available' && <> = {JSON.stringify(part.output)}</>}
      {part.state === 'output-error' && <> {part.errorText}</>}
    </div>
  );
}
