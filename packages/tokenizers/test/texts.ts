import { readFileSync } from 'node:fs';

/** Reads a file of `fixtures/` as JSON. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

const FRAGMENTS = fixture<string[]>('fragments.json');

/** The generator of the same name, as `fixtures/make.py` has it. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Texts of all that is hard: marks, joined emoji, lone surrogates, line breaks, special tokens. */
export function* texts(seed: number, count = 2000): Generator<string> {
  const random = mulberry32(seed);
  for (let index = 0; index < count; index++) {
    const length = Math.floor(random() * 12);
    let text = '';
    for (let part = 0; part < length; part++) {
      text += FRAGMENTS[Math.floor(random() * FRAGMENTS.length)]!;
      if (random() < 0.4) text += ' ';
    }
    yield text;
  }
}

/** A library with the version that a script of `fixtures/` is pinned to, such as `tokenizers 0.23.3`. */
export function pinned(script: string, library: string): string {
  const text = readFileSync(new URL(`fixtures/${script}`, import.meta.url), 'utf8');
  const version = text.match(new RegExp(`\\b${library}==([\\d.]+)`))?.[1];
  if (version === undefined) throw new Error(`${script} pins no ${library}`);
  return `${library} ${version}`;
}
