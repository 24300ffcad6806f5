import { malformed, readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import type { PostProcessor } from './post-processor.ts';
import { PLAIN } from './template.ts';
import type { Template, TemplatePart } from './template.ts';
import { trimOffsets } from './trim-offsets.ts';

/** Leaves the texts as they are. */
const untouched = (template: Template): PostProcessor => ({ prepare: (encoded) => encoded, template });

const READERS: Readonly<Record<string, (json: Json) => PostProcessor>> = {
  TemplateProcessing: (json) => untouched(readTemplate(json)),
  BertProcessing: (json) => {
    const [cls, sep] = [readSpecial(json['cls'], 'cls'), readSpecial(json['sep'], 'sep')];
    const single: TemplatePart[] = [cls, { sequence: 'A', typeId: 0 }, sep];
    return untouched({ single, pair: [...single, { sequence: 'B', typeId: 1 }, { ...sep, typeId: 1 }] });
  },
  RobertaProcessing: (json) => {
    const [cls, sep] = [readSpecial(json['cls'], 'cls'), readSpecial(json['sep'], 'sep')];
    const single: TemplatePart[] = [cls, { sequence: 'A', typeId: 0 }, sep];
    const pair: TemplatePart[] = [...single, sep, { sequence: 'B', typeId: 0 }, sep];
    return trimming(json, { single, pair });
  },
  ByteLevel: (json) => trimming(json, PLAIN),
  Sequence: (json) => {
    const all = readList(json['processors'], 'post_processor.processors').map(readPostProcessor);
    const templates = all.map(({ template }) => template).filter((template) => template !== PLAIN);
    if (templates.length > 1)
      throw malformed('post_processor.processors', templates.length, 'one of them that adds tokens');
    return {
      prepare: (encoded, tokenOf) => all.reduce((text, { prepare }) => prepare(text, tokenOf), encoded),
      template: templates[0] ?? PLAIN,
    };
  },
};

/** The post-processor of a tokenizer file; without one texts come one after the other. */
export function readPostProcessor(value: unknown): PostProcessor {
  if (value === null || value === undefined) return untouched(PLAIN);
  const json = readObject(value, 'post_processor');
  const type = readText(json['type'], 'post_processor.type');
  if (!Object.hasOwn(READERS, type)) {
    throw malformed('post_processor.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  }
  return READERS[type]!(json);
}

function trimming(json: Json, template: Template): PostProcessor {
  const space = readFlag(json['add_prefix_space'], 'post_processor.add_prefix_space', true);
  const trims = readFlag(json['trim_offsets'], 'post_processor.trim_offsets', true);
  const plain = untouched(template);
  return trims ? { ...plain, prepare: (encoded, tokenOf) => trimOffsets(encoded, tokenOf, space) } : plain;
}

function readSpecial(value: unknown, name: string): TemplatePart & { readonly ids: readonly number[] } {
  const [token, id] = readList(value, `post_processor.${name}`);
  const text = readText(token, `post_processor.${name}`);
  return { ids: [readCount(id, `post_processor.${name}`)], tokens: [text], typeId: 0 };
}

function readTemplate(json: Json): Template {
  const specials = readObject(json['special_tokens'] ?? {}, 'post_processor.special_tokens');
  const read = (name: 'single' | 'pair'): TemplatePart[] =>
    readList(json[name], `post_processor.${name}`).map((part) => readPart(part, specials, `post_processor.${name}`));
  return { single: read('single'), pair: read('pair') };
}

function readPart(value: unknown, specials: Json, where: string): TemplatePart {
  const { Sequence: sequence, SpecialToken: special } = readObject(value, where);
  const { id, type_id } = readObject(sequence ?? special, where);
  const typeId = readCount(type_id, `${where}.type_id`);
  const name = readText(id, `${where}.id`);
  if (sequence !== undefined) {
    if (name !== 'A' && name !== 'B') throw malformed(where, name, 'A or B');
    return { sequence: name, typeId };
  }
  const { ids, tokens } = readObject(
    Object.hasOwn(specials, name) ? specials[name] : undefined,
    `special token '${name}'`,
  );
  return {
    ids: readList(ids, `special token '${name}'`).map((one) => readCount(one, `special token '${name}'`)),
    tokens: readList(tokens, `special token '${name}'`).map((one) => readText(one, `special token '${name}'`)),
    typeId,
  };
}
