import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@gai/source'] },
  // Without 'import', which the preset has: vitest hands it to Node, whose `require` inside tfjs then finds ES modules.
  ssr: { resolve: { conditions: ['@gai/source', 'node', 'default'] } },
  test: { name: 'bench', include: ['src/**/*.test.ts'], testTimeout: 60_000 },
});
