// What the AI SDK makes of scripted input. Ours must make the same of it: crates/aqueduct/tests/it/golden.
//
// usage: node golden/run.mjs [--bless] FOLDER [SUBJECT...]
//
// A subject is a folder with scenarios.json and golden.json, and a module subjects/SUBJECT.mjs that plays one scenario. Without
// --bless the golden files are compared with what the installed AI SDK says; with it they are written anew.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { version } = createRequire(import.meta.url)('ai/package.json');
globalThis.AI_SDK_LOG_WARNINGS = false;
process.removeAllListeners('warning');

const words = process.argv.slice(2);
const isBlessing = words[0] === '--bless';
const [folder, ...chosen] = isBlessing ? words.slice(1) : words;
const known = readdirSync(folder).filter(name => existsSync(join(folder, name, 'scenarios.json')));
const subjects = chosen.length > 0 ? chosen : known.sort();

let passed = 0;
const failures = [];
for (const subject of subjects) {
  const { play, borrowed = [] } = await import(`./subjects/${subject}.mjs`);
  const read = name => JSON.parse(readFileSync(join(folder, name, 'scenarios.json'), 'utf8'));
  const scenarios = [...borrowed, subject].flatMap(read);
  const lines = [];
  for (const scenario of scenarios) {
    try {
      lines.push(JSON.stringify({ name: scenario.name, ...(await play(scenario)) }));
    } catch (error) {
      throw new Error(`${subject}: ${scenario.name}`, { cause: error });
    }
  }
  const file = join(folder, subject, 'golden.json');
  const text = `{"ai":"${version}","scenarios":[\n${lines.join(',\n')}\n]}\n`;
  if (isBlessing) {
    writeFileSync(file, text);
    continue;
  }
  const expected = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const differs = line => !expected.includes(line) && !expected.includes(`${line},`);
  const changed = scenarios.filter((_, position) => differs(lines[position])).map(({ name }) => name);
  if (changed.length === 0 && expected.join('\n') !== text) changed.push('(the order, or the version of the AI SDK)');
  passed += scenarios.length - changed.length;
  for (const name of changed) failures.push(`${subject}: ${name}`);
}
if (!isBlessing) console.log(`# pass ${passed}`);
if (failures.length > 0) {
  console.log(`# fail ${failures.length}`);
  console.error(`not what ai ${version} says (see --bless):\n${failures.join('\n')}`);
}
process.exitCode = failures.length > 0 ? 1 : 0;
