/** `pnpm docs:cli`: writes docs/cli.md from the definitions of the commands. */
import { writeFileSync } from 'node:fs';
import { buildProgram } from '../src/program.ts';
import { cliPage } from './cli-page.ts';

const silent = { write: () => undefined };
const page = new URL('../../../docs/cli.md', import.meta.url);
writeFileSync(page, cliPage(buildProgram({ stdout: silent, stderr: silent })));
