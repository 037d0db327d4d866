import { useCompletion, useObject } from '@ai-sdk/react';
import { z } from 'zod';

const recipe = z.object({ name: z.string(), steps: z.array(z.string()) });

// The two small hooks.
export function Corner() {
  const { completion, complete } = useCompletion({ api: '/api/completion' });
  const { object, submit } = useObject({ api: '/api/object', schema: recipe });
  return (
    <>
      <button onClick={() => complete(window.wanted)}>Complete</button>
      <output name="completion">{completion}</output>
      <button onClick={() => submit(window.wanted)}>Cook</button>
      <output name="object">{object && JSON.stringify(object)}</output>
    </>
  );
}
