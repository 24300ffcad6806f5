export { nodeBackend } from './backend.ts';
export type { NodeBackend, NodeBackendOptions } from './options.ts';
export { listDevices } from './devices.ts';
export type { DeviceInfo, NodeDevice } from './devices.ts';
export { openOnnx } from './open-onnx.ts';
export type { OnnxModel, OpenOnnxOptions } from './open-onnx.ts';
export { fileStorage } from './storage/file-storage.ts';
