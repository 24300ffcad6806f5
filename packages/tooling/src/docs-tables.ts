import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
  return `# Operations\n\n| operation | family | gradient | ONNX |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
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
