import { defineConfig } from 'vitest/config';
import { longTestsLeftOut, summaryReporter, workspaceProjects } from './packages/tooling/src/vitest.ts';

export default defineConfig({
  test: {
    projects: workspaceProjects(import.meta.dirname),
    reporters: ['default', summaryReporter(longTestsLeftOut(import.meta.dirname))],
  },
});
