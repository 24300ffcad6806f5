import type { Backend, DeviceBuffer, HostTensor, RunOptions } from '../backend/backend.ts';
import { BackendError, GraphError, internalError } from '../errors.ts';
import { dropResidents, keepResident, residentOf } from '../ir/residents.ts';
import type { Leaf, Tensor } from '../ir/tensor.ts';
import { committedOf } from '../ir/variable.ts';
import type { Variable } from '../ir/variable.ts';
import { fedOf, lower } from '../lowering/lower.ts';
import type { Lowered } from '../lowering/lower.ts';
import type { Program } from '../lowering/program.ts';
import { stacksOf } from '../lowering/stacks.ts';
import { nativeTarget } from '../lowering/target.ts';
import type { Stack } from '../onnx/emit.ts';
import { evaluateShape } from '../shape.ts';
import { checkScope } from '../trace/bind.ts';
import { passesKey } from '../transforms/passes.ts';
import type { Passes } from '../transforms/passes.ts';
import { disposedTensor } from './disposed.ts';
import { warnFallbacks } from './fallback.ts';
import type { FrozenValues } from './frozen-values.ts';
import type { FrozenWeights } from './frozen-weights.ts';
import { runEffects } from './run-effects.ts';
import { OwnedSession, sessionsOf } from './sessions.ts';
import type { Compiled, SessionSource } from './sessions.ts';
import { StackedInput } from './stacked-input.ts';
import { structureOf } from './structure.ts';
import { loadWatched } from './watched-session.ts';
import { watcherOf } from './watcher.ts';

/** How a program is made ready. */
export interface ExecutableOptions {
  /** For what runs many times: keeps captured data of the host on the device, and applies these passes. */
  readonly passes?: Passes | undefined;
  /** Values that the session holds; it is then this program's alone, and freed by {@link Executable.release}. */
  readonly weights?: FrozenWeights | undefined;
  /** What such a session is called in messages. */
  readonly name?: string | undefined;
  /** See `SessionOptions.compact`. */
  readonly compact?: boolean | undefined;
}

/** A model as a session takes it, for one plan of where its weights lie. */
interface Written {
  readonly plan: string | undefined;
  readonly lowered: Omit<Lowered, 'model'>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where one run gets its values from. */
export interface ExecutableRun extends RunOptions {
  /** Computes what is not known yet; undefined once all is. */
  readonly settle?: () => Promise<void> | undefined;
  /** The values of the inputs that the caller gives, asked for when the session is about to run. */
  readonly inputs?: () => readonly (HostTensor | DeviceBuffer)[];
}

/**
 * A program made ready to run on one backend: its session is found by the structure of the graph, or compiled; one
 * with frozen weights has a session of its own.
 */
export class Executable {
  readonly backend: Backend;
  readonly program: Program;
  /** Captured leaves whose values are given at every run, in order. */
  readonly fed: readonly Tensor[];
  /** Variables whose value goes in. */
  readonly used: ReadonlySet<Variable>;
  readonly #options: ExecutableOptions;
  readonly #session: SessionSource;
  /** Equal programs have equal text; undefined where the session is this program's alone. */
  readonly #key: string | undefined;
  readonly #stacks: readonly Stack[] = [];
  /** Of {@link fed} those that are inputs of their own, and the others. */
  readonly #single: readonly Tensor[];
  readonly #together: readonly StackedInput[];
  /** Kept where other weights go into the same model. */
  #written: Written | undefined;
  /** Size of the emitted model, once it has run. */
  bytes = 0;
  /** ONNX nodes of the emitted model, once it has run. */
  nodes = 0;

  constructor(backend: Backend, program: Program, options: ExecutableOptions = {}) {
    this.backend = backend;
    this.program = program;
    this.#options = options;
    const { passes, weights } = options;
    this.fed = fedOf(program, new Set(weights?.tensors)).slice(program.graph.inputs.length - program.captured.length);
    this.used = new Set(this.fed.flatMap(({ leaf }) => (leaf?.kind === 'variable' ? [leaf.variable] : [])));
    if (passes !== undefined && backend.inHostMemory === true) this.#stacks = stacksOf(this.fed);
    const stacked = new Set(this.#stacks.flatMap(({ parts }) => parts));
    this.#single = this.fed.filter((tensor) => !stacked.has(tensor));
    this.#together = this.#stacks.map(
      (stack) => new StackedInput(stack, backend, (tensor) => valueOf(tensor, backend)),
    );
    const load = (): Promise<Compiled> => this.#load(false);
    if (weights !== undefined) {
      this.#session = new OwnedSession(load, options.name ?? program.graph.name);
      return;
    }
    const key = `${passes === undefined ? '' : passesKey(passes)}\n${structureOf(program.graph, program.isInput)}`;
    this.#key = key;
    this.#session = sessionsOf(backend).source(key, load);
  }

