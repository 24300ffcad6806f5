import { DataError, getDefaultBackend } from '@gai/core';
import type { TypedArray } from '@gai/core';
import type { Session, Storage } from '@gai/core/backend';
import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import type { Space } from '../spaces/space.ts';
import { actionHead } from './action-head.ts';
import { ObservationCodec } from './observation-codec.ts';

/** Settings of {@link loadOnnxPolicy}. */
export interface OnnxPolicyOptions {
  /** Of the env it acts in. */
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Name of the model's input. Default `'observations'`. */
  readonly input?: string | undefined;
  /** Name of the output that says what to do. Default `'action'`. */
  readonly output?: string | undefined;
  /** What that output is: the action itself, or a number for each choice, of which the largest wins. Default `'action'`. */
  readonly gives?: 'action' | 'logits' | undefined;
  /** Whether images of bytes are divided by 255 before; {@link exportPolicy} has that in the model. Default false. */
  readonly scaleImages?: boolean | undefined;
}

/**
 * Acts by an ONNX file that was written elsewhere: by {@link exportPolicy}, or by PyTorch from a policy of Stable-Baselines3. It runs on
 * the default backend, in a page too.
 *
 * The model takes `[batch, ...shape]` float32: boxes in their shape, choices one-hot, records as one vector.
 *
 * @param source - A path in the default backend's storage, or the file's bytes.
 * @throws ArgumentError for an unknown option, or an action space that has no policy.
 * @throws BackendError for a file that is no such model.
 * @example
 * import { make } from '@gai/rl';
 * import { exportPolicy, loadOnnxPolicy, PPO } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await exportPolicy(agent, 'cart.onnx');
 * const env = make('CartPole-v1');
 * const policy = await loadOnnxPolicy('cart.onnx', { observationSpace: env.observationSpace, actionSpace: env.actionSpace });
 * const { observation } = env.reset({ seed: 1 });
 * (await policy.predict(observation)) === (await agent.predict(observation, { deterministic: true })); // => true
 * @category Deep agents
 * @since 0.1.0
 */
export async function loadOnnxPolicy(source: string | Uint8Array, options: OnnxPolicyOptions): Promise<OnnxPolicy> {
  checkOptionNames('loadOnnxPolicy', options, NAMES);
  const { observationSpace, actionSpace, input = 'observations', output = 'action', gives = 'action' } = options;
  const { scaleImages = false } = options;
  actionHead('loadOnnxPolicy', actionSpace);
  if (gives !== 'action' && gives !== 'logits') {
    throw argumentError(
      'loadOnnxPolicy',
      `the output is of no known kind. Got gives ${show(gives)}; expected 'action' or 'logits'. Pass one.`,
    );
  }
  if (gives === 'logits' && !(actionSpace instanceof Discrete)) {
    throw argumentError(
      'loadOnnxPolicy',
      `only a choice has one logit for each action. Got ${String(actionSpace)}; expected Discrete. Export the action itself.`,
    );
  }
  const backend = getDefaultBackend();
  const bytes = typeof source === 'string' ? await fileOf(source, backend.storage) : source;
  const session = await backend.load(bytes, { inputs: [input], outputs: [output] });
  return new OnnxPolicy(session, { observationSpace, actionSpace, gives, scaleImages });
}

const NAMES = ['observationSpace', 'actionSpace', 'input', 'output', 'gives', 'scaleImages'];

async function fileOf(path: string, storage: Storage | undefined): Promise<Uint8Array> {
  if (storage === undefined) {
    throw argumentError(
      'loadOnnxPolicy',
      `the default backend has no files. Got ${show(path)}; expected the bytes. Fetch them first.`,
    );
  }
  return storage.read(path);
}

interface Parts {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly gives: 'action' | 'logits';
  readonly scaleImages: boolean;
}

/**
 * What {@link loadOnnxPolicy} gives.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export class OnnxPolicy {
  readonly #session: Session;
  readonly #parts: Parts;
  readonly #codec: ObservationCodec;

  /** @internal */
  constructor(session: Session, parts: Parts) {
    this.#session = session;
    this.#parts = parts;
    this.#codec = new ObservationCodec(parts.observationSpace);
  }

  /**
   * The action for one observation, as it comes from an env.
   *
   * @throws DataError if the model gives what is no action, such as NaN.
   */
  async predict(observation: unknown): Promise<unknown> {
    const { actionSpace, gives } = this.#parts;
    const values = Array.from((await this.output(observation)) as ArrayLike<number | bigint>, Number);
    const action = values.some(Number.isNaN) ? undefined : this.#action(values);
    if (action !== undefined && actionSpace.contains(action)) return action;
    throw new DataError(
      `loadOnnxPolicy: the model gives no action. Got ${show(values)}; expected ${gives === 'logits' ? 'numbers' : 'one'} for ` +
        `${actionSpace.toString()}. Name the output that has it, and look at the observation.`,
      { op: 'loadOnnxPolicy', details: { values } },
    );
  }

  #action(values: readonly number[]): unknown {
    const { actionSpace, gives } = this.#parts;
    if (actionSpace instanceof Discrete) {
      return gives === 'logits' ? values.indexOf(Math.max(...values)) + actionSpace.start : values[0];
    }
    const { dtype, toAction } = actionHead('loadOnnxPolicy', actionSpace);
    if (dtype === 'float32') return toAction(Float32Array.from(values));
    return values.every(Number.isInteger) ? toAction(Int32Array.from(values)) : undefined;
  }

  /** What the model says of one observation: the numbers of its output. */
  async output(observation: unknown): Promise<TypedArray> {
    const { observationSpace, actionSpace, gives, scaleImages } = this.#parts;
    const data =
      observationSpace instanceof Box && !scaleImages
        ? Float32Array.from(observation as ArrayLike<number>)
        : this.#codec.encodeOne(observation);
    const [buffer] = await this.#session.run([{ dtype: 'float32', shape: [1, ...this.#codec.shape], data }]);
    const output = await buffer!.read();
    buffer!.dispose();
    const expected =
      gives === 'logits'
        ? actionSpace.flatSize
        : actionHead('loadOnnxPolicy', actionSpace).shape.reduce((a, b) => a * b, 1);
    if (output.length === expected) return output;
    throw new DataError(
      `loadOnnxPolicy: the model gives another number of values. Got ${output.length}; expected ${expected} for ${actionSpace.toString()}. ` +
        'Name the output that has them.',
      { op: 'loadOnnxPolicy', details: { got: output.length, expected } },
    );
  }

  /** Frees the model. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}
