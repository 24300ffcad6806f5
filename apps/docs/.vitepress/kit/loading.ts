/** What a figure says while its runtime comes. */
export const LOADING = 'Loading ONNX Runtime (14 MB once, then from the cache of your browser) …';
