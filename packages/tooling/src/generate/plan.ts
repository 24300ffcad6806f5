import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** New and changed files, which are written together or not at all: a mistake found in the last leaves the first alone. */
export class Plan {
  readonly #texts = new Map<string, string>();

  /** A new file; one that exists is refused. */
  create(file: string, text: string): this {
    if (existsSync(file) || this.#texts.has(file)) throw new Error(`${file} exists already`);
    this.#texts.set(file, text);
    return this;
  }

  /** Another text of an existing file; `change` must change something. */
  edit(file: string, change: (text: string) => string): this {
    const before = this.#texts.get(file) ?? readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${file}: found no place to insert the new lines`);
    this.#texts.set(file, after);
    return this;
  }

  /** Writes everything; where one file cannot be written, those before it become what they were. Returns the files. */
  write(): string[] {
    const done: [file: string, before: string | undefined][] = [];
    try {
      for (const [file, text] of this.#texts) {
        mkdirSync(dirname(file), { recursive: true });
        done.push([file, existsSync(file) ? readFileSync(file, 'utf8') : undefined]);
        writeFileSync(file, text);
      }
    } catch (error) {
      for (const [file, before] of done) {
        if (before === undefined) rmSync(file, { force: true });
        else writeFileSync(file, before);
      }
      throw error;
    }
    return [...this.#texts.keys()];
  }
}
