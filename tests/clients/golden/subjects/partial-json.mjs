// JSON that is not complete: every beginning of a text, as `parsePartialJson` reads it. A scenario is a text, whose beginnings are
// told one by one, or the seed of a generator that crates/aqueduct/tests/it/golden/partial_json.rs has as well, whose texts are
// told as digests. To see where one of those differs, make a scenario of the text.
import { parsePartialJson } from 'ai';

class Chance {
  constructor(seed) {
    this.state = seed;
  }
  pick(below) {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state % below;
  }
  of(list) {
    return list[this.pick(list.length)];
  }
}

const SPACES = ['', '', '', ' ', '\n', '\t '];
const PLAIN = ['a', 'Z', 'é', '日', '😀', ' ', '{', '[', ',', ':', 'n', '-', 'true'];
const ESCAPES = ['\\n', '\\"', '\\\\', '\\/', '\\u0041', '\\u00e9', '\\t'];
const GARBAGE = ['"', '{', '}', '[', ']', ',', ':', 'x', '-', '\\', ' ', 'e', '.', '0'];

function string(chance, pieces) {
  let text = '"';
  for (let left = chance.pick(5); left > 0; left--) text += chance.of(pieces);
  return `${text}"`;
}

function number(chance, inList) {
  let text = !inList && chance.pick(3) === 0 ? '-' : '';
  text += chance.pick(2) === 0 ? chance.pick(10) : 1 + chance.pick(9999);
  if (chance.pick(3) === 0) text += `.${1 + chance.pick(99)}`;
  if (chance.pick(4) === 0) text += chance.of(['e', 'E']) + chance.of(['', '+', '-']) + chance.pick(3);
  return text;
}

function list(chance, [open, close], item) {
  let text = open + chance.of(SPACES);
  for (let left = chance.pick(4); left > 0; left--) {
    text += item() + chance.of(SPACES);
    if (left > 1) text += `,${chance.of(SPACES)}`;
  }
  return text + close;
}

function value(chance, depth, inList) {
  switch (chance.pick(depth > 3 ? 5 : 8)) {
    case 0:
      return string(chance, [...PLAIN, ...ESCAPES]);
    case 1:
      return number(chance, inList);
    case 2:
      return 'true';
    case 3:
      return 'false';
    case 4:
      return 'null';
    case 5:
      return list(chance, '[]', () => value(chance, depth + 1, true));
    default:
      return list(chance, '{}', () => {
        const key = string(chance, PLAIN) + chance.of(SPACES);
        return `${key}:${chance.of(SPACES)}${value(chance, depth + 1, false)}`;
      });
  }
}

// A text, whole or with a flaw.
function makeText(chance) {
  const text = [...chance.of(SPACES), ...value(chance, 0, false), ...chance.of(SPACES)];
  if (chance.pick(4) === 0) {
    const at = chance.pick(text.length + 1);
    const flaw = chance.of(GARBAGE);
    const [removed, added] = [[0, [flaw]], [1, []], [1, [flaw]]][chance.pick(3)];
    text.splice(at, removed, ...added);
  }
  return text;
}

async function read(text) {
  const { state, value } = await parsePartialJson(text);
  if (state === 'failed-parse') return ['f'];
  // Half of a pair is no text that everybody can read.
  const wellFormed = (_, item) => (typeof item === 'string' ? item.toWellFormed() : item);
  return [state[0], JSON.parse(JSON.stringify(value, wellFormed))];
}

const beginnings = characters => characters.map((_, end) => characters.slice(0, end + 1).join(''));

// FNV-1a of 32 bits.
function digest(text) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

export async function play({ text, seed, texts }) {
  if (text !== undefined) return { read: await Promise.all(beginnings([...text]).map(read)) };
  const chance = new Chance(seed);
  const digests = [];
  for (let left = texts; left > 0; left--) {
    const told = await Promise.all(beginnings(makeText(chance)).map(read));
    digests.push(digest(told.map(item => JSON.stringify(item)).join('\n')));
  }
  return { digests: digests.join(' ') };
}
