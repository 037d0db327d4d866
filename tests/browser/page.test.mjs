// A page with unmodified `@ai-sdk/react`, in a real browser, against servers of ours: what a person sees of an answer, and what
// went over the wire for it. The servers stand at AQUEDUCT_TEST_PAGE_SERVER and AQUEDUCT_TEST_CHAT_SERVER (the example); the
// model's answers are scripts of the simulator.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Chat, launch } from './chat.mjs';

const server = process.env.AQUEDUCT_TEST_PAGE_SERVER;
const example = process.env.AQUEDUCT_TEST_CHAT_SERVER;
const PICTURES = path.resolve(import.meta.dirname, '../../.cache/browser');
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const TEXT = 'article[data-role=assistant] .text';

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

// A test of a chat of its own.
function chatTest(name, options, run) {
  test(name, { timeout: 120_000 }, async () => {
    const query = { chat: name.replaceAll(' ', '-'), ...options.query };
    const chat = await Chat.open(browser, options.server ?? server, query);
    try {
      await run(chat, query.chat);
    } finally {
      // What a test that failed has left would take the next one's leave to go on.
      await fetch(`${server}/api/chat/${query.chat}/stop`, { method: 'POST' });
      await chat.close();
    }
  });
}

// What only the server knows.
const goOn = () => fetch(`${server}/api/test/go`, { method: 'POST' });
// How many calls of the model were given up on, once there are so many.
async function cancelled(wanted = 0) {
  const answer = await fetch(`${server}/api/test/cancelled/${wanted}`, { signal: AbortSignal.timeout(30_000) });
  return answer.json();
}
const types = chunks => chunks.map(chunk => chunk.type);
const toolOf = message => message.parts.find(part => part.type.startsWith('tool-'));

chatTest('text is seen while it is written', {}, async (chat, id) => {
  await chat.body({ script: { text: 'One ⏸two.' } });
  await chat.say('Count.');
  await chat.sees(TEXT, 'One');
  await chat.sees('output[name=status]', 'streaming');
  await goOn();
  await chat.sees(TEXT, 'One two.');
  await chat.isReady();

  const [body] = chat.sent();
  const user = { id: await chat.id('user'), role: 'user', parts: [{ type: 'text', text: 'Count.' }] };
  assert.deepEqual(body, { id, messages: [user], trigger: 'submit-message', script: { text: 'One ⏸two.' } });
  const [{ response }] = chat.posts();
  assert.equal(response.headers()['x-vercel-ai-ui-message-stream'], 'v1');
  const [start, ...chunks] = await chat.chunks();
  assert.equal(start.messageId, await chat.id('assistant'));
  assert.deepEqual(new Set(types(chunks)), new Set(['start-step', 'text-start', 'text-delta', 'text-end', 'finish-step', 'finish']));
});

chatTest('a tool runs on the server', {}, async chat => {
  await chat.body({ script: { toolCalls: [{ toolName: 'weather', input: { city: 'Rome' } }] } });
  await chat.say('What is the weather in Rome?');
  await chat.sees('.tool', 'weather({"city":"Rome"}): output-available = {"city":"Rome","sky":"clear"}');
  await chat.isReady();
  assert.equal(chat.posts().length, 1);
});

async function asksForLeave(chat) {
  await chat.body({ script: { toolCalls: [{ toolName: 'remove', input: { path: 'a.txt' } }] } });
  await chat.say('Remove a.txt.');
  await chat.sees('.tool', 'remove({"path":"a.txt"}): approval-requested Approve Deny');
  await chat.isReady();
  return chat.id('assistant');
}

chatTest('a tool runs when it is approved', {}, async chat => {
  const message = await asksForLeave(chat);
  await chat.click('Approve');
  await chat.sees('.tool', 'remove({"path":"a.txt"}): output-available = {"removed":"a.txt"}');
  await chat.isReady();

  const [, body] = chat.sent();
  assert.equal(body.messageId, message);
  const { state, approval } = toolOf(body.messages.at(-1));
  assert.equal(state, 'approval-responded');
  assert.equal(approval.approved, true);
  assert.ok(approval.signature, 'the question came back as it was signed');
  const chunks = await chat.chunks();
  assert.equal(chunks[0].messageId, message);
  assert.ok(types(chunks).includes('tool-output-available'));
  assert.equal(await chat.id('assistant'), message, 'the answer goes on in its message');
});

