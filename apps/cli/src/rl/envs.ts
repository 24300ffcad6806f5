import { envIds, envSpec, make } from '@gai/rl';
import { tableText } from '@gai/rl/tabular';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { SETTING_FLAGS } from './problem.ts';
import { PROBLEMS } from './problems.ts';

/** `gai rl envs`: everything that can be played or solved. */
export function listEnvs({ json }: { readonly json?: boolean }, { stdout }: Streams): void {
  const envs = envIds().map((id) => {
    const { maxEpisodeSteps, rewardThreshold } = envSpec(id);
    const { observationSpace, actionSpace } = make(id);
    return {
      id,
      observationSpace: observationSpace.toString(),
      actionSpace: actionSpace.toString(),
      maxEpisodeSteps: maxEpisodeSteps ?? null,
      rewardThreshold: rewardThreshold ?? null,
    };
  });
  const problems = PROBLEMS.map(({ name, about, settings }) => ({
    name,
    about,
    settings: settings.map((one) => SETTING_FLAGS[one]),
  }));
  if (json === true) {
    stdout.write(`${JSON.stringify({ envs, problems })}\n`);
    return;
  }
  const style = styleFor(stdout);
  const envTable = tableText({
    columns: ['id', 'actions', 'step limit', 'solved at', 'observations'],
    rows: envs.map((one) => {
      const limits = [one.maxEpisodeSteps ?? '-', one.rewardThreshold ?? '-'];
      return [one.id, shorten(one.actionSpace, 30), ...limits, shorten(one.observationSpace, 60)];
    }),
  });
  const problemTable = tableText({
    columns: ['name', 'what', 'settings'],
    rows: problems.map(({ name, about, settings }) => [name, about, settings.join(' ')]),
  });
  const title = style.bold('Problems, for gai rl solve, rollout and watch');
  stdout.write(
    `${style.bold('Environments, for gai rl rollout and watch')}\n${envTable}\n\n${title}\n${problemTable}\n`,
  );
}

function shorten(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
