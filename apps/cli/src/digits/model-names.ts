/** Names of the models that `gai train digits` knows. */
export const DIGITS_MODELS = ['lenet', 'resnet20'] as const;
