/** Numbers as JSON has them, as short as they can be: nine digits tell any two float32 apart. */
export const nineDigits = (values: Float32Array): number[] => Array.from(values, (x) => Number(x.toPrecision(9)));
