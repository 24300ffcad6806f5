import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSupport } from './support.ts';
import type { ProviderSupport } from './support.ts';
import { listFiles, publishedPackages } from './workspace.ts';

/** The parts of an op definition that the table shows. */
interface OpShape {
  kind: 'op';
  name: string;
  vjp: unknown;
  onnx: { opType: string } | ((...args: never[]) => unknown) | null;
}

const isOp = (value: unknown): value is OpShape =>
  typeof value === 'object' && value !== null && (value as Partial<OpShape>).kind === 'op';

/** The ONNX operator, or that it becomes several nodes, or none. */
function onnxOf({ onnx }: OpShape): string {
  if (onnx === null) return 'none';
  return typeof onnx === 'function' ? 'composed' : `\`${onnx.opType}\``;
}

/** Markdown for every op of core: its family, whether it has a gradient, what it becomes in ONNX. */
export async function operationsTable(root: string): Promise<string> {
  const rows: string[] = [];
  for (const file of listFiles(join(root, 'packages/core/src/ops'), '.ts')) {
    if (file.endsWith('.test.ts') || basename(file) === 'index.ts') continue;
    const family = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    for (const op of Object.values(family).filter(isOp)) {
      rows.push(`| \`${op.name}\` | ${basename(file, '.ts')} | ${op.vjp === null ? '' : 'yes'} | ${onnxOf(op)} |`);
    }
  }
  const head = '| operation | family | gradient | ONNX |\n| --- | --- | --- | --- |';
  const intro = `What a graph is made of, by file of \`packages/core/src/ops\`; "composed" is several ONNX nodes. The functions of
[core](./core/) that are not here call these; the tables [by provider](#on-cpu) have those with samples too.`;
  return `# Operations\n\n${intro}\n\n${head}\n${rows.join('\n')}\n\n${supportTables(readSupport(root))}`;
}

const MARKS: Readonly<Record<string, string>> = {
  gradient: '✓ ∂',
  forward: '✓',
  refused: 'refused',
  undefined: '–',
  failed: 'failed',
};

/** Markdown for what was measured: operation × dtype, one table per provider. */
function supportTables(providers: Readonly<Record<string, ProviderSupport>>): string {
  const parts = Object.entries(providers).map(([provider, ops]) => {
    const dtypes = [...new Set(Object.values(ops).flatMap((row) => Object.keys(row)))];
    const rows = Object.entries(ops)
      .filter(([, row]) => Object.keys(row).length > 0)
      .map(([op, row]) => `| \`${op}\` | ${dtypes.map((dtype) => MARKS[row[dtype] ?? ''] ?? '').join(' | ')} |`);
    const rule = dtypes.map(() => ' --- |').join('');
    return `## On ${provider}\n\n| operation | ${dtypes.join(' | ')} |\n| --- |${rule}\n${rows.join('\n')}\n`;
  });
  return `Measured by running the first sample of each operation in each dtype (\`pnpm support\`). ✓ runs; ∂ so does its
gradient; "refused" is refused by name before anything runs; – is not defined for the dtype on any provider. WebGPU was
measured alone, in strict mode: otherwise most of what it refuses runs on the CPU beside it. float16 there was measured on
a device without \`shader-f16\`; bfloat16 is a format of files only.\n\n${parts.join('\n')}`;
}

/** Markdown for what every package depends on. */
export function packagesTable(root: string): string {
  const rows = publishedPackages(root).map(({ path, manifest }) => {
    const needs = Object.keys(manifest.dependencies ?? {}).map((name) => `\`${name}\``);
    return `| [\`${manifest.name}\`](./${basename(path)}/) | ${String(manifest.description)} | ${needs.join(' ')} |`;
  });
  return `# Packages\n\n| package | what it is for | depends on |\n| --- | --- | --- |\n${rows.join('\n')}\n
All [operations](./operations.md) of core in one table.\n`;
}