chatTest('a tool does not run when it is denied', {}, async chat => {
  await asksForLeave(chat);
  await chat.click('Deny');
  await chat.sees('.tool', 'remove({"path":"a.txt"}): output-denied');
  await chat.isReady();

  const [, body] = chat.sent();
  const { approval } = toolOf(body.messages.at(-1));
  assert.deepEqual([approval.approved, approval.reason], [false, 'not today']);
  const chunks = await chat.chunks();
  assert.ok(types(chunks).includes('tool-output-denied') && !types(chunks).includes('tool-output-available'));
});

chatTest('leave that was forged is refused', {}, async chat => {
  await asksForLeave(chat);
  // Somebody in the middle makes another call of it.
  await chat.page.route('**/api/chat', route => {
    route.continue({ postData: route.request().postData().replaceAll('a.txt', 'b.txt') });
  });
  await chat.click('Approve');
  await chat.sees('[role=alert]', 'An error occurred. Retry');
  await chat.sees('.tool', 'remove({"path":"a.txt"}): approval-responded');
  assert.ok(!(await chat.answer()).includes('tool-output'));
});

chatTest('the page answers a tool of its own', {}, async chat => {
  await chat.body({ script: { toolCalls: [{ toolName: 'theme', input: { dark: true } }] } });
  await chat.say('Make it dark.');
  await chat.sees('.tool', 'theme({"dark":true}): input-available Apply');
  await chat.isReady();
  await chat.click('Apply');
  await chat.sees('.tool', 'theme({"dark":true}): output-available = {"applied":true}');
  await chat.page.locator(TEXT, { hasText: '"applied":true' }).waitFor();
  await chat.isReady();
  const [, body] = chat.sent();
  assert.deepEqual(toolOf(body.messages.at(-1)).output, { applied: true });
  await chat.id('assistant');
});

chatTest('reasoning is shown', {}, async chat => {
  await chat.body({ script: { reasoning: 'Hm, let me see.', text: 'Yes.' } });
  await chat.say('Is it?');
  await chat.sees('.reasoning', 'Hm, let me see.');
  await chat.sees(TEXT, 'Yes.');
});

chatTest('files go both ways', {}, async chat => {
  const file = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: DOT } };
  const text = { type: 'text-delta', id: '1', delta: 'A dot.' };
  const script = { parts: [file, { type: 'text-start', id: '1' }, text, { type: 'text-end', id: '1' }] };
  await chat.body({ script });
  const dot = { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(DOT, 'base64') };
  await chat.say('Draw one like this.', { files: dot });
  await chat.sees(TEXT, 'A dot.');
  const url = `data:image/png;base64,${DOT}`;
  for (const role of ['user', 'assistant']) {
    const image = chat.page.locator(`article[data-role=${role}] img`);
    assert.equal(await image.getAttribute('src'), url);
    assert.equal(await image.evaluate(image => image.decode().then(() => image.naturalWidth)), 1, 'a picture is seen');
  }
  const [part] = chat.sent()[0].messages[0].parts;
  assert.deepEqual(part, { type: 'file', mediaType: 'image/png', filename: 'dot.png', url });
  // Without a script the model says what it was given.
  await chat.body({});
  await chat.click('Again');
  await chat.page.locator(TEXT, { hasText: '[file: image/png, 70 bytes]' }).waitFor();
});

chatTest('sources are shown', {}, async chat => {
  const page = { type: 'source', sourceType: 'url', id: 's1', url: 'https://example.com/a', title: 'Aqueducts' };
  const book = { type: 'source', sourceType: 'document', id: 's2', mediaType: 'application/pdf', title: 'De aquaeductu' };
  await chat.body({ script: { parts: [page, book] } });
  await chat.say('Where from?');
  await chat.sees('.source', 'Aqueducts', 'De aquaeductu');
  assert.equal(await chat.page.getByRole('link', { name: 'Aqueducts' }).getAttribute('href'), page.url);
});

