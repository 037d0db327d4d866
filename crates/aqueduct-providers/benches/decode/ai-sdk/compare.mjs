// Times the AI SDK's decoders and Aqueduct's in turns, on the same bytes in the same chunks, and prints a table.
//
// usage: node compare.mjs BENCH [--allocations FILE] [--rounds N] [NAME...]
//   BENCH   the built bench `decode`; it is told what to do over its standard input
//   FILE    what the bench `decode_allocations` printed, for two more columns
//   NAME    only streams whose names contain one of these
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';

const [bench, ...rest] = process.argv.slice(2);
const names = [];
let rounds = 15;
let allocations = {};
for (let at = 0; at < rest.length; at++) {
  if (rest[at] === '--rounds') rounds = Number(rest[++at]);
  else if (rest[at] === '--allocations') allocations = readAllocations(rest[++at]);
  else names.push(rest[at]);
}

/** A round of either side takes this long, so that a round in which something else ran stands out by its median. */
const ROUND_MS = 80;
/** The optimizing compiler of V8 has long done its work after so many milliseconds. */
const WARM_UP_MS = 1500;

// === Aqueduct ===

const child = spawn(bench, ['--serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
async function tell(...words) {
  child.stdin.write(words.join(' ') + '\n');
  const { value, done } = await lines.next();
  if (done) throw new Error('the bench has ended');
  return JSON.parse(value);
}

// === The AI SDK ===

const models = {
  'openai-compatible': (settings) =>
    createOpenAICompatible({ ...settings, name: 'example' }).chatModel('grok-3-mini'),
  'openai.chat': (settings) => createOpenAI(settings).chat('gpt-4.1-nano'),
  'openai.responses': (settings) => createOpenAI(settings).responses('gpt-5.2'),
  anthropic: (settings) => createAnthropic(settings).languageModel('claude-sonnet-4-5'),
  google: (settings) => createGoogle(settings).languageModel('gemini-3-pro-preview'),
};

/** A model whose answer lies in memory. */
function subject(stream, chunking) {
  const encoder = new TextEncoder();
  const chunks = stream.chunks[chunking].map((chunk) => encoder.encode(chunk));
  const fetch = async () => {
    let next = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (next < chunks.length) controller.enqueue(chunks[next++]);
        else controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  const baseURL = 'https://api.example.com/v1';
  return models[stream.wire]({ apiKey: 'key', baseURL, fetch });
}

async function run(model, options, seen) {
  const { stream } = await model.doStream(options);
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    seen?.push(value);
  }
}

async function nanoseconds(model, options, times) {
  const begin = process.hrtime.bigint();
  for (let count = 0; count < times; count++) await run(model, options);
  return Number(process.hrtime.bigint() - begin);
}

// === Both ===

/**
 * What two readers of a stream must agree on: kinds and texts. Ids that each makes up by itself are left out; so are parts
 * that only say what came over the wire, of which newer versions of the AI SDK have more, and where a text is cut in two.
 */
function essence(parts) {
  const out = [];
  for (const { type, delta, toolName, input, finishReason } of parts) {
    if (type === 'custom' || type === 'raw') continue;
    if (delta !== undefined && out.at(-1)?.type === type) out.at(-1).delta += delta;
    else out.push({ type, delta, toolName, input, finishReason: finishReason?.unified });
  }
  return out.map((part) => JSON.stringify(part));
}

async function checkAgreement(stream, chunking) {
  const theirs = [];
  await run(subject(stream, chunking), stream.options, theirs);
  const ours = await tell('parts', stream.name, chunking);
  const [want, have] = [essence(theirs), essence(ours)];
  const at = want.findIndex((part, index) => part !== have[index]);
  if (at < 0 && want.length === have.length) return;
  throw new Error(`${stream.name}: of ${want.length} and ${have.length} parts number ${at} differs:
    ${want[at]}
    ${have[at]}`);
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

async function measure(stream, chunking) {
  await checkAgreement(stream, chunking);
  const model = subject(stream, chunking);
  const theirs = (times) => nanoseconds(model, stream.options, times);
  const ours = (times) => tell('run', stream.name, chunking, times);
  const times = [];
  for (const side of [theirs, ours]) {
    const end = performance.now() + WARM_UP_MS;
    let last = await side(1);
    while (performance.now() < end) last = await side(1);
    times.push(Math.max(1, Math.round((ROUND_MS * 1e6) / last)));
  }
  const results = [[], []];
  for (let round = 0; round < rounds; round++) {
    results[0].push((await theirs(times[0])) / times[0] / stream.events);
    results[1].push((await ours(times[1])) / times[1] / stream.events);
  }
  return results.map(median);
}

/** Lines of a name and two numbers, under a line of titles. */
function readAllocations(file) {
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => line.split(/\s+/));
  return Object.fromEntries(rows.map(([name, bytes, times]) => [name, { bytes, times }]));
}

const CHUNKINGS = { event: 'an event', block: '4 KiB' };
const streams = (await tell('streams')).filter(
  ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
);
console.log('| stream | chunk | AI SDK, ns per event | Aqueduct, ns per event | ratio | bytes allocated per event | allocations per event |');
console.log('|---|---|--:|--:|--:|--:|--:|');
const ratios = [];
for (const stream of streams) {
  for (const [chunking, title] of Object.entries(CHUNKINGS)) {
    const [theirs, ours] = await measure(stream, chunking);
    ratios.push(theirs / ours);
    const spent = chunking === 'event' ? allocations[stream.name] : undefined;
    const cells = [stream.name, title, theirs.toFixed(0), ours.toFixed(0), (theirs / ours).toFixed(1)];
    console.log(`| ${[...cells, spent?.bytes ?? '', spent?.times ?? ''].join(' | ')} |`);
  }
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`\nGeometric mean of the ratios: ${mean.toFixed(1)}`);
child.stdin.end();
