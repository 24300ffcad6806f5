import type { Env, ResetResult, StepResult } from './env.ts';
import { argumentError, show } from './errors.ts';
import { unwrap } from './wrappers/wrapper.ts';

/** A copy of a value that later steps cannot change. */
function snapshot<Value>(value: Value): Value {
  return structuredClone(value);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

function refuse(problem: string, got: unknown, rule: string, fix: string): never {
  throw argumentError(
    'checkEnv',
    `${problem}. Got ${typeof got === 'string' ? got : show(got)}; expected ${rule}. ${fix}`,
  );
}

function checkObservation(env: Env, observation: unknown, from: string): void {
  if (env.observationSpace.contains(observation)) return;
  refuse(
    `${from} gave an observation outside observationSpace`,
    show(observation),
    `an element of ${env.observationSpace}`,
    'Fix the observation or the space.',
  );
}

function checkInfo(info: unknown, from: string): void {
  if (typeof info === 'object' && info !== null && !Array.isArray(info)) return;
  refuse(`${from} gave no info`, info, 'an object', 'Return info: {}.');
}

function checkReset(env: Env, result: ResetResult<unknown>): void {
  if (typeof result !== 'object' || result === null) {
    refuse('reset returned no result', result, '{ observation, info }', 'Return such an object.');
  }
  checkObservation(env, result.observation, 'reset');
  checkInfo(result.info, 'reset');
}

function checkStep(env: Env, result: StepResult<unknown>): void {
  if (typeof result !== 'object' || result === null) {
    refuse(
      'step returned no result',
      result,
      '{ observation, reward, terminated, truncated, info }',
      'Return such an object.',
    );
  }
  checkObservation(env, result.observation, 'step');
  if (typeof result.reward !== 'number' || !Number.isFinite(result.reward)) {
    refuse('the reward is not finite', result.reward, 'a finite number', 'Fix the reward.');
  }
  for (const flag of ['terminated', 'truncated'] as const) {
    if (typeof result[flag] !== 'boolean')
      refuse(`${flag} is not a boolean`, result[flag], 'true or false', 'Return a boolean.');
  }
  checkInfo(result.info, 'step');
}

function checkSpaces(env: Env): void {
  for (const name of ['observationSpace', 'actionSpace'] as const) {
    const space: unknown = env[name];
    const isSpace = typeof space === 'object' && space !== null && 'contains' in space && 'sample' in space;
    if (!isSpace) refuse(`${name} is missing`, space, 'a space such as Box or Discrete', 'Add it to the env.');
    const sample = env[name].sample(0);
    if (!env[name].contains(sample))
      refuse(`${name} does not contain its own sample`, sample, `an element of ${env[name]}`, 'Fix the space.');
  }
}

/** An action the env can take now: any, or one of those its state offers. */
function chooseAction(env: Env, observation: unknown): unknown {
  const { availableActions } = env as { availableActions?: (state: number) => ArrayLike<number> };
  if (availableActions === undefined || typeof observation !== 'number' || env.actionSpace.kind !== 'Discrete') {
    return env.actionSpace.sample();
  }
  const offered = availableActions.call(env, observation);
  return offered[(env.actionSpace.sample() as number) % offered.length];
}

/** Plays some steps from a seed and keeps copies of everything that came out. */
function play(env: Env, seed: number, steps: number): unknown[] {
  env.actionSpace.seed(seed);
  let { observation } = checkedReset(env, { seed });
  const record: unknown[] = [snapshot(observation)];
  for (let step = 0; step < steps; step++) {
    const result = env.step(chooseAction(env, observation));
    checkStep(env, result);
    record.push(snapshot([result.observation, result.reward, result.terminated, result.truncated]));
    observation = result.terminated || result.truncated ? checkedReset(env).observation : result.observation;
  }
  return record;
}

function checkedReset(env: Env, options?: { seed: number }): ResetResult<unknown> {
  const result = env.reset(options);
  checkReset(env, result);
  return result;
}

/**
 * Plays an env and throws at the first breach of the {@link Env} contract: spaces that contain their samples, results
 * with all their parts, observations within the space, finite rewards, boolean flags, and the same seed giving the same
 * trajectory twice, and a picture of the right size if the env draws itself.
 *
 * @param env - The env; it is reset and stepped.
 * @param options - `steps`: how many to take, default 200. `seed`: default 123.
 * @throws RLError `ARGUMENT` that says what is wrong and what to do.
 *
 * @example
 * ```ts
 * import { checkEnv, make } from '@gai/rl';
 * checkEnv(make('CartPole-v1')); // => undefined
 * ```
 *
 * @since 0.1.0
 */
export function checkEnv(env: Env, { steps = 200, seed = 123 }: { steps?: number; seed?: number } = {}): void {
  checkSpaces(env);
  const first = play(env, seed, steps);
  const second = play(env, seed, steps);
  const differing = first.findIndex((entry, index) => !same(entry, second[index]));
  if (differing >= 0) {
    refuse(
      `two plays from seed ${seed} differ at step ${differing}`,
      show(second[differing]),
      show(first[differing]),
      'Draw every random number from a generator that reset({ seed }) reseeds.',
    );
  }
  checkRender(env);
}

function checkRender(env: Env): void {
  if (env.render === undefined || unwrap(env).render === undefined) return;
  const frame = env.render('rgb_array');
  if (typeof frame === 'string') return;
  if (frame.data.length !== frame.width * frame.height * 3) {
    refuse(
      'the frame has the wrong size',
      String(frame.data.length),
      `${frame.width}·${frame.height}·3 bytes`,
      'Fix render.',
    );
  }
}
