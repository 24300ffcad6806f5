import type { DType } from '../dtype.ts';
import type { OnnxAttrs } from '../ir/onnx-binding.ts';
import type { Builder } from './builder.ts';
import { CORRECTIONS, REWRITES } from './support-rewrites.ts';
import { decidingOperand, outputTypes } from './support-types.ts';
import { claimsInVain, detour, hasKernel, kernelDTypes, kernelName, unsupported } from './support.ts';

/** A node a binding asks for. */
interface Request {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: number;
  readonly attrs: OnnxAttrs;
}

/**
 * Decides, node by node and before there is a session, in which form the target's provider gets it: as it is; in
 * operators the provider has; in another dtype; left to the fallback; or not at all, with an error that names our op.
 */
export class Lowering {
  /** The dtype of each value. */
  readonly types = new Map<string, DType>();
  /** What the provider leaves to the fallback, with the line of the user that first asked for it. */
  readonly fallbacks = new Map<string, string | undefined>();
  sizesOnHost = false;
  readonly #builder: Builder;
  /** Values that are sizes or made of sizes alone: they stay in the memory of the CPU on every provider. */
  readonly #sizes = new Set<string>();

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Notes a baked value. */
  constant(name: string, dtype: DType): void {
    this.types.set(name, dtype);
    if (dtype === 'int64') this.#sizes.add(name);
  }

  write(request: Request): string[] {
    const { opType, inputs, attrs } = request;
    const deciding = this.types.get(inputs[decidingOperand(opType)] ?? '');
    if (this.#isSize(request)) return this.#writeSize(request, deciding);
    // A cast to what no dtype stands for (uint64) is measured by where it comes from.
    const dtype = opType === 'Cast' ? (outputTypes(request, deciding)[0] ?? deciding) : deciding;
    if (dtype === undefined) return this.#plain(request, deciding);
    const { kernels, lacks, fallback } = this.#builder.target.capabilities;
    const kernel = kernelName(request, deciding);
    const lacking = lacks.find((lack) => lack === dtype || lack === deciding);
    if (lacking !== undefined) throw this.#refusal(kernel, lacking);
    if (hasKernel(kernels, kernel, dtype)) {
      const right = CORRECTIONS[opType];
      const wrong = right !== undefined && this.#builder.hasFault(right.fault);
      const corrected = !wrong ? undefined : right.write(this.#builder, inputs, dtype, attrs);
      return corrected === undefined ? this.#plain(request, deciding) : [corrected];
    }
    const rewritten = REWRITES[opType]?.(this.#builder, inputs, dtype, attrs);
    if (rewritten !== undefined) return [rewritten];
    const via = opType === 'Cast' ? undefined : detour(kernels, kernel, dtype);
    if (via !== undefined) return this.#through(via, request, dtype);
    const left = fallback !== undefined && hasKernel(fallback.kernels, kernel, dtype);
    if (!left || claimsInVain(kernels, kernel, dtype)) throw this.#refusal(kernel, dtype);
    this.fallbacks.set(`${opType} of ${dtype}`, this.#builder.current?.origin);
    return this.#plain(request, deciding);
  }

  /** Whether a node computes sizes: everything that goes in is one. */
  #isSize({ opType, inputs }: Request): boolean {
    return opType === 'Shape' || (inputs.length > 0 && inputs.every((input) => input === '' || this.#sizes.has(input)));
  }

  #writeSize(request: Request, dtype: DType | undefined): string[] {
    this.sizesOnHost = true;
    const names = this.#plain(request, dtype);
    for (const name of names) if (this.types.get(name) === 'int64') this.#sizes.add(name);
    return names;
  }

  #plain({ opType, inputs, outputs, attrs }: Request, dtype: DType | undefined): string[] {
    const names = this.#builder.plain(opType, inputs, outputs, attrs);
    outputTypes({ opType, outputs, attrs }, dtype).forEach((type, index) => {
      if (type !== undefined) this.types.set(names[index]!, type);
    });
    return names;
  }

  /** Casts the operands in `dtype`, and the results back. */
  #through(via: DType, request: Request, dtype: DType): string[] {
    const first = decidingOperand(request.opType);
    const inputs = request.inputs.map((input, index) =>
      index >= first && this.types.get(input) === dtype ? this.#builder.cast(input, via) : input,
    );
    const wanted = outputTypes(request, dtype);
    return this.write({ ...request, inputs }).map((name, index) =>
      wanted[index] === dtype ? this.#builder.cast(name, dtype) : name,
    );
  }

  #refusal(kernel: string, dtype: DType): Error {
    const { target, current } = this.#builder;
    // A cast from what the provider does not know is refused for that, whatever it goes to.
    const from = kernel.startsWith('Cast:') ? (kernel.slice('Cast:'.length) as DType) : dtype;
    const blamed = kernelDTypes(target.capabilities.kernels, kernel).length === 0 ? from : dtype;
    return unsupported({ op: current?.op?.name ?? 'run', target, kernel, dtype: blamed, line: current?.origin });
  }
}
