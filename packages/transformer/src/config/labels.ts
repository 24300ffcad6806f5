import type { ConfigJson, Fields } from './fields.ts';
import { labelCount, oneOf } from './rules.ts';
import type { Rule } from './rules.ts';

/** What the classes of a classification head are called. */
export interface LabelConfig {
  /** Classes of a classification head. Default 2. */
  readonly numLabels: number;
  /** Names of the classes by index. Default `LABEL_0`, `LABEL_1`, … */
  readonly id2label: Readonly<Record<string, string>>;
  /** What the classification head is trained for; null where it follows from the labels. */
  readonly problemType: 'regression' | 'single_label_classification' | 'multi_label_classification' | null;
}

const names: Rule<Readonly<Record<string, string>>> = {
  is: (value): value is Readonly<Record<string, string>> =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([id, name], index) => id === String(index) && typeof name === 'string'),
  text: 'names by index from 0 on, without a gap',
};

const standardNames = (count: unknown): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count as number }, (_, id) => [String(id), `LABEL_${id}`]));

/** The fields of {@link LabelConfig}; a file without names has two classes. */
export const labelFields: Fields<LabelConfig> = {
  numLabels: {
    rule: labelCount,
    default: 2,
    reads: ['num_labels', 'id2label', '_num_labels'],
    fromJson: (json) => countOf(json),
    toJson: () => ({}),
  },
  id2label: {
    rule: names,
    default: ({ numLabels }) => standardNames(numLabels),
    matters: false,
    toJson: (value) => ({
      id2label: value,
      label2id: Object.fromEntries(Object.entries(value).map(([id, name]) => [name, Number(id)])),
    }),
  },
  problemType: {
    rule: oneOf(['regression', 'single_label_classification', 'multi_label_classification']),
    default: null,
    nullable: true,
    matters: false,
  },
};

function countOf({ id2label, num_labels: count }: ConfigJson): unknown {
  return typeof id2label === 'object' && id2label !== null ? Object.keys(id2label).length : count;
}
