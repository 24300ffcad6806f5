import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder into which the runtime writes the trace of one session, under a name that it chooses. */
export class TraceFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gai-trace-'));

  /** How the file's name begins. */
  get prefix(): string {
    return join(this.#folder, 'session');
  }

  /** The trace, once it has ended. */
  read(): string {
    const [file] = readdirSync(this.#folder);
    return file === undefined ? '' : readFileSync(join(this.#folder, file), 'utf8');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