chatTest('data is shown and replaced, and data of the moment is not kept', { query: { api: '/api/fleeting' } }, async chat => {
  const data = [
    { type: 'data-status', id: 's', data: 'asking' },
    { type: 'data-status', id: 's', data: 'answering' },
    { type: 'data-hint', data: 'soon', transient: true },
  ];
  await chat.body({ data, script: { text: 'Done.' } });
  await chat.say('Do it.');
  await chat.sees(TEXT, 'Done.');
  await chat.sees('.data', 'data-status: "answering"');
  await chat.sees('aside', 'data-hint: "soon"');
  await chat.isReady();
  await chat.id('assistant');
  assert.equal((await chat.chunks()).filter(chunk => chunk.type.startsWith('data-')).length, 3);
  await chat.say('Again.');
  await chat.isReady();
  const kept = chat.sent()[1].messages[1].parts.filter(part => part.type.startsWith('data-'));
  assert.deepEqual(kept, [{ type: 'data-status', id: 's', data: 'answering' }]);
});

chatTest('an error is told without its text, and can be tried again', {}, async chat => {
  const failure = { status: 400, message: 'the secret host is down', times: 1 };
  await chat.body({ script: { failure, text: 'Here it is.' } });
  await chat.say('Give it to me.');
  await chat.sees('[role=alert]', 'An error occurred. Retry');
  await chat.sees('output[name=status]', 'error');
  const answer = await chat.answer();
  assert.ok(answer.includes('"type":"error"') && !answer.includes('secret'), answer);
  await chat.click('Retry');
  await chat.sees(TEXT, 'Here it is.');
  await chat.sees('[role=alert]');
  await chat.isReady();
  assert.equal(chat.sent()[1].trigger, 'regenerate-message');
});

chatTest('what is wrong with a request is told', {}, async chat => {
  await chat.page.route('**/api/chat', route => {
    route.continue({ postData: route.request().postData().replace('"type":"text"', '"type":"hologram"') });
  });
  await chat.say('Look at this.');
  await chat.sees('[role=alert]', 'messages[0].parts[0]: a part of an unknown kind Retry');
  assert.equal(chat.posts()[0].response.status(), 400);
});

chatTest('a page that leaves cancels an answer that nobody keeps', { query: { api: '/api/fleeting' } }, async chat => {
  await chat.body({ script: { text: 'One ⏸two.' } });
  await chat.say('Count.');
  await chat.sees(TEXT, 'One');
  const before = await cancelled();
  await chat.click('Leave');
  assert.equal(await cancelled(before + 1), before + 1);
  await chat.isReady();
  await chat.sees(TEXT, 'One');
});

chatTest('an answer that is kept is stopped by its server', {}, async (chat, id) => {
  await chat.body({ script: { text: 'One ⏸two.' } });
  await chat.say('Count.');
  await chat.sees(TEXT, 'One');
  const message = await chat.id('assistant');
  const before = await cancelled();
  await chat.click('Stop');
  assert.equal(await cancelled(before + 1), before + 1);
  await chat.isReady();
  // Whoever comes back finds what there was, and nothing under way.
  await chat.page.goto(`${server}/?chat=${id}&resume`);
  await chat.sees(TEXT, 'One');
  assert.equal(await chat.id('assistant'), message);
});

chatTest('a page that is reloaded has its answer once and whole', { query: { resume: '' } }, async (chat, id) => {
  await chat.body({ script: { reasoning: 'Numbers.', text: 'One ⏸two.' } });
  await chat.say('Count.');
  await chat.sees(TEXT, 'One');
  const message = await chat.id('assistant');
  const before = await cancelled();
  await chat.page.reload();
  await chat.sees(TEXT, 'One');
  await chat.sees('output[name=status]', 'streaming');
  await goOn();
  await chat.sees(TEXT, 'One two.');
  await chat.isReady();
  await chat.sees('.reasoning', 'Numbers.');
  await chat.sees('article[data-role=user] .text', 'Count.');
  assert.equal(await chat.id('assistant'), message);
  const stream = `/api/chat/${id}/stream`;
  const resumed = chat.exchanges.filter(({ pathname }) => pathname === stream).map(({ response }) => response.status());
  assert.deepEqual(resumed, [204, 200], 'nothing before, a stream after');
  assert.equal(await cancelled(), before, 'a page that leaves gives up on nothing');
  // What is over is not resumed.
  await chat.page.reload();
  await chat.sees(TEXT, 'One two.');
});

