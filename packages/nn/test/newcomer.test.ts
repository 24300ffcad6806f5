import { add, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Linear,
  Module,
  ModuleBuffer,
  Parameter,
  ReLU,
  Sequential,
  accuracy,
  adam,
  chain,
  clipByGlobalNorm,
  clipByValue,
  csvSink,
  earlyStopping,
  ema,
  evaluate,
  fit,
  jsonlSink,
  load,
  logger,
  mse,
  predict,
  quantize,
  save,
  sgd,
  summary,
  tap,
  trainStep,
  withWeights,
} from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const folder = mkdtempSync(join(tmpdir(), 'gai-newcomer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const net = (): Sequential =>
  new Sequential(
    new Linear({ inFeatures: 2, outFeatures: 3 }),
    new ReLU(),
    new Linear({ inFeatures: 3, outFeatures: 1 }),
  );
const train = [{ x: tensor([[1, 2]]), y: tensor([[1]]) }];

class Nested extends Module {
  readonly model = net();
  forward(x: Tensor): Tensor {
    return this.model.forward(x) as Tensor;
  }
}

describe('names that do not match', () => {
  const named = (rule: (name: string) => string, model: Module = net()) =>
    Object.fromEntries(Object.entries(model.stateDict()).map(([name, value]) => [rule(name), value]));

  it.each<[string, (name: string) => string, () => Module, string]>([
    ['DDP', (name) => `module.${name}`, net, String.raw`(name) => name.replace(/^module\./, '')`],
    ['torch.compile', (name) => `_orig_mod.${name}`, net, String.raw`(name) => name.replace(/^_orig_mod\./, '')`],
    ['both', (name) => `module._orig_mod.${name}`, net, String.raw`(name) => name.replace(/^module\._orig_mod\./, '')`],
    [
      'torch.compile of a part',
      (name) => name.replace('model.', 'model._orig_mod.'),
      () => new Nested(),
      `(name) => name.replaceAll('_orig_mod.', '')`,
    ],
    ['a trainer', (name) => `model.${name}`, net, String.raw`(name) => name.replace(/^model\./, '')`],
    ['a part alone', (name) => name.replace('model.', ''), () => new Nested(), `(name) => 'model.' + name`],
  ])('of %s say how to rename them', (_, rule, make, text) => {
    const model = make();
    const state = named(rule, make());
    let message = '';
    try {
      model.loadStateDict(state);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^loadStateDict: the names do not match\. /);
    expect(message).toContain(`Pass { rename: ${text} }.`);
    // oxlint-disable-next-line no-eval -- What the message says to write.
    const rename = (0, eval)(text) as (name: string) => string;
    expect(model.loadStateDict(state, { rename })).toEqual({ missing: [], unexpected: [] });
  });

  it('in another way say strict: false', () => {
    const state = { ...named((name) => `module.${name}`), other: tensor([1]) };
    expect(() => net().loadStateDict(state)).toThrow('Pass { strict: false } to load what fits.');
  });

  it('of a train step say nothing of options that load does not have', () => {
    const step = (model: Module) =>
      trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x }: { x: Tensor }) => ({
        losses: { model: models.model.forward(x) as Tensor },
      }));
    const state = step(net()).state();
    const { 'model.0.bias': gone, ...rest } = state.tensors;
    for (const tensors of [rest, { ...rest, 'model.9.bias': gone! }]) {
      expect(() => step(net()).load({ ...state, tensors })).toThrow(
        /^trainStep\.load: the state lacks 'model\.0\.bias'\..*Use a state of this step's models and optimizers\.$/,
      );
    }
    expect(() => step(net()).load({ ...state, tensors: { ...state.tensors, 'model.9.bias': gone! } })).toThrow(
      "trainStep.load: 'model.9.bias' has no place.",
    );
  });

  it('dtype is one of three words', () => {
    expect(() =>
      net().loadStateDict(net().stateDict(), { dtype: 'float32' as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: loadStateDict: dtype is unknown. Got 'float32'; expected 'cast', 'keep' or 'refuse', which say what a tensor of another dtype than the module's does. Give the module its dtype with model.to(...).]`,
    );
  });
});

describe('an argument of another kind is refused in one line', () => {
  const fitWith = (options: object) => () => fit(net(), { train, loss: mse, ...options } as never);
  const stepWith = (setup: object, options: object = {}, compute: unknown = () => ({ losses: {} })) => {
    const models = { model: net() };
    return () => trainStep({ models, optimizers: { model: sgd() }, ...setup } as never, compute as never, options);
  };

  it.each<[string, () => unknown]>([
    ['fit without loss', fitWith({ loss: undefined })],
    ['fit with a class', () => fit(Nested as never, { train, loss: mse })],
    ['fit with an optimizer that was not made', fitWith({ optimizer: adam })],
    ['fit with a metric that was not made', fitWith({ validation: train, metrics: [accuracy] })],
    ['fit with one metric', fitWith({ trainMetrics: accuracy() })],
    ['fit with a callback that was not made', fitWith({ callbacks: [earlyStopping] })],
    ['fit with one callback', fitWith({ callbacks: earlyStopping() })],
    ['fit without train', fitWith({ train: undefined })],
    ['fit with a batch', fitWith({ train: train[0] })],
    ['fit with a tensor', fitWith({ train: tensor([[1, 2]]) })],
    ['fit with arrays', fitWith({ train: [[[1, 2]]] })],
    ['fit with epochs NaN', fitWith({ epochs: NaN })],
    ['fit with batchSize -1', fitWith({ batchSize: -1 })],
    ['fit with stepsPerRun 0', fitWith({ stepsPerRun: 0 })],
    ['fit with accumulate 1.5', fitWith({ accumulate: 1.5 })],
    ['fit with seed NaN', fitWith({ seed: NaN })],
    ['fit with nonFinite warn', fitWith({ nonFinite: 'warn' })],
    ['fit with dynamicAxes batch', fitWith({ dynamicAxes: 'batch' })],
    ['predict with arrays', () => predict(net(), [[1, 2], [3, 4]] as never)], // prettier-ignore
    ['predict with a tensor', () => predict(net(), tensor([[1, 2]]) as never)],
    ['predict with x as an array', () => predict(net(), [{ x: [[1, 2]] }])],
    ['predict with nothing', () => predict(net(), undefined as never)],
    ['predict with batchSize 0', () => predict(net(), train, { batchSize: 0 })],
    ['predict with a function', () => predict((() => 0) as never, train)],
    ['evaluate with a loss in an array', () => evaluate(net(), train, { loss: [mse] as never })],
    ['evaluate with one metric', () => evaluate(net(), train, { metrics: accuracy() as never })],
    ['trainStep with an optimizer that was not made', stepWith({ optimizers: { model: adam } })],
    ['trainStep with a model that is none', stepWith({ models: { model: { forward: add } } })],
    ['trainStep without a function', stepWith({}, {}, { losses: {} })],
    ['trainStep with seed 0.5', stepWith({}, { seed: 0.5 })],
    ['trainStep with accumulate NaN', stepWith({}, { accumulate: NaN })],
    ['trainStep with accumulate -2', stepWith({}, { accumulate: -2 })],
    ['trainStep with nonFinite true', stepWith({}, { nonFinite: true })],
    ['trainStep with masterWeights yes', stepWith({}, { masterWeights: 'yes' })],
    [
      'trainStep whose loss is a number',
      () => stepWith({}, {}, () => ({ losses: { model: 3 } }))()({ x: tensor([1]) }),
    ],
    ['trainStep whose loss is undefined', () => stepWith({}, {}, () => ({ losses: { model: undefined } }))()({ x: tensor([1]) })], // prettier-ignore
    ['adam with learningRate NaN', () => adam({ learningRate: NaN })],
    ['adam with weightDecay -1', () => adam({ weightDecay: -1 })],
    ['adam with b1 2', () => adam({ b1: 2 })],
    ['adam with eps NaN', () => adam({ eps: NaN })],
    ['sgd with momentum -1', () => sgd({ momentum: -1 })],
    ['ema of an optimizer that was not made', () => ema(adam as never)],
    ['chain of an optimizer that was not made', () => chain(clipByGlobalNorm(1), adam as never)],
    ['chain of a transform that was not made', () => chain(clipByGlobalNorm as never, adam())],
    ['chain in the wrong order', () => chain(adam() as never, clipByGlobalNorm(1) as never)],
    ['clipByGlobalNorm(-1)', () => clipByGlobalNorm(-1)],
    ['clipByValue(NaN)', () => clipByValue(NaN)],
    ['earlyStopping with patience NaN', () => earlyStopping({ patience: NaN })],
    ['logger with one sink', () => logger(csvSink(join(folder, 'one.csv')) as never)],
    ['logger with a sink that was not made', () => logger([csvSink as never])],
    ['logger with a path', () => logger('log.csv' as never)],
    ['to half', () => net().to('half' as never)],
    ['to int32', () => net().to('int32')],
    ['tap of an object', () => tap({} as never, [], () => 0)],
    ['tap without a function', () => tap(net(), {}, undefined as never)],
    ['tap without targets', () => tap(net(), null as never, () => 0)],
    ['tap with a number as change', () => tap(net(), { '0': 3 as never }, () => 0)],
    ['trainStep without anything', () => trainStep(undefined as never, undefined as never)],
    ['trainStep without models', () => trainStep({} as never, (() => ({})) as never)],
    ['trainStep without optimizers', () => trainStep({ models: { model: net() } } as never, (() => ({})) as never)],
    ['fit without options', () => fit(net(), undefined as never)],
    ['loadStateDict of nothing', () => net().loadStateDict(null as never)],
    ['loadStateDict of a promise', () => net().loadStateDict(Promise.resolve({}) as never)],
    ['loadStateDict of a map', () => net().loadStateDict(new Map() as never)],
    ['loadStateDict of arrays', () => net().loadStateDict({ '0.weight': [[1, 2]] } as never)],
    ['loadStateDict with rename x', () => net().loadStateDict(net().stateDict(), { rename: 'x' as never })],
    ['new Parameter of an array', () => new Parameter([1, 2] as never)],
    ['new ModuleBuffer of a number', () => new ModuleBuffer(3 as never)],
    [
      'assign of an array',
      () =>
        net()
          .parameters()[0]!
          .assign([1] as never),
    ],
    ['summary of an object', () => summary({} as never)],
    ['quantize of an object', () => quantize({} as never)],
    ['save of an object', () => save({} as never, 'x')],
    ['load into an object', () => load({} as never, 'x')],
    ['withWeights without function', () => withWeights(net(), {}, undefined as never)],
    ['replace of a number', () => net().replace(0 as never, new ReLU())],
    ['replace by nothing', () => net().replace('0', undefined as never)],
    ['an asynchronous loss', fitWith({ loss: async () => 1 })],
    ['quantize with text', () => quantize(net(), { include: '0' as never })],
    ['quantize with a list', () => quantize(net(), { exclude: ['0'] as never })],
  ])('%s', async (_, run) => {
    let error: unknown;
    try {
      await run();
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchSnapshot();
  });
});

describe('two sinks for one file', () => {
  const options = (callbacks: unknown[]) => ({ train, loss: mse, epochs: 3, callbacks }) as never;
  const path = (name: string): string => join(folder, name);

  it.each([
    ['of one logger', (file: string) => [logger([csvSink(file), csvSink(file)])]],
    ['of two loggers', (file: string) => [logger([csvSink(file)]), logger([csvSink(file)])]],
    [
      'of two kinds',
      (file: string) => [logger([jsonlSink(file)]), logger([jsonlSink(file.replace('/log', '/./log'))])],
    ],
  ])('are refused %s', async (name, make) => {
    await expect(fit(net(), options(make(path(`log ${name}`))))).rejects.toThrow(
      /^logger: two sinks write one file\. Got a row for '.*' from a sink, after another one has begun it; expected one sink/,
    );
  });

  it('are refused where they are one', () => {
    const sink = csvSink(path('same.csv'));
    expect(() => logger([sink, sink])).toThrow('logger: the sinks do not fit. Got one of them twice');
  });

  it('may come one after the other, also when the first was never closed', async () => {
    const file = path('again.csv');
    for (const epochs of [1, 2]) await fit(net(), { train, loss: mse, epochs, callbacks: [logger([csvSink(file)])] });
    const left = csvSink(file);
    await left.open!(0);
    await left.log(1, { loss: 1 });
    await fit(net(), { train, loss: mse, epochs: 2, callbacks: [logger([csvSink(file)])] });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(3);
    await left.close!();
    await left.open!(1);
    await left.log(2, { loss: 1 });
  });
});
