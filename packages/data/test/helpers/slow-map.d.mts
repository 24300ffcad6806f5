export declare const map: (batch: unknown, context: unknown) => never;
