import type { ParityEntry, ParityFile } from './parity-file.ts';

/** A table of the page: the test file it comes from, and what is said above it. */
interface Section {
  readonly file: string;
  readonly title: string;
  readonly about: string;
}

const transformer = 'packages/transformer/test';
const tokenizers = 'packages/tokenizers/test';

/** The order of the page. A file that is not here comes last, under its name. */
const SECTIONS: readonly Section[] = [
  {
    file: `${transformer}/families.parity.test.ts`,
    title: 'What the families compute',
    about:
      'Every hidden state, the attention weights of the first layer, and the outputs of the head. `-random` has weights far from any ' +
      'initialisation, `-default` those a training begins with. Masks leave out tokens on the left, on the right and in the middle.',
  },
  {
    file: `${transformer}/training.parity.test.ts`,
    title: 'How they train',
    about:
      'Without dropout; some labels are ignored. The loss, the gradient of every tensor, then five steps of AdamW.',
  },
  {
    file: `${transformer}/sensitivity.test.ts`,
    title: 'Whether a fault would be noticed',
    about:
      'Each tensor is set to zero in turn, each field of the configuration gets another value: some number has to leave the tolerance. ' +
      'The figure is the difference of the tensor that showed least.',
  },
  {
    file: `${transformer}/layers.parity.test.ts`,
    title: "PyTorch's layers",
    about: '`Transformer` beside `torch.nn.Transformer`, with padding and a causal mask.',
  },
  {
    file: `${transformer}/real-models.test.ts`,
    title: 'Real models',
    about: 'Read from the files that Hugging Face and llama.cpp use, with the tokenizers in them.',
  },
  {
    file: `${transformer}/other-formats.test.ts`,
    title: 'Other files',
    about: 'The same weights from the files of other programs.',
  },
  {
    file: `${tokenizers}/parity.test.ts`,
    title: 'Tokenizers',
    about:
      'Ids, offsets, words, segments and decoded text. The texts have marks, joined emoji, lone surrogates, line breaks, special tokens.',
  },
  {
    file: `${tokenizers}/formats.test.ts`,
    title: 'Tokenizers of older files',
    about: 'Ids, beside the library that reads such files.',
  },
];

/** The sections of what was found, in the order of the page. */
function sectionsOf(found: ParityFile): readonly Section[] {
  const known = SECTIONS.filter(({ file }) => found[file] !== undefined);
  const others = Object.keys(found).filter((file) => !SECTIONS.some((section) => section.file === file));
  return [...known, ...others.map((file) => ({ file, title: file, about: '' }))];
}

/** The tables of the page, one for each test file and group. */
export function parityTables(found: ParityFile): string {
  return sectionsOf(found)
    .map((section) => sectionText(section, found[section.file]!))
    .join('\n\n');
}

/** One line for each test file: how many cases, and the worst of them. */
export function paritySummary(found: ParityFile): string {
  const rows = sectionsOf(found).map(({ file, title }) => {
    const entries = found[file]!;
    const worst = entries.reduce((a, b) => (badness(b) > badness(a) ? b : a));
    return [`[${title}](#${anchor(title)})`, String(entries.length), differenceText(worst), boundText(worst)];
  });
  return markdownTable(['', 'cases', 'the worst of them', 'bound'], rows);
}

/** How near to its bound a comparison came: 1 is on it. */
function badness({ largest, smallest, tolerance }: ParityEntry): number {
  if (largest !== undefined) return tolerance === 0 ? largest : largest / tolerance;
  return smallest === undefined ? 0 : tolerance / smallest;
}

/** The anchor that the site makes of a heading. */
const anchor = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

const GROUPS: Readonly<Record<string, string>> = { bert: 'BERT', gpt2: 'GPT-2', llama: 'Llama-style', t5: 'T5' };

function sectionText({ file, title, about }: Section, entries: readonly ParityEntry[]): string {
  const references = [...new Set(entries.map(({ reference }) => reference))];
  const beside = references.length === 1 ? `Beside ${references[0]}; ` : '';
  const groups = [...new Set(entries.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = entries.filter((entry) => entry.group === group);
    return `${groups.length > 1 ? `### ${GROUPS[group] ?? group}\n\n` : ''}${tableOf(rows, references.length > 1)}`;
  });
  return `## ${title}\n\n${about}\n\n${beside}\`${file}\`.\n\n${tables.join('\n\n')}`;
}

function tableOf(entries: readonly ParityEntry[], withReference: boolean): string {
  const columns: [head: string, cell: (entry: ParityEntry) => string, isShown?: boolean][] = [
    ['case', ({ name }) => codeText(name)],
    ['of', ({ details }) => details ?? '', entries.some(({ details }) => details !== undefined)],
    ['compared', ({ compared, count }) => `${count.toLocaleString('en')} ${compared}`],
    ['difference', differenceText],
    ['bound', boundText],
    ['beside', ({ reference }) => reference, withReference],
  ];
  const shown = columns.filter(([, , isShown]) => isShown ?? true);
  return markdownTable(
    shown.map(([head]) => head),
    entries.map((entry) => shown.map(([, cell]) => cell(entry))),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function differenceText({ largest, smallest }: ParityEntry): string {
  const value = largest ?? smallest;
  return value === undefined ? 'noticed' : scientific(value);
}

function boundText({ tolerance, smallest, largest }: ParityEntry): string {
  if (tolerance === 0) return 'equal';
  return `${largest === undefined || smallest !== undefined ? '>' : '<'} ${scientific(tolerance)}`;
}

/** A name as code within a table: line breaks are written out, pipes and backticks do not end it. */
function codeText(name: string): string {
  const text = name.replaceAll('\n', '\\n').replaceAll('|', '\\|');
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** `2.1e‑7` with a hyphen that does not break; 0 stays 0. */
function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1).replace('.0e', 'e').replace('-', '\u2011');
}