chatTest('messages have ids that stay, and notes', {}, async chat => {
  await chat.body({ script: { text: 'Yes.' } });
  await chat.say('Is it?');
  await chat.sees(TEXT, 'Yes.');
  await chat.isReady();
  await chat.sees('footer', '{"model":"echo","tokens":3}');
  const [user, first] = [await chat.id('user'), await chat.id('assistant')];
  await chat.body({ script: { text: 'No.' } });
  await chat.click('Again');
  await chat.sees(TEXT, 'No.');
  await chat.isReady();

  assert.equal(await chat.id('user'), user);
  const second = await chat.id('assistant');
  assert.notEqual(second, first, 'another answer is another message');
  const [, body] = chat.sent();
  assert.deepEqual([body.trigger, body.messages.map(message => message.id)], ['regenerate-message', [user]]);
  const [start] = await chat.chunks();
  assert.equal(start.messageId, second);
  assert.deepEqual(start.messageMetadata, { model: 'echo' });
});

chatTest('completions and objects are seen while they are written', { query: { corner: '' } }, async chat => {
  const ask = async (script, button) => {
    await chat.page.evaluate(prompt => void (window.wanted = prompt), `Please. [[simulator ${JSON.stringify(script)}]]`);
    await chat.click(button);
  };
  await ask({ text: 'One ⏸two.' }, 'Complete');
  await chat.sees('output[name=completion]', 'One');
  await goOn();
  await chat.sees('output[name=completion]', 'One two.');
  await ask({ text: '{"name":"Bread","steps":["knead", ⏸"bake"]}' }, 'Cook');
  await chat.sees('output[name=object]', '{"name":"Bread","steps":["knead"]}');
  await goOn();
  await chat.sees('output[name=object]', '{"name":"Bread","steps":["knead","bake"]}');
  assert.ok(chat.sent()[0].prompt.startsWith('Please.'));
  assert.equal(typeof chat.sent()[1], 'string', 'the body is the input');
});

chatTest('the example serves a page', { server: example }, async (chat, id) => {
  await chat.say('Remove what is not needed.');
  await chat.sees('.tool', 'remove({}): approval-requested Approve Deny');
  await chat.isReady();
  await chat.click('Approve');
  await chat.sees('.tool', 'remove({}): output-available = "removed"');
  await chat.page.locator(TEXT, { hasText: 'removed' }).waitFor();
  await chat.isReady();
  await chat.id('assistant');
  for (const [method, what] of [['GET', 'stream'], ['POST', 'stop']]) {
    const { status } = await fetch(`${example}/api/chat/${id}/${what}`, { method });
    assert.equal(status, what === 'stream' ? 204 : 404, 'nothing is under way');
  }
});

// For a person to look at; nothing is compared with it.
chatTest('a picture is taken', {}, async chat => {
  const parts = [
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'They want water. An aqueduct will do.' },
    { type: 'reasoning-end', id: 'r' },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: 'An aqueduct falls a hand on a thousand paces.' },
    { type: 'text-end', id: 't' },
    { type: 'source', sourceType: 'url', id: 's', url: 'https://example.com/a', title: 'De aquaeductu' },
  ];
  await chat.body({ script: { parts } });
  await chat.say('How do I bring water to a city?');
  await chat.sees('.source', 'De aquaeductu');
  await chat.isReady();
  await chat.body({ script: { toolCalls: [{ toolName: 'remove', input: { path: 'old-map.txt' } }] } });
  await chat.say('Then I need the old map no more.');
  await chat.page.getByRole('button', { name: 'Approve' }).waitFor();
  mkdirSync(PICTURES, { recursive: true });
  await chat.page.screenshot({ path: path.join(PICTURES, 'page.png'), fullPage: true });
});
