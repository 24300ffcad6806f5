import { BackendError, DTypeError } from '../errors.ts';
import { expect, it } from 'vitest';
import { setDebug } from '../trace/debug.ts';
import { failedNode, wrapRuntimeError } from './runtime-error.ts';

it.each([
  ["Non-zero status code returned while running Reshape node. Name:'reshape_1' Status Message: bad", 'reshape_1'],
  ['This is an invalid model. In Node, ("foo_1", Foo, "", -1) : ("x": tensor(float),) -> …', 'foo_1'],
  ['Node (mm_1) Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication', 'mm_1'],
  ["Could not find an implementation for Erf(13) node with name 'erf_1'", 'erf_1'],
  ["Type 'tensor(bool)' of input parameter (x) of operator (Add) in node (eq_1) is invalid.", 'eq_1'],
  [
    "returned while running Scan node. Name:'scan_7' Status Message: Non-zero status code returned while running Gather node. " +
      "Name:'gather_3' Status Message: idx=5",
    'gather_3',
  ],
  ['Failed to load model because protobuf parsing failed.', undefined],
  ["Non-zero status code returned while running Add node. Name:'' Status Message: bad", undefined],
])('finds the node in: %s', (text, node) => {
  expect(failedNode(text)).toBe(node);
});

it('leaves errors of ours as they are', () => {
  const error = new DTypeError('load: …');
  expect(wrapRuntimeError(error, 'load')).toBe(error);
});

it('wraps everything else in one line, with the cause', () => {
  const cause = new Error(
    "Non-zero status code returned while running Gather node. Name:'gather_3' Status Message: " +
      '/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/gather.cc:122 onnxruntime::common::Status f(const A&) ' +
      'indices element out of data bounds, idx=9\nmust be within [-4,3]\n',
  );
  const error = wrapRuntimeError(cause, 'run', (node) => (node === 'gather_3' ? 'model.ts:7' : undefined));
  expect(error).toBeInstanceOf(BackendError);
  expect(error.cause).toBe(cause);
  expect(error.message).toBe(
    "run: the graph failed while it ran in ONNX node 'gather_3', written at model.ts:7. Got the index 9; expected -4 to 3, " +
      'which the axis has. Look at what the indices (labels, tokens) are made of.',
  );
  expect(wrapRuntimeError('text', 'upload').message).toContain("Got 'text'.");
});

it('says how to learn the line, unless lines are recorded', () => {
  const cause = new Error(
    "Non-zero status code returned while running Gather node. Name:'gather_3' Status Message: bad",
  );
  const message = (): string => wrapRuntimeError(cause, 'run', () => undefined).message;
  expect(message()).toMatch(/To learn which line wrote the node, call setDebug\(true\) before it\.$/);
  setDebug(true);
  try {
    expect(message()).not.toContain('setDebug');
  } finally {
    setDebug(false);
  }
});

it('leaves out how onnxruntime-web introduces what the runtime says', () => {
  const text =
    "failed to call OrtRun(). ERROR_CODE: 2, ERROR_MESSAGE: Non-zero status code in node. Name:'reshape_1' Status Message: bad";
  expect(wrapRuntimeError(new Error(text), 'run').message).toBe(
    "run: the graph failed while it ran in ONNX node 'reshape_1'. Got 'bad'. Look at the shapes and values that reach it.",
  );
  expect(
    wrapRuntimeError(new Error("Can't create a session. ERROR_CODE: 7, ERROR_MESSAGE: no model"), 'load').message,
  ).toBe("load: the graph does not compile. Got 'no model'. Check that the bytes are a whole ONNX model.");
});
