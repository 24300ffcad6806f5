import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LEFT_OUT = new Set(['node_modules', 'dist', 'fixtures', 'api', '.git', '.vitepress']);

function* filesOf(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    if (entry.isDirectory()) yield* filesOf(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}

const read = (ending: string): string[] =>
  [...filesOf(ROOT)]
    .filter((path) => path.endsWith(ending))
    .sort()
    .map((path) => readFileSync(path, 'utf8'));

/** The generator of the tests. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the repository's pages and comments say, without code. */
function english(): string[] {
  const pages = read('.md').map((page) => page.replaceAll(/```.*?```/gs, '').replaceAll(/^\|.*$/gm, ''));
  const comments = read('.ts').flatMap((source) =>
    Array.from(source.matchAll(/\/\*\*(.*?)\*\//gs), ([, comment]) => comment!.replaceAll(/^\s*\* ?/gm, '').trim()),
  );
  return [...pages, ...comments];
}

/** Words of one to three of the 3,000 characters from U+4E00, as frequent as Zipf has it, in clauses of four to eleven. */
function chinese(): string[] {
  const random = mulberry32(11);
  const words = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      String.fromCharCode(0x4e00 + Math.floor(3000 * random() ** 2)),
    ).join(''),
  );
  return Array.from({ length: 400 }, () => {
    let text = '';
    for (let clause = 0; clause < 60; clause++) {
      for (let word = 0; word < 4 + random() * 8; word++) text += words[Math.floor(20_000 ** random()) - 1]!;
      text += clause % 4 === 3 ? '。' : '，';
    }
    return text;
  });
}

/** Texts to learn from, to warm up on, and to measure: no text is in two of them. */
export interface Corpus {
  readonly training: readonly string[];
  readonly warmUp: readonly string[];
  readonly measured: readonly string[];
}

/** The corpora: what the repository says in English, its code, and a made-up Chinese. */
export function corpora(): Readonly<Record<'english' | 'code' | 'cjk', Corpus>> {
  return { english: parts(english()), code: parts(read('.ts')), cjk: parts(chinese()) };
}

function parts(texts: readonly string[]): Corpus {
  const every = (rest: number): string[] => documents(texts.filter((_, index) => index % 3 === rest));
  return { training: every(0), warmUp: every(1), measured: every(2) };
}

/** Joins short texts to documents of about 4,000 characters. */
function documents(texts: readonly string[]): string[] {
  const joined: string[] = [''];
  for (const text of texts) {
    if (joined.at(-1)!.length > 4000) joined.push('');
    joined[joined.length - 1] += `${text}\n\n`;
  }
  return joined;
}
