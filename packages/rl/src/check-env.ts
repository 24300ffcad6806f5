import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetResult, RgbFrame, StepResult } from './env.ts';
import { argumentError, show } from './errors.ts';
import { firstDifference } from './first-difference.ts';
import { seedSequence } from './random/seed-sequence.ts';
import { copyValue } from './tabular/copy-value.ts';
import { unwrap } from './wrappers/wrapper.ts';

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
  refuse(`${from} gave no info`, show(info), 'an object', 'Return info: {}.');
}

const RESET_PARTS = '{ observation, info }';
const STEP_PARTS = '{ observation, reward, terminated, truncated, info }';

/** Refuses what a method must not return: a promise, a list, a bare observation, an object without its parts. */
function checkParts(result: unknown, from: 'reset' | 'step', parts: readonly string[]): void {
  const rule = from === 'reset' ? RESET_PARTS : STEP_PARTS;
  if (isPromise(result)) {
    void result.then(undefined, () => undefined); // it is refused here; how it ends would only hide that
    const fix = `Make ${from} an ordinary function, without async; envs that wait belong in a WorkerVectorEnv.`;
    refuse(`${from} is asynchronous`, 'a promise', `${rule} at once`, fix);
  }
  if (from === 'step' && isFourValueStep(result)) {
    const got = Array.isArray(result) ? 'a list [observation, reward, done, info]' : show(result);
    const fix = 'Tell apart why it ended: terminated by the task, or truncated by a step limit.';
    refuse('step has the four values of old Gym', got, rule, fix);
  }
  if (typeof result !== 'object' || result === null || Array.isArray(result) || ArrayBuffer.isView(result)) {
    refuse(`${from} returned no object of parts`, result, rule, 'Return such an object.');
  }
  const missing = parts.find((part) => !(part in result));
  if (missing !== undefined) refuse(`${from} gave no ${missing}`, result, rule, `Add ${missing} to what it returns.`);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function isFourValueStep(result: unknown): boolean {
  if (Array.isArray(result)) return result.length === 4 && typeof result[2] === 'boolean';
  return typeof result === 'object' && result !== null && 'done' in result;
}

function checkReset(env: Env, result: ResetResult<unknown>): void {
  checkParts(result, 'reset', ['observation', 'info']);
  checkObservation(env, result.observation, 'reset');
  checkInfo(result.info, 'reset');
}

function checkStep(env: Env, result: StepResult<unknown>): void {
  checkParts(result, 'step', ['observation', 'reward', 'terminated', 'truncated', 'info']);
  checkObservation(env, result.observation, 'step');
  if (typeof result.reward !== 'number') {
    refuse('the reward is not a number', show(result.reward), 'a finite number', 'Return one number per step.');
  }
  if (!Number.isFinite(result.reward)) {
    refuse('the reward is not finite', result.reward, 'a finite number', 'Fix the reward.');
  }
  for (const flag of ['terminated', 'truncated'] as const) {
    if (typeof result[flag] !== 'boolean')
      refuse(`${flag} is not a boolean`, show(result[flag]), 'true or false', 'Return a boolean.');
  }
  checkInfo(result.info, 'step');
}

const SPACE_METHODS = ['contains', 'sample', 'seed', 'flatten', 'unflatten'] as const;

/** Refuses what is no env at all, before anything is called. */
function checkShape(env: Env): void {
  const given: unknown = env;
  if (typeof given === 'function') {
    refuse('this is a class or a function', 'a function', 'an env', 'Pass what it makes: checkEnv(new MyEnv()).');
  }
  if (typeof given !== 'object' || given === null) {
    refuse('this is no env', given, 'an object with reset and step', 'Pass an env.');
  }
  for (const name of ['reset', 'step'] as const) {
    const method: unknown = env[name];
    if (typeof method !== 'function')
      refuse(`${name} is missing`, method, `a method ${name}(…)`, `Add ${name} to the env.`);
  }
  for (const name of ['render', 'close'] as const) {
    const method: unknown = env[name];
    if (method !== undefined && typeof method !== 'function')
      refuse(`${name} is no method`, method, `a method ${name}(…) or nothing`, `Remove ${name} or make it a method.`);
  }
}

function checkSpaces(env: Env): void {
  for (const name of ['observationSpace', 'actionSpace'] as const) {
    const space: unknown = env[name];
    if (typeof space !== 'object' || space === null)
      refuse(`${name} is missing`, space, 'a space such as Box or Discrete', 'Add it to the env.');
    const lacking = SPACE_METHODS.find((method) => typeof (space as Record<string, unknown>)[method] !== 'function');
    if (lacking !== undefined)
      refuse(`${name} is no space`, `one without ${lacking}`, 'a space such as Box or Discrete', 'Use one of those.');
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
  env.actionSpace.seed(seedSequence(seed, 1, [0])[0]!); // not the env's own draws
  let { observation } = checkedReset(env, { seed });
  const record: unknown[] = [copyValue(observation)];
  for (let step = 0; step < steps; step++) {
    const result = env.step(chooseAction(env, observation));
    checkStep(env, result);
    record.push(copyValue([result.observation, result.reward, result.terminated, result.truncated]));
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
 * @throws ArgumentError that says what is wrong and what to do.
 * @example
 * import { checkEnv, make } from '@gai/rl';
 * checkEnv(make('CartPole-v1')); // => undefined
 * @category Environments
 * @since 0.1.0
 */
export function checkEnv(env: Env, options: { steps?: number; seed?: number } = {}): void {
  checkOptionNames('checkEnv', options, ['steps', 'seed']);
  const { steps = 200, seed = 123 } = options;
  checkShape(env);
  checkSpaces(env);
  const difference = firstDifference(play(env, seed, steps), play(env, seed, steps));
  if (difference !== undefined) {
    refuse(
      `two plays from seed ${seed} differ at step ${difference.at}`,
      difference.second,
      difference.first,
      'Draw every random number from a generator that reset({ seed }) reseeds.',
    );
  }
  checkRender(env);
}

function checkRender(env: Env): void {
  if (env.render === undefined || unwrap(env).render === undefined) return;
  const frame: unknown = env.render('rgb_array');
  if (typeof frame === 'string') return;
  if (!isFrame(frame)) {
    refuse('render gave no picture', frame, 'text or { width, height, data }', 'Return one of the two.');
  }
  if (frame.data.length !== frame.width * frame.height * 3) {
    refuse(
      'the frame has the wrong size',
      String(frame.data.length),
      `${frame.width}·${frame.height}·3 bytes`,
      'Fix render.',
    );
  }
}

function isFrame(value: unknown): value is RgbFrame {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, data } = value as Partial<RgbFrame>;
  return typeof width === 'number' && typeof height === 'number' && ArrayBuffer.isView(data);
}
