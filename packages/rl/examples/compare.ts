// Teaches: the course's comparisons, measured: MC against TD, on- against off-policy, with and without a model.
// Expected: TD has less error at 25 episodes; SARSA earns about −27 on the cliff while learning, Q-learning −50, but
// Q-learning's greedy policy is the best; Dyna-Q needs a tenth of the steps. Run time: 10 s; --smoke 2 s.
// Writes one SVG per comparison into the folder given as argument.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartSVG, chartText, compare, tableText } from '@gai/rl/tabular';

const isSmoke = process.argv.includes('--smoke');
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (folder !== undefined) mkdirSync(folder, { recursive: true });
for (const name of ['mc-vs-td', 'on-vs-off-policy', 'model-based-vs-model-free'] as const) {
  const { chart, table } = compare(name, { runs: isSmoke ? 5 : 100 });
  console.log(`${chartText(chart)}\n\n${tableText(table)}\n`);
  if (folder !== undefined) writeFileSync(join(folder, `${name}.svg`), chartSVG(chart));
}