  /** Computes the outputs but those of effects, whose probes it looks at; captured values are those of the moment in which the session begins. */
  async run({ settle, inputs, signal }: ExecutableRun = {}): Promise<DeviceBuffer[]> {
    const { effects, graph } = this.program;
    if (graph.outputs.length === 0) return [];
    const results = await this.#with(async ({ session, nodes, bytes }) => {
      this.nodes = nodes;
      this.bytes = bytes;
      const open = (): Promise<void> | undefined => settle?.() ?? loadStored(this.fed, this.backend);
      for (let waiting = open(); waiting !== undefined; waiting = open()) await waiting;
      // Nothing may come between here and the session, or a variable could get another value.
      const given = [
        ...(inputs?.() ?? []),
        ...this.#single.map((tensor) => this.#valueOf(tensor)),
        ...this.#together.map((stack) => stack.value()),
      ];
      return session.run(given, { signal });
    });
    if (effects.length === 0) return results;
    await this.#runEffects(results);
    return results.slice(0, -effects.length);
  }

  /** Uses the session; while somebody watches the backend, one that records beside it. */
  #with<R>(use: (compiled: Compiled) => Promise<R>): Promise<R> {
    const watcher = watcherOf(this.backend);
    if (watcher === undefined) return this.#session.with(use);
    const load = (): Promise<Compiled> => this.#load(true);
    if (this.#key !== undefined) return watcher.with({ key: this.#key, program: this.program, load }, use);
    if (this.stale) throw staleProfile(this.program.graph.name);
    // The one that is replaced when the weights are frozen anew tells which values it has.
    return this.#session.with((key) => watcher.with({ key, program: this.program, load }, use));
  }

  /** Compiles now what the first run would. */
  async prepare(): Promise<void> {
    await this.#session.with(async () => undefined);
  }

  /** Whether a frozen weight has got another value since the session was made. */
  get stale(): boolean {
    return this.#options.weights?.stale ?? false;
  }

  /** Gives a session with frozen weights the values of now. */
  async renew(): Promise<void> {
    if (this.#session instanceof OwnedSession) await this.#session.renew();
  }

  /** Frees the session, unless other programs run it too, and what the backend has of what is fed to it. */
  async release(): Promise<void> {
    await this.#session.release();
    for (const stack of this.#together) stack.release();
    for (const { leaf } of this.fed.map(committedOf)) if (leaf !== undefined) dropResidents(leaf);
  }

  #valueOf(tensor: Tensor): HostTensor | DeviceBuffer {
    const often = this.#options.passes !== undefined;
    return often ? residentValueOf(tensor, this.backend) : valueOf(tensor, this.backend);
  }

  async #runEffects(results: readonly DeviceBuffer[]): Promise<void> {
    const { effects } = this.program;
    const probes = results.slice(-effects.length);
    try {
      await runEffects(effects, probes);
    } catch (error) {
      for (const buffer of results) buffer.dispose();
      throw error;
    }
    for (const buffer of probes) buffer.dispose();
  }

  async #load(profile: boolean): Promise<Compiled> {
    const { passes, weights, compact } = this.#options;
    const values = await weights?.read(this.backend);
    const known = values?.plan !== undefined && values.plan === this.#written?.plan ? this.#written : undefined;
    const { externalData, externalFolder, files = [] } = values ?? {};
    return loadWatched(files, async () => {
      const written = known ?? this.#write(values, passes);
      if (written.plan !== undefined) this.#written = written;
      const { lowered, bytes } = written;
      const { ports, nodes, describe, sourceOf, sizesOnHost } = lowered;
      const beside = { externalData, externalFolder, compact, profile };
      const session = await this.backend.load(bytes, { ...ports, describe, sizesOnHost, ...beside });
      return { session, nodes, bytes: bytes.length, sourceOf };
    });
  }

  #write(values: FrozenValues | undefined, passes: Passes | undefined): Written {
    const { frozen, external, plan } = values ?? {};
    const { model, ...lowered } = lower(this.program, {
      target: nativeTarget(this.backend),
      passes,
      frozen,
      external,
      stacks: this.#stacks,
    });
    warnFallbacks(this.backend, lowered.fallbacks);
    return { plan, lowered, bytes: model.finish() };
  }
}

