// Maps for the tests of workerMap; plain JavaScript, as a user's module may be.
export const map = ({ id, name }, { epoch, index, random }) => ({
  id: { ...id, data: id.data.map((value) => 10 * value + epoch) },
  note: [`${epoch}/${index}/${random.uint32()}`],
  ...(name && { name: name.map((text) => text.toUpperCase()) }),
});

export const uneven = async (batch, { index }) => {
  await new Promise((resolve) => setTimeout(resolve, index % 2 === 0 ? 20 : 1));
  return batch;
};

export const failing = (batch, { index }) => {
  if (index === 1) throw new RangeError('no luck');
  return batch;
};

export const dying = () => process.exit(3);
