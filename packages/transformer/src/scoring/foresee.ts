import { data, jit, reshape, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { crossEntropy } from '@gai/nn';
import type { Module } from '@gai/nn';

/** The token ids of texts, one list for each. */
type Texts = Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>;

/** How texts are read: windows of `length` tokens, `stride` apart, so many at once. */
interface Windows {
  readonly length: number;
  readonly stride: number;
  readonly batchSize: number;
}

/** −log of the probability of some tokens, in nats, and how many they are. */
interface Foreseen {
  readonly nats: number;
  readonly tokens: number;
}

/** What a window begins with, and what each of its tokens is to foresee, −100 where that does not count. */
interface Row {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

const NO_LABEL = -100;

/** Each token but the first of each text, foreseen in the first window it is in, batch by batch; the model is as it was in the end. */
export async function* foresee(
  model: { forward(inputIds: Tensor): Tensor } & Module,
  texts: Texts,
  windows: Windows,
): AsyncGenerator<Foreseen> {
  const measure = jit((x: Tensor, y: Tensor) => rowNats(model.forward(x), y), { dynamicAxes: [['batch'], ['batch']] });
  const restore = model.saveModes();
  model.eval();
  try {
    for await (const rows of batches(windowsOf(texts, windows), windows.batchSize)) {
      const column = (name: keyof Row): Tensor => {
        const values = new Int32Array(rows.length * windows.length);
        for (const [index, row] of rows.entries()) values.set(row[name], index * windows.length);
        return tensor(values, { shape: [rows.length, windows.length], dtype: 'int32' });
      };
      let [nats, tokens] = [0, 0];
      for (const value of await data(await measure(column('x'), column('y')))) nats += Number(value);
      for (const { y } of rows) for (const label of y) tokens += label === NO_LABEL ? 0 : 1;
      yield { nats, tokens };
    }
  } finally {
    restore();
  }
}

/** `[batch]`: the sum over the labels of each row; rows are added up on the host, in float64. */
function rowNats(logits: Tensor, labels: Tensor): Tensor {
  const [batch, time, vocabulary] = logits.shape;
  const flat = crossEntropy(reshape(logits, [-1, vocabulary!]), reshape(labels, [-1]), { reduction: 'none' });
  return sum(reshape(flat, [batch!, time!]), { axis: 1 });
}

async function* windowsOf(texts: Texts, { length, stride }: Windows): AsyncGenerator<Row> {
  for await (const ids of texts) {
    let counted = 0;
    for (let start = 0; counted < ids.length - 1; start += stride) {
      const x = new Int32Array(length);
      const y = new Int32Array(length).fill(NO_LABEL);
      const end = Math.min(start + length, ids.length - 1);
      for (let at = start; at < end; at++) {
        x[at - start] = ids[at]!;
        if (at >= counted) y[at - start] = ids[at + 1]!;
      }
      counted = end;
      yield { x, y };
    }
  }
}

async function* batches(rows: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
