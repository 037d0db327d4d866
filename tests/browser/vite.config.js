import { defineConfig } from 'vite';

export default defineConfig({
  root: 'page',
  // For any browser that is still found on a machine and knows `await` in modules.
  build: { outDir: '../../../.cache/browser/page', emptyOutDir: true, target: 'es2022' },
  // Notes about directives such as 'use client' in packages are for their authors.
  logLevel: 'error',
});
