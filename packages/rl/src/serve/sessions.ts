import type { Env, EnvState } from '../env.ts';
import { infoToJson, valueFromJson, valueToJson } from './space-json.ts';
import type { Json } from './space-json.ts';
import { Refusal } from './refusal.ts';

/** One client's env. */
interface Session {
  readonly env: Env;
  /** Milliseconds, when it was last heard of. */
  seen: number;
  /** Whether an episode goes on: no step without. */
  isOn: boolean;
}

/** How many clients there may be, and for how long they may be silent, in milliseconds. */
export interface SessionLimits {
  readonly maxSessions: number;
  readonly timeout: number;
}

/** The envs of all clients. */
export class Sessions {
  readonly #make: () => Env;
  readonly #limits: SessionLimits;
  readonly #all = new Map<string, Session>();

  constructor(make: () => Env, limits: SessionLimits) {
    this.#make = make;
    this.#limits = limits;
  }

  get count(): number {
    return this.#all.size;
  }

  open(): Json {
    this.sweep();
    const { maxSessions } = this.#limits;
    if (this.#all.size >= maxSessions)
      throw new Refusal(503, `there are ${maxSessions} sessions already. Close one, or wait.`);
    const id = crypto.randomUUID();
    this.#all.set(id, { env: this.#make(), seen: performance.now(), isOn: false });
    return { session: id };
  }

  reset(id: string, { seed, options, ...others }: Readonly<Record<string, unknown>>): Json {
    const session = this.#find(id);
    checkNames(others, 'seed, options');
    if (seed !== undefined && seed !== null && !(Number.isSafeInteger(seed) && (seed as number) >= 0)) {
      throw new Refusal(400, 'seed is none: a whole number from 0 is expected.');
    }
    const isRecord = typeof options === 'object' && !Array.isArray(options);
    if (options !== undefined && !isRecord) throw new Refusal(400, 'options are none: an object is expected.');
    const given = {
      seed: (seed ?? undefined) as number | undefined,
      options: (options ?? undefined) as EnvState | undefined,
    };
    const { observation, info } = session.env.reset(given);
    session.isOn = true;
    return { observation: valueToJson(session.env.observationSpace, observation), info: infoToJson(info) };
  }

  step(id: string, { action, ...others }: Readonly<Record<string, unknown>>): Json {
    const session = this.#find(id);
    checkNames(others, 'action');
    if (!session.isOn) throw new Refusal(409, 'no episode goes on: reset first.');
    const { env } = session;
    const { observation, reward, terminated, truncated, info } = env.step(valueFromJson(env.actionSpace, action));
    session.isOn = !terminated && !truncated;
    return {
      observation: valueToJson(env.observationSpace, observation),
      reward: infoToJson(reward),
      terminated,
      truncated,
      info: infoToJson(info),
    };
  }

  close(id: string): Json {
    const session = this.#find(id);
    this.#all.delete(id);
    session.env.close?.();
    return {};
  }

  /** Ends sessions that have been silent for too long; an env that fails to close is nobody's request: it is warned of. */
  sweep(): void {
    const oldest = performance.now() - this.#limits.timeout;
    for (const [id, { seen }] of this.#all) {
      if (seen >= oldest) continue;
      try {
        this.close(id);
      } catch (error) {
        process.emitWarning(error as Error);
      }
    }
  }

  /** Ends all of them, then throws what any env has thrown. */
  closeAll(): void {
    const errors: unknown[] = [];
    for (const id of this.#all.keys()) {
      try {
        this.close(id);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} envs failed to close.`);
  }

  #find(id: string): Session {
    const session = this.#all.get(id);
    if (session === undefined)
      throw new Refusal(404, 'there is no such session. It was closed, or silent for too long: open another.');
    session.seen = performance.now();
    return session;
  }
}

function checkNames(others: object, known: string): void {
  const [name] = Object.keys(others);
  if (name !== undefined)
    throw new Refusal(400, `there is no such field: ${JSON.stringify(name)}. Known are ${known}.`);
}
