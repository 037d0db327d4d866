// A page in a real browser, as a person sees it, and what it says to its server.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

// Machines that build something else are slow; nothing waits this long unless it is broken.
const PATIENCE_MS = 30_000;
const PAGE = path.resolve(import.meta.dirname, '../../.cache/browser/page');

export async function launch() {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  args.push('--disable-component-update', '--disable-sync');
  const executablePath = process.env.AQUEDUCT_TEST_CHROMIUM;
  return chromium.launch({ executablePath, args, chromiumSandbox: process.getuid() !== 0, timeout: 2 * PATIENCE_MS });
}

// A chat with a server: its page, and its requests. The page's own files come from the build, all else from the server.
export class Chat {
  static async open(browser, server, query) {
    const chat = new Chat();
    chat.server = server;
    chat.exchanges = [];
    chat.context = await browser.newContext({ viewport: { width: 900, height: 1000 } });
    chat.context.setDefaultTimeout(PATIENCE_MS);
    await chat.context.route(
      url => !url.pathname.startsWith('/api/'),
      (route, request) => {
        const name = new URL(request.url()).pathname;
        const file = path.join(PAGE, name === '/' ? 'index.html' : name);
        return existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 });
      },
    );
    chat.page = await chat.context.newPage();
    chat.problems = [];
    chat.page.on('pageerror', error => chat.problems.push(error));
    chat.page.on('response', response => {
      const request = response.request();
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) chat.exchanges.push({ method: request.method(), pathname, request, response });
    });
    await chat.page.addInitScript(noteAnswers);
    await chat.page.goto(`${server}/?${new URLSearchParams(query)}`);
    return chat;
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.problems, [], 'the page threw');
  }

  // What goes along with every request from now on.
  async body(body) {
    await this.page.evaluate(body => void (window.requestBody = body), body);
  }

  async say(text, { files } = {}) {
    await this.page.getByLabel('Message').fill(text);
    if (files) await this.page.getByLabel('Files').setInputFiles(files);
    await this.click('Send');
  }

  async click(name) {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  // Waits until these texts, and no others, are what the elements show.
  async sees(selector, ...wanted) {
    try {
      await this.page.waitForFunction(
        ([selector, wanted]) => {
          const shown = [...document.querySelectorAll(selector)].map(element => element.innerText.trim());
          return JSON.stringify(shown) === wanted;
        },
        [selector, JSON.stringify(wanted)],
      );
    } catch (error) {
      if (error.name !== 'TimeoutError') throw error;
      assert.deepEqual(await this.page.locator(selector).allInnerTexts(), wanted, `${selector} on the page`);
    }
  }

  async isReady() {
    await this.sees('output[name=status]', 'ready');
  }

  // The id of the only message of somebody.
  async id(role) {
    const ids = await this.page.locator(`article[data-role=${role}]`).evaluateAll(all => all.map(one => one.dataset.id));
    assert.equal(ids.length, 1, `one message of the ${role}: ${ids}`);
    return ids[0];
  }

  posts() {
    return this.exchanges.filter(({ method, pathname }) => method === 'POST' && isAnswered(pathname));
  }

  // The bodies that the page sent.
  sent() {
    return this.posts().map(({ request }) => request.postDataJSON());
  }

  // The last answer, as far as the page read it.
  answer() {
    return this.page.evaluate(() => window.answers.at(-1));
  }

  // The chunks of the last answer.
  async chunks() {
    await this.page.waitForFunction(() => window.answers.at(-1).endsWith('[DONE]\n\n'));
    const events = (await this.answer()).split('\n\n');
    assert.deepEqual(events.splice(-2), ['data: [DONE]', '']);
    return events.map(event => JSON.parse(event.replace(/^data: /, '')));
  }
}

const isAnswered = pathname => pathname.startsWith('/api/') && !pathname.endsWith('/stop');

// In the page, before its own scripts: notes what is read of answers. A browser tells nobody of what it let go of.
function noteAnswers() {
  window.answers = [];
  const { fetch } = window;
  window.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (init?.method !== 'POST' || response.status === 204 || !response.body) return response;
    const number = window.answers.push('') - 1;
    const decoder = new TextDecoder();
    const note = new TransformStream({
      transform(bytes, controller) {
        window.answers[number] += decoder.decode(bytes, { stream: true });
        controller.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(note), response);
  };
}