function staleProfile(name: string): GraphError {
  return new GraphError(
    `profile: '${name}' computes with values its variables had before. Got new values since it was compiled; expected ` +
      'none, since it is compiled again to be watched. Call refresh() before.',
    { op: 'profile' },
  );
}

/** What a leaf holds right now, for one run on `backend` (undefined: to be read, wherever it lives). */
export function valueOf(named: Tensor, backend: Backend | undefined): HostTensor | DeviceBuffer {
  const tensor = committedOf(named);
  const leaf: Leaf | undefined = tensor.leaf;
  if (leaf === undefined) throw internalError('a tensor is fed before it was computed.');
  if (leaf.kind === 'host') {
    return { dtype: tensor.dtype, shape: evaluateShape(tensor.shape, new Map()), data: leaf.data };
  }
  if (leaf.kind === 'variable') throw internalError('a variable stands for another one.');
  if (leaf.kind === 'stored') return storedValueOf(tensor, leaf, backend);
  if (leaf.kind === 'input') throw unknownInput(tensor, leaf.name);
  const { buffer } = leaf;
  if (buffer.disposed) throw disposedTensor('read', named);
  if (backend !== undefined && buffer.backend !== backend) {
    const isAlike = buffer.backend.name === backend.name && buffer.backend.device === backend.device;
    throw new BackendError(
      `read: tensors of two backends meet. Got one of '${buffer.backend.name}' (${buffer.backend.device}) on ` +
        `${isAlike ? 'another ' : ''}'${backend.name}' (${backend.device}); expected one backend. ` +
        `${isAlike ? 'Make a backend once and set it once, or read' : 'Read'} the tensor with data(...) and make it anew.`,
      { op: 'read' },
    );
  }
  return buffer;
}

function unknownInput(tensor: Tensor, name: string): GraphError {
  checkScope('read', tensor);
  return new GraphError(
    `read: '${name}' has no value while its function is being traced. Got a read inside a traced function; ` +
      `expected it outside. Return the tensor, or look at it with debugPrint.`,
    { op: 'read' },
  );
}

/** As {@link valueOf}, but data of the host is moved to where the backend computes once, and stays there. */
function residentValueOf(tensor: Tensor, backend: Backend): HostTensor | DeviceBuffer {
  const { leaf } = committedOf(tensor);
  if (leaf?.kind !== 'host' && leaf?.kind !== 'stored') return valueOf(tensor, backend);
  const known = residentOf(leaf, backend);
  if (known !== undefined) return known;
  const buffer = backend.upload(valueOf(tensor, backend) as HostTensor);
  keepResident(leaf, buffer);
  // The backend has them now: on a CPU they are the very same memory, on a GPU a copy.
  if (leaf.kind === 'stored') leaf.source.forget();
  return buffer;
}

type StoredLeaf = Extract<Leaf, { kind: 'stored' }>;

function storedValueOf(tensor: Tensor, leaf: StoredLeaf, backend: Backend | undefined): HostTensor | DeviceBuffer {
  const resident = residentOf(leaf, backend);
  if (resident !== undefined) return resident;
  const { data } = leaf.source;
  if (data === undefined) throw internalError('data of a file is fed before it was read.');
  return { dtype: tensor.dtype, shape: evaluateShape(tensor.shape, new Map()), data };
}

/** Reads what lies in files and is needed for a run on `backend`; undefined once all is there. */
export function loadStored(tensors: readonly Tensor[], backend: Backend): Promise<void> | undefined {
  const missing = tensors.flatMap((tensor) => {
    const { leaf } = committedOf(tensor);
    if (leaf?.kind !== 'stored' || leaf.source.data !== undefined) return [];
    return residentOf(leaf, backend) === undefined ? [leaf.source] : [];
  });
  if (missing.length === 0) return undefined;
  return (async () => {
    for (const source of missing) await source.load();
  })();
}
