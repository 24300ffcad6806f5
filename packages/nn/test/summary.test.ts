import { relu, spec } from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { BatchNorm1d, Dropout, Embedding, LSTM, Linear, Module, Sequential, summary } from '../src/index.ts';

class Tagger extends Module {
  readonly embed = new Embedding({ numEmbeddings: 10, embeddingDim: 4 });
  readonly lstm = new LSTM({ inputSize: 4, hiddenSize: 3, batchFirst: true });
  readonly heads = { tag: new Linear({ inFeatures: 3, outFeatures: 2 }), idle: new Dropout({ p: 0.5 }) };
  forward(ids: Tensor): { tags: Tensor } {
    return { tags: this.heads.tag.forward(this.lstm.forward(this.embed.forward(ids)).output) };
  }
}

describe('summary', () => {
  it('is a table, in the order in which modules run', () => {
    const model = new Tagger();
    model.embed.requiresGrad(false);
    expect(String(summary(model, spec(['batch', 7], 'int32')))).toMatchInlineSnapshot(`
      "layer       type       output                                                    parameters  trained
      embed       Embedding  [batch,7,4]                                                       40  no
      lstm        LSTM       cell [1,batch,3], hidden [1,batch,3], output [batch,7,3]         108  yes
      heads.tag   Linear     [batch,7,2]                                                        8  yes
      heads.idle  Dropout                                                                       0
      156 parameters, 116 trained, 624 bytes"
    `);
  });

  it('without inputs has the modules in the order of the fields', () => {
    expect(String(summary(new Tagger()))).toMatchInlineSnapshot(`
      "layer       type       parameters  trained
      embed       Embedding          40  yes
      lstm        LSTM              108  yes
      heads.tag   Linear              8  yes
      heads.idle  Dropout             0
      156 parameters, 156 trained, 624 bytes"
    `);
  });

  it('counts shared parameters once, buffers as memory, and runs', () => {
    const shared = new Linear({ inFeatures: 4, outFeatures: 4, bias: false });
    const model = new Sequential(shared, relu, shared, new BatchNorm1d({ numFeatures: 4 }));
    const { rows, parameters, trainable, bytes } = summary(model, spec(['batch', 4]));
    expect(rows.map(({ name, calls, parameters: own }) => [name, calls, own])).toEqual([
      ['0', 2, 16],
      ['3', 1, 8],
    ]);
    expect([parameters, trainable]).toEqual([24, 24]);
    expect(bytes).toBe(4 * (24 + 8 + 1));
    expect(rows[0]!.outputs[0]).toMatchObject({ path: '', dtype: 'float32' });
  });

  it('leaves the model as it was', () => {
    const model = new Tagger();
    const before = Object.keys(model.lstm);
    summary(model, spec([1, 2], 'int32'));
    expect([model.training, model.lstm.training]).toEqual([true, true]);
    expect(Object.keys(model.lstm)).toEqual(before);
  });
});
