/** Writes every tokenizer of `../saved.ts` as JSON to the output, for `fixtures/make_saved.py`. */
import { SAVED } from '../saved.ts';

const saved: Record<string, string> = {};
for (const [kind, make] of Object.entries(SAVED)) saved[kind] = JSON.stringify(await make());
process.stdout.write(JSON.stringify(saved));
