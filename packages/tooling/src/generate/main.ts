/** `pnpm new:op NAME --in FAMILY`, `pnpm new:layer [PACKAGE/]Name`, `pnpm new:package NAME --needs core,nn`. */
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../run.ts';
import { repositoryRoot } from '../workspace.ts';
import { newLayer } from './layer.ts';
import { newOp } from './op.ts';
import { newPackage } from './package.ts';

const usage = {
  op: 'pnpm new:op tanh --in elementwise',
  layer: 'pnpm new:layer GroupNorm            (or cnn/SqueezeExcite)',
  package: "pnpm new:package speech --needs core,nn --description 'Speech models.'",
};

const next = {
  op: 'Write the gradient rule (or vjp: null), the docstring and more samples; then: pnpm --filter @gai/backend-node test',
  layer: 'Write the formula, the forward pass and the test; then: pnpm --filter @gai/nn test',
  package: 'pnpm install, then pnpm check',
};

function generate(kind: keyof typeof usage, args: string[]): string[] {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      in: { type: 'string' },
      needs: { type: 'string', default: 'core' },
      description: { type: 'string', default: 'One sentence that says what this package is for.' },
    },
  });
  const [name = ''] = positionals;
  if (kind === 'layer') return newLayer(repositoryRoot, name);
  if (kind === 'op') return newOp(repositoryRoot, name, values.in ?? '');
  const needs = values.needs.split(',').filter((needed) => needed !== '');
  return newPackage(repositoryRoot, name, { needs, description: values.description });
}

const [kind = '', ...args] = process.argv.slice(2);
if (kind !== 'op' && kind !== 'layer' && kind !== 'package') throw new Error(`unknown kind '${kind}'`);
try {
  const files = generate(kind, args);
  await runCommand(join(repositoryRoot, 'node_modules/.bin/oxfmt'), files, { cwd: repositoryRoot });
  for (const file of files) console.log(relative(repositoryRoot, file));
  console.log(`\nNext: ${next[kind]}`);
} catch (error) {
  console.error(`new:${kind}: ${(error as Error).message}\nUsage: ${usage[kind]}`);
  process.exitCode = 2;
}
