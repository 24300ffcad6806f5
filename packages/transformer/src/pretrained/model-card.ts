import { sizeOf } from '@gai/core/ops';
import type { Module } from '@gai/nn';
import type { Origin } from './origin.ts';

/** What a model card is made of. */
interface Described extends Module {
  readonly config: object;
  readonly origin: Origin | undefined;
}

/** Of a path only what the model is called: a card is given to others. */
const lastPart = (path: string): string =>
  path
    .split(/[/\\]/)
    .findLast((part) => part !== '')
    ?.replaceAll(/[^\w. -]/g, '_') ?? path;

/** A model card of what is known; what is not is said to be so. */
export function modelCard(
  model: Described,
  {
    architecture,
    modelType,
    dtype,
  }: { readonly architecture: string; readonly modelType: string; readonly dtype: string },
): string {
  const count = model.parameters().reduce((sum, { shape }) => sum + Number(sizeOf(shape)), 0);
  const settings = Object.entries(model.config)
    .filter(([, value]) => typeof value !== 'object' || value === null)
    .map(([name, value]) => `| ${name} | ${String(value)} |`);
  const source = model.origin === undefined ? 'made anew' : `read from \`${lastPart(model.origin.folder)}\``;
  return `---
library_name: transformers
tags:
- ${modelType}
- gai
---
# ${architecture}

A ${modelType} model with ${count.toLocaleString('en')} parameters in ${dtype}, ${source}. Training data, intended use, limits and
licence are not known to the program that wrote this card: fill them in.

\`\`\`ts
import { ${architecture} } from '@gai/transformer';
const model = await ${architecture}.fromPretrained('this folder');
\`\`\`

| setting | value |
| --- | --- |
${settings.join('\n')}
`;
}
