/** `maxNewTokens` for `max_new_tokens`: what programs here call what Hugging Face's files name. */
export const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `max_new_tokens` for `maxNewTokens`. */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
