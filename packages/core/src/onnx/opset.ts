/**
 * The ONNX operator set that every graph is written in: 20 is the first with Gelu, and what portable exports promise.
 * @category ONNX
 */
export const OPSET = 20;
