/** A model of the literature: its configuration, and what was published about it. */
export interface Preset {
  readonly name: string;
  /** As a config.json would say it; null where that was never published. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** What its authors say. */
  readonly published: string;
  /** Tokens it was trained on, where that is known. */
  readonly tokens?: number;
  readonly notDisclosed: readonly string[];
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'gpt-1',
    config: { model_type: 'openai-gpt' },
    published: '117 M parameters; 12 layers of 768 features, texts of 512 tokens (Radford et al. 2018)',
    notDisclosed: ['how many tokens an epoch of BooksCorpus has'],
  },
  {
    name: 'gpt-2',
    config: { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], n_embd: 1600, n_layer: 48, n_head: 25 },
    published: '1.5 B parameters; 48 layers of 1600 features, texts of 1024 tokens (Radford et al. 2019)',
    notDisclosed: ['how many tokens WebText has', 'how long it was trained, and on what'],
  },
  {
    name: 'gpt-3',
    config: {
      model_type: 'gpt2',
      architectures: ['GPT2LMHeadModel'],
      n_embd: 12_288,
      n_layer: 96,
      n_head: 96,
      n_positions: 2048,
    },
    published: '175 B parameters; 96 layers of 12288 features, 300 B tokens, texts of 2048 tokens (Brown et al. 2020)',
    tokens: 300e9,
    notDisclosed: [
      'the widths of the bands of its sparse layers, all of which are counted as dense here',
      'the weights',
    ],
  },
  {
    name: 'gpt-4',
    config: null,
    published: 'that it is a Transformer (GPT-4 technical report, 2023)',
    notDisclosed: ['its parameters, layers and features', 'its data and tokens', 'its hardware and training'],
  },
];
