/** Texts by their UTF-16 units, in a hash table of (node, unit) → node. */
export class Trie {
  #mask = 0;
  #keys = new Float64Array(0);
  #children = new Int32Array(0);
  #size = 0;
  /** For each node the value of the text that ends there; −1 if none does. */
  readonly #values: number[] = [-1];

  constructor(entries: Iterable<readonly [string, number]>) {
    this.#resize(1024);
    for (const [text, value] of entries) this.#insert(text, value);
  }

  /** The node a unit leads to; 0 if none. The root is node 0. */
  child(node: number, unit: number): number {
    const key = node * 65_536 + unit + 1;
    for (let slot = this.#slot(node, unit); ; slot = (slot + 1) & this.#mask) {
      const found = this.#keys[slot]!;
      if (found === key) return this.#children[slot]!;
      if (found === 0) return 0;
    }
  }

  /** The value of the text that ends at a node; −1 if none does. */
  value(node: number): number {
    return this.#values[node]!;
  }

  #insert(text: string, value: number): void {
    let node = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      const next = this.child(node, unit);
      node = next === 0 ? this.#add(node, unit) : next;
    }
    this.#values[node] = value;
  }

  #add(node: number, unit: number): number {
    if (this.#size * 2 > this.#mask) this.#resize((this.#mask + 1) * 2);
    this.#values.push(-1);
    this.#size += 1;
    this.#place(node * 65_536 + unit + 1, this.#values.length - 1);
    return this.#values.length - 1;
  }

  #place(key: number, child: number): void {
    const unit = (key - 1) % 65_536;
    let slot = this.#slot((key - 1 - unit) / 65_536, unit);
    while (this.#keys[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#keys[slot] = key;
    this.#children[slot] = child;
  }

  #slot(node: number, unit: number): number {
    const hash = Math.imul(Math.imul(node, 0x9e3779b1) ^ unit, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  #resize(places: number): void {
    const keys = this.#keys;
    const children = this.#children;
    this.#mask = places - 1;
    this.#keys = new Float64Array(places);
    this.#children = new Int32Array(places);
    keys.forEach((key, slot) => {
      if (key !== 0) this.#place(key, children[slot]!);
    });
  }
}
