// Stands in for pip and npm: copies the archive that FAKE_ARCHIVE names to where the real one would put it, slowly if
// FAKE_DELAY says so, and notes every call in FAKE_LOG. With FAKE_FAIL it leaves half a file and an error.
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const args = process.argv.slice(2);
const { FAKE_ARCHIVE, FAKE_DELAY, FAKE_LOG, FAKE_FAIL } = process.env;
appendFileSync(FAKE_LOG, `${JSON.stringify(args)}\n`);
const target = args[args.findIndex((argument) => argument === '--dest' || argument === '--pack-destination') + 1];
if (FAKE_FAIL !== undefined) {
  const bytes = readFileSync(FAKE_ARCHIVE);
  writeFileSync(join(target, `${basename(FAKE_ARCHIVE)}.part`), bytes.subarray(0, bytes.length / 2));
  process.stderr.write(`WARNING: slow\nERROR: ${FAKE_FAIL}\nnotice: goodbye\n`);
  process.exit(1);
}
await new Promise((resolve) => setTimeout(resolve, Number(FAKE_DELAY ?? 0)));
copyFileSync(FAKE_ARCHIVE, join(target, basename(FAKE_ARCHIVE)));
