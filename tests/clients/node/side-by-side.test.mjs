// The TypeScript of the README: the strict compiler accepts it, and the programs beside ours run against the gateway as they
// stand.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

const clients = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(clients));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const all = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

/** The programs beside ours, under their titles. */
const sideBySide = readme
  .split('<summary>')
  .slice(1)
  .map(part => ({ title: part.split('<')[0], code: all.find(code => part.includes(code)) }));

/** What each has to print, as far as the simulator's answer is known. */
const expected = {
  Text: /^Why is the sky blue\?\n$/,
  'A stream': /^Tell me a story\.$/,
  'An answer with a type': /^\S.* \[[\s\S]*\]\n$/,
  'Tools in a loop': /sunny in \S+/,
  Embeddings: /^0?\.\d+\n$|^0\n$/,
};

const options = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  typeRoots: [join(clients, 'node_modules/@types')],
  // The packages' own declarations are not what is under test.
  skipLibCheck: true,
};

/** What the compiler says of programs that are files in memory, beside the packages they import. */
const check = sources => {
  const files = new Map(sources.map((code, n) => [join(clients, `side-by-side-${n}.mts`), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = name => files.has(name) || fileExists(name);
  host.readFile = name => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) =>
    files.has(name)
      ? ts.createSourceFile(name, files.get(name), version)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && file.getLineAndCharacterOfPosition(start).line + 1;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
};

test('all of it compiles', () => {
  assert.deepEqual(sideBySide.map(({ title }) => title), Object.keys(expected));
  assert.deepEqual(check(all), []);
});

test('the compiler would find a mistake', () => {
  const [{ code }] = sideBySide;
  assert.match(check([code.replace('prompt:', 'promt:')]).join('\n'), /promt/);
});

for (const { title, code } of sideBySide) {
  test(`it runs: ${title}`, async () => {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { ...options, noEmit: false, module: ts.ModuleKind.ES2022 } });
    const provider = join(clients, 'node/side-by-side-provider.mjs');
    const args = ['--import', provider, '--input-type=module', '--eval', outputText];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: clients, timeout: 60_000 });
    assert.match(stdout, expected[title]);
  });
}
