/** Calls a function once the calls have paused for so many milliseconds, with what the last one said. */
export function debounced<Arguments extends readonly unknown[]>(
  call: (...given: Arguments) => void,
  milliseconds: number,
): (...given: Arguments) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...given), milliseconds);
  };
}
