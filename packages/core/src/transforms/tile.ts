import { dimEquals } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { withInputs } from '../ir/with-inputs.ts';
import { tileCluster, useOf } from './tile-cluster.ts';
import type { Cluster } from './tile-cluster.ts';

/** Elements per piece below which starting its kernels costs more than the cache gives. */
const LEAST = 16_384;
/** Elements per piece above which a few of them no longer fit the cache of a core. */
const MOST = 262_144;
/** Elements per piece that are aimed at where the number of pieces is free. */
const AIM = 65_536;
/** Pieces begin where this many elements fit whole: kernels take the ends of what they get one by one. */
const ALIGNED = 16;
/** Ops of a chain that must be worth it. */
const LEAST_OPS = 4;

/**
 * Computes chains of ops that work row by row (elementwise ops, softmax, batched products) piece by piece along their
 * leading axis, in a loop whose pieces stay in the cache. The results are the same numbers: each row is computed by
 * the same kernels, and a piece begins where a vector of the processor does: at other places kernels add in another order.
 *
 * A chain of 14 elementwise ops over a million numbers took 8.8 ms as a whole and 4.5 ms in 16 pieces.
 */
export function tile(graph: Graph): Graph {
  const given = new Set(graph.inputs.map((input) => input.node));
  const isLeaf = (node: Node): boolean => given.has(node) || node.values[0] !== undefined;
  const nodes = toposort(graph.outputs, isLeaf).filter((node) => !isLeaf(node));
  const clusters = clustersOf(nodes).filter((cluster) => pays(cluster, graph));
  const changed = nodes.some((node) => node.regions.length > 0);
  return clusters.length === 0 && !changed ? graph : rebuilt(graph, nodes, clusters);
}

/** The leading size of a node that works row by row along it. */
function lengthOf(node: Node): Dim | undefined {
  const { op, inputs, outputs, attrs } = node;
  const length = outputs[0]?.shape[0];
  if (op === null || op.rows === undefined || length === undefined || length === 1) return undefined;
  if (op.effect !== undefined || node.regions.length > 0) return undefined;
  if (outputs.some(({ shape }) => shape[0] === undefined || !dimEquals(shape[0], length))) return undefined;
  const rows = typeof op.rows === 'number' ? op.rows : op.rows(attrs as never, inputs as never);
  const uses = inputs.map((input) => useOf(input, node, length));
  return rows >= 1 && uses.includes('rows') && !uses.includes('mixed') ? length : undefined;
}

/** Elements of one row of each tensor that a node makes or takes by rows, where they are known. */
function rowSizes(node: Node, length: Dim): number[] {
  return [...node.outputs, ...node.inputs].flatMap(({ shape: [first, ...rest] }) => {
    if (first === undefined || !dimEquals(first, length)) return [];
    return [rest.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1)];
  });
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/**
 * Groups neighbouring nodes of one leading size. A group never needs what comes of it through a node outside it, so
 * that each can run as one.
 */
function clustersOf(nodes: readonly Node[]): Cluster[] {
  const clusters: Cluster[] = [];
  const home = new Map<Node, Cluster>();
  /** For a node outside the groups: the groups it comes of. */
  const origins = new Map<Node, Set<Cluster>>();
  const before = new Map<Cluster, Set<Cluster>>();

  const direct = (node: Node): Iterable<Cluster> => {
    const cluster = home.get(node);
    return cluster === undefined ? (origins.get(node) ?? []) : [cluster];
  };
  const reaches = (from: Node, target: Cluster): boolean => {
    const seen = new Set<Cluster>();
    const stack = [...direct(from)];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === target) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(...(before.get(next) ?? []));
    }
    return false;
  };
  const fits = (node: Node, cluster: Cluster, length: Dim): boolean =>
    dimEquals(cluster.length, length) &&
    node.inputs.every((input) =>
      home.get(input.node) === cluster ? useOf(input, node, length) === 'rows' : !reaches(input.node, cluster),
    );

  for (const node of nodes) {
    const sources = new Set(node.inputs.flatMap((input) => [...direct(input.node)]));
    const length = lengthOf(node);
    if (length === undefined) {
      origins.set(node, sources);
      continue;
    }
    const near = node.inputs.flatMap((input) => home.get(input.node) ?? []);
    let cluster = near.find((candidate) => fits(node, candidate, length));
    if (cluster === undefined) {
      cluster = { length, nodes: [] };
      clusters.push(cluster);
      before.set(cluster, new Set());
    }
    cluster.nodes.push(node);
    home.set(node, cluster);
    for (const source of sources) if (source !== cluster) before.get(cluster)!.add(source);
  }
  return clusters;
}

