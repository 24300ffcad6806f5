/** Bytes up to which a compact session may hold what it computes from weights. */
const FOLDED = 2 ** 16;

/**
 * The settings of a session of ONNX Runtime that its bindings take by their names only.
 * @param options.alone - Refuse a graph that the provider cannot run alone.
 * @param options.compact - As in `SessionOptions`.
 * @param options.externalFolder - As in `SessionOptions`.
 * @example
 * extraSettings({ alone: true }); // => { session: { disable_cpu_ep_fallback: '1' } }
 * @category Backends
 */
export function extraSettings({
  alone,
  compact = false,
  externalFolder,
}: {
  readonly alone: boolean;
  readonly compact?: boolean | undefined;
  readonly externalFolder?: string | undefined;
}): Record<string, Record<string, string>> {
  const session = {
    ...(alone && { disable_cpu_ep_fallback: '1' }),
    ...(externalFolder !== undefined && { model_external_initializers_file_folder_path: externalFolder }),
  };
  return {
    ...(Object.keys(session).length > 0 && { session }),
    ...(compact && { optimization: { constant_folding_max_output_size_in_bytes: String(FOLDED) } }),
  };
}
