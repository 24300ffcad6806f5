import { defineConfig } from 'vitest/config';
import { longTestsLeftOut, summaryReporter, workers, workspaceProjects } from './packages/tooling/src/vitest.ts';

export default defineConfig({
  test: {
    maxWorkers: workers,
    projects: workspaceProjects(import.meta.dirname),
    reporters: ['default', summaryReporter(longTestsLeftOut(import.meta.dirname))],
  },
});