/** Decides the number of pieces; false if whole is better. */
function pays(cluster: Cluster, graph: Graph): boolean {
  const rows = cluster.nodes.map((node) => rowSizes(node, cluster.length));
  const sizes = rows.map((each) => Math.max(...each));
  const pieces = piecesOf(cluster.length, Math.max(...sizes), rows.flat().reduce(commonDivisor));
  if (pieces === undefined) return false;
  cluster.pieces = pieces;
  const piece = typeof pieces === 'number' && typeof cluster.length === 'number' ? cluster.length / pieces : 1;
  if (sizes.filter((size) => size * piece >= LEAST).length < LEAST_OPS) return false;
  // What leaves the graph would be copied once more.
  const members = new Set(cluster.nodes);
  return !graph.outputs.some((output) => members.has(output.node));
}

/** `row`: elements of the largest row; `grain`: what the elements of all rows are multiples of. */
function piecesOf(length: Dim, row: number, grain: number): Dim | undefined {
  const isAligned = (rows: number): boolean => (rows * grain) % ALIGNED === 0;
  if (row > MOST) return undefined;
  const byRows = row >= LEAST && isAligned(1) ? length : undefined;
  if (typeof length !== 'number') return byRows;
  if (length * row < 2 * AIM) return undefined;
  for (let pieces = 2; pieces <= length; pieces++) {
    const rows = length / pieces;
    if (length % pieces !== 0 || rows * row > 1.5 * AIM || !isAligned(rows)) continue;
    return rows * row >= LEAST ? pieces : undefined;
  }
  return byRows;
}

/** The graph with each cluster as one node, and with its regions tiled too. */
function rebuilt(graph: Graph, nodes: readonly Node[], clusters: readonly Cluster[]): Graph {
  const home = new Map(clusters.flatMap((cluster) => cluster.nodes.map((node) => [node, cluster] as const)));
  const replaced = new Map<Tensor, Tensor>();
  const now = (tensor: Tensor): Tensor => replaced.get(tensor) ?? tensor;
  const wanted = outside(graph, nodes, home);
  const left = new Set(nodes);
  const place = (outputs: readonly Tensor[], values: readonly Tensor[]): void =>
    outputs.forEach((output, index) => output !== values[index] && replaced.set(output, values[index]!));
  // A cluster waits for everything any of its nodes needs, so the order of the nodes is not enough.
  while (left.size > 0) {
    for (const node of left) {
      const cluster = home.get(node);
      const unit = new Set(cluster?.nodes ?? [node]);
      const waits = [...unit].some((member) => member.inputs.some((one) => left.has(one.node) && !unit.has(one.node)));
      if (waits) continue;
      if (cluster === undefined) {
        place(node.outputs, withInputs(node, node.inputs.map(now), node.regions.map(tile)).outputs);
      } else {
        const outputs = cluster.nodes.flatMap((member) => member.outputs.filter((output) => wanted.has(output)));
        place(outputs, tileCluster(cluster, outputs, now));
      }
      for (const member of unit) left.delete(member);
    }
  }
  return { ...graph, outputs: graph.outputs.map(now) };
}

/** Outputs of clusters that something else uses. */
function outside(graph: Graph, nodes: readonly Node[], home: ReadonlyMap<Node, Cluster>): Set<Tensor> {
  const wanted = new Set<Tensor>();
  for (const node of nodes) {
    const cluster = home.get(node);
    for (const input of node.inputs) {
      const source = home.get(input.node);
      if (source !== undefined && source !== cluster) wanted.add(input);
    }
  }
  for (const output of graph.outputs) if (home.has(output.node)) wanted.add(output);
  return wanted;
}
