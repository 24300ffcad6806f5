import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What came of each op in each dtype on one provider; see `measureOps` of `@gai/core/testing`. */
export type ProviderSupport = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The file with what was measured. */
export const supportFile = (root: string): string => join(root, 'docs/support.json');

/** What was measured on each provider. */
export function readSupport(root: string): Readonly<Record<string, ProviderSupport>> {
  if (!existsSync(supportFile(root))) return {};
  return JSON.parse(readFileSync(supportFile(root), 'utf8')) as Record<string, ProviderSupport>;
}

/** Programs that measure, by provider: package, arguments. */
const PROGRAMS: Readonly<Record<string, readonly [folder: string, ...args: string[]]>> = {
  cpu: ['packages/backend-node', 'cpu'],
  wasm: ['packages/backend-web', 'wasm'],
  webgpu: ['packages/backend-node', 'webgpu'],
};

/** Debian's chromium brings a software driver for WebGPU. */
const DRIVERS = '/usr/lib/chromium';

function measure(root: string, [folder, ...args]: readonly [string, ...string[]]): ProviderSupport | undefined {
  const program = join(root, folder, 'test/programs/support.ts');
  if (!existsSync(program)) return undefined;
  const env = {
    VK_ICD_FILENAMES: join(DRIVERS, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: DRIVERS,
    XDG_RUNTIME_DIR: tmpdir(),
    ...process.env,
  };
  const flags = ['--conditions=@gai/source', '--import', 'tsx', program, ...args];
  const printed = execFileSync(process.execPath, flags, { cwd: join(root, folder), env, maxBuffer: 2 ** 26 });
  return (JSON.parse(printed.toString()) as { ops: ProviderSupport }).ops;
}

/** Measures the providers that can be had here and keeps what is known of the others. */
export function writeSupport(root: string, providers = Object.keys(PROGRAMS)): void {
  const known = readSupport(root);
  const found = Object.entries(PROGRAMS).map(([provider, program]) => {
    const fresh = providers.includes(provider) ? measure(root, program) : undefined;
    return [provider, fresh ?? known[provider] ?? {}] as const;
  });
  writeFileSync(supportFile(root), `${JSON.stringify(Object.fromEntries(found), null, 1)}\n`);
}

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) {
  const named = process.argv.slice(2);
  writeSupport(join(import.meta.dirname, '../../..'), named.length > 0 ? named : undefined);
}
