/**
 * The ONNX operator set that a graph is written in unless one of its ops needs a later one (`OnnxBuilder.requires`): 20 is
 * the first with Gelu.
 * @category ONNX
 */
export const OPSET = 20;
