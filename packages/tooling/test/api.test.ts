import { expect, test } from 'vitest';
import { introOf } from '../src/api/intros.ts';
import { readModules } from '../src/api/items.ts';
import { layOut } from '../src/api/pages.ts';
import { sidebarsOf } from '../src/api/sidebar.ts';
import { temporaryFolder } from './fixture.ts';

const method = (name: string, more = ''): string =>
  `### ${name}()\n\n\`\`\`ts\n${name}(): void;\n\`\`\`\n\n${more}\n\n***\n`;

/** What TypeDoc writes for one package with a base class, a layer, a function with two signatures, and options. */
const WRITTEN = {
  'index.md': '# API\n',
  'nn/index.md': `# nn\n\n## Layers\n\n- [Base](classes/Base.md)\n- [Drop](classes/Drop.md)\n\n## Math\n\nSums.\n\n- [add](functions/add.md)\n\n## Other\n\n### Far\n\nRe-exports [Far](../core/interfaces/Far.md)\n`,
  'nn/classes/Base.md': `# Class: Base\n\nWhat layers share.\n\n## Methods\n\n${method('train')}`,
  'nn/classes/Drop.md': `# Class: Drop\n\nDrops. Some.\n\n## Constructors\n\n### Constructor\n\n#### Parameters\n\n| Parameter | Type |\n| --- | --- |\n| \`options\` | [\`DropOptions\`](../interfaces/DropOptions.md) |\n\n#### Returns\n\n\`Drop\`\n\n## Methods\n\n${method('train', '#### Inherited from\n\n[`Base`](Base.md).[`train`](Base.md#train)')}`,
  'nn/interfaces/DropOptions.md': `# Interface: DropOptions\n\n## Properties\n\n| Property | Modifier | Type |\n| --- | --- | --- |\n| <a id="property-p"></a> \`p\` | \`readonly\` | \`number\` |\n`,
  'nn/interfaces/Sum.md': '# Interface: Sum\n\nWhat [add](../functions/add.md) gives.\n',
  'nn/functions/add.md': `# Function: add()\n\n${['string', 'number']
    .map(
      (type) =>
        `## Call Signature\n\n\`\`\`ts\nfunction add(a: ${type});\n\`\`\`\n\nAdds, see [p](../interfaces/DropOptions.md#property-p), [train](../classes/Drop.md#train).\n\n### Returns\n\n[\`Sum\`](../interfaces/Sum.md)\n\n### Throws\n\n[Far](../index.md#far) always.\n`,
    )
    .join('\n')}`,
  'core/index.md': '# core\n\n## Parts\n\n- [Far](interfaces/Far.md)\n',
  'core/interfaces/Far.md': '# Interface: Far\n\nFar away.\n',
};

function pagesOf(written: Record<string, string>): Map<string, string> {
  using folder = temporaryFolder(written);
  return layOut(readModules(folder.root), new Map([['nn', '# nn\n\nLayers.']]));
}

test('a page for each class, with its options; one for what else a category has; one for each module', () => {
  expect([...pagesOf(WRITTEN).keys()].sort()).toEqual([
    'core/index',
    'core/parts',
    'nn/classes/Base',
    'nn/classes/Drop',
    'nn/index',
    'nn/layers',
    'nn/math',
  ]);
});

test('a class says what is its own, names what it has from others, and holds its options', () => {
  const page = pagesOf(WRITTEN).get('nn/classes/Drop')!;
  expect(page).toContain('[`DropOptions`](/api/nn/classes/Drop#dropoptions)');
  expect(page).toContain('**Inherited:** [`train`](/api/nn/classes/Base#train)');
  expect(page).not.toContain('### train()');
  expect(page).toContain('## DropOptions {#dropoptions}');
  expect(page.indexOf('## DropOptions')).toBeLessThan(page.indexOf('**Inherited'));
  expect(page).toContain('| <a id="dropoptions-property-p"></a> `p` | `number` |');
});

test('overloads are one entry with all signatures, and say once what they share', () => {
  const page = pagesOf(WRITTEN).get('nn/math')!;
  expect(page.match(/^## add\(\)/gm)).toHaveLength(1);
  expect(page).toContain('function add(a: string);\nfunction add(a: number);');
  expect(page.match(/Adds, see/g)).toHaveLength(1);
  expect(page.match(/\*\*Returns\*\*/g)).toHaveLength(1);
});

test('links lead to where things are described now, also to members that a class has from another', () => {
  const page = pagesOf(WRITTEN).get('nn/math')!;
  expect(page).toContain('[p](/api/nn/classes/Drop#dropoptions-property-p)');
  expect(page).toContain('[train](/api/nn/classes/Base#train)');
  expect(page).toContain('[Far](/api/core/parts#far)');
  expect(page).toContain('## Sum {#sum}'); // without a category, used in this one alone
  const broken = { ...WRITTEN, 'nn/classes/Base.md': '# Class: Base\n\nSee [it](Gone.md).\n' };
  expect(() => pagesOf(broken)).toThrow('a link leads to nn/classes/Gone.md, which is on no page');
});

test('each package has a sidebar of its own', () => {
  using folder = temporaryFolder(WRITTEN);
  const modules = readModules(folder.root);
  const sidebars = sidebarsOf(modules, new Set(layOut(modules, new Map()).keys()));
  expect(Object.keys(sidebars)).toEqual(['/api/core/', '/api/nn/']);
  expect(JSON.stringify(sidebars['/api/nn/'])).toContain('{"text":"Drop","link":"/api/nn/classes/Drop"}');
});

test('a README becomes an introduction: without the work on it, with links that the site has', () => {
  const readme =
    '# x\n\n[How](../../docs/rl/mdp.md), [why](./ARCHITECTURE.md). API reference: `pnpm docs:api`, then\n`apps/docs/api/x`.\n\n## Work on this package\n\nno';
  expect(introOf(readme)).toBe('# x\n\n[How](/rl/mdp), why.');
});
