/**
 * Teaches: training in a page. Digits are fetched, a LeNet learns them, checkpoints go to the page's own files, and the
 * ONNX file is offered for download. Served by `examples/digits.ts`.
 */
import { webBackend } from '@gai/backend-web';
import { LeNet, augmentBatches } from '@gai/cnn';
import { setDefaultBackend, spec, toArray, toOnnx } from '@gai/core';
import { dataset, parseIdx } from '@gai/data';
import { accuracy, adamW, checkpoint, cosineSchedule, crossEntropy, evaluate, fit, manualSeed } from '@gai/nn';

/** The few names of the page that this program uses. */
declare const document: { querySelector(selector: string): { textContent: string; href: string; download: string } };
declare const location: { readonly search: string };

const query = new URLSearchParams(location.search);
const options = {
  device: (query.get('device') ?? 'auto') as 'auto' | 'webgpu' | 'wasm',
  epochs: Number(query.get('epochs') ?? 3),
  batchSize: 32,
  learningRate: 3e-3,
  seed: 0,
};

const say = (line: string): void => {
  document.querySelector('#log').textContent += `${line}\n`;
};

/** Images 0 … 1 and labels of one part, from two IDX files beside the page. */
async function load(part: 'train' | 'test') {
  const read = async (name: string) => {
    const response = await fetch(`./${part}-${name}.idx`);
    return parseIdx(new Uint8Array(await response.arrayBuffer()), { name });
  };
  const [images, labels] = [await read('images'), await read('labels')];
  const x = Float32Array.from(images.data as Uint8Array, (value) => value / 255);
  return dataset({ x: { data: x, shape: [x.length / 784, 1, 28, 28] }, y: Int32Array.from(labels.data as Uint8Array) });
}

const backend = await webBackend({ device: options.device, onWarning: say });
setDefaultBackend(backend);
say(`running on ${backend.device}, ${backend.threads} threads`);

manualSeed(options.seed);
const [train, test] = [await load('train'), await load('test')];
const model = new LeNet({ channels: [16, 32] });
const loader = train.loader({
  batchSize: options.batchSize,
  shuffle: true,
  seed: options.seed,
  map: augmentBatches({ shift: 1 }),
});
const schedule = cosineSchedule({ initial: options.learningRate, steps: options.epochs * loader.length });

await fit(model, {
  train: loader,
  loss: crossEntropy,
  optimizer: adamW({ learningRate: schedule }),
  epochs: options.epochs,
  seed: options.seed,
  callbacks: [
    checkpoint('runs/digits'),
    { name: 'say', onEpochEnd: ({ epoch }, { loss = Number.NaN }) => say(`epoch ${epoch}: loss ${loss.toFixed(4)}`) },
  ],
});

model.eval();
const measured = await evaluate(model, test, { metrics: [accuracy()] });
say(`test accuracy ${(100 * Number(measured['accuracy'])).toFixed(2)} %`);

const { model: onnx } = await toOnnx(model, { x: spec(['batch', 1, 28, 28]) });
const link = document.querySelector('#download');
link.href = URL.createObjectURL(new Blob([onnx], { type: 'application/octet-stream' }));
link.download = 'digits.onnx';
link.textContent = `digits.onnx, ${Math.ceil(onnx.length / 1024)} kB`;

const [batch] = test.take(32).loader({ batchSize: 32, shuffle: false, seed: 0 });
const logits = (await toArray(model.forward(batch!.x))) as number[][];
const files = await backend.storage?.list('runs/digits');

/** For whoever looks at the page from outside, such as its test. */
Object.assign(globalThis, { result: { accuracy: measured['accuracy'], logits, files, device: backend.device } });
