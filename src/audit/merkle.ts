import { hash } from 'node:crypto'

/**
 * The log of the history is a Merkle tree as in RFC 6962, section 2.1: a leaf an entry, in the order in which entries were found committed.
 * Hashes are SHA-256, 32 bytes. A proof is the list of hashes that its verifier lacks, from the bottom up.
 */

/** What a leaf holds of an entry: its number and its hash. */
export const leafOf = (position: string | number, hash: string): Buffer => leafHash(`${position} ${hash}`)
export const leafHash = (data: string | Buffer): Buffer => hash('sha256', Buffer.concat([leafMark, Buffer.from(data)]), 'buffer')
export const nodeHash = (left: Buffer, right: Buffer): Buffer => hash('sha256', Buffer.concat([nodeMark, left, right]), 'buffer')
const [leafMark, nodeMark] = [Buffer.of(0), Buffer.of(1)]
const emptyRoot = hash('sha256', '', 'buffer')

/** A tree of which only the roots of its whole subtrees are kept, the largest first: all that is needed to go on, and to know the root. */
export class Frontier {
  #size: number
  readonly #roots: Buffer[]
  constructor(size = 0, roots: readonly Buffer[] = []) {
    if (roots.length !== wholeSubtrees(size).length) throw new Error(`a tree of ${size} leaves has not ${roots.length} whole subtrees`)
    this.#size = size
    this.#roots = [...roots]
  }
  get size(): number {
    return this.#size
  }
  get roots(): readonly Buffer[] {
    return this.#roots
  }
  add(leaf: Buffer): void {
    let node = leaf
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) node = nodeHash(this.#roots.pop()!, node)
    this.#roots.push(node)
    this.#size++
  }
  root(): Buffer {
    return this.#roots.length === 0 ? emptyRoot : this.#roots.reduceRight((right, left) => nodeHash(left, right))
  }
}

/** A run of leaves that is a subtree of its own: `size` is a power of two and `start` a multiple of it. */
export interface Range {
  readonly start: number
  readonly size: number
}
/** The whole subtrees that a tree of so many leaves is made of, the largest first. */
export function wholeSubtrees(size: number, start = 0): Range[] {
  const ranges: Range[] = []
  for (let left = size, at = start; left > 0; ) {
    const whole = 2 ** Math.floor(Math.log2(left))
    ranges.push({ start: at, size: whole })
    at += whole
    left -= whole
  }
  return ranges
}

/** The largest power of two below a number of leaves: where RFC 6962 splits a tree. */
const split = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1)
/** The hash of the leaves from `start`, `size` of them. */
export type HashOf = (start: number, size: number) => Promise<Buffer>

/** RFC 6962, 2.1.1: that leaf `index` is in the tree of the first `size` leaves. */
export async function inclusionProof(index: number, size: number, hashOf: HashOf, start = 0): Promise<Buffer[]> {
  if (index < start || index >= start + size) throw new Error(`there is no leaf ${index}`)
  if (size === 1) return []
  const k = split(size)
  return index < start + k
    ? [...(await inclusionProof(index, k, hashOf, start)), await hashOf(start + k, size - k)]
    : [...(await inclusionProof(index, size - k, hashOf, start + k)), await hashOf(start, k)]
}
/** The root that a leaf and its proof lead to; null when the proof is too long or too short for the place. */
export function rootFromInclusion(leaf: Buffer, index: number, size: number, proof: readonly Buffer[]): Buffer | null {
  if (index >= size) return null
  const path = pathOf(index, size)
  if (path.length !== proof.length) return null
  return path.reduce((node, side, at) => (side === 'right' ? nodeHash(node, proof[at]!) : nodeHash(proof[at]!, node)), leaf)
}
/** On which side of the way up each sibling stands, from the bottom. */
function pathOf(index: number, size: number): ('left' | 'right')[] {
  if (size <= 1) return []
  const k = split(size)
  return index < k ? [...pathOf(index, k), 'right'] : [...pathOf(index - k, size - k), 'left']
}

/** RFC 6962, 2.1.2: that the tree of the first `old` leaves is the beginning of that of the first `size`. */
export async function consistencyProof(old: number, size: number, hashOf: HashOf): Promise<Buffer[]> {
  if (old < 1 || old > size) throw new Error(`a log of ${size} has no beginning of ${old}`)
  return old === size ? [] : subProof(old, 0, size, true, hashOf)
}
async function subProof(old: number, start: number, size: number, isWhole: boolean, hashOf: HashOf): Promise<Buffer[]> {
  if (old === size) return isWhole ? [] : [await hashOf(start, size)]
  const k = split(size)
  return old <= k
    ? [...(await subProof(old, start, k, isWhole, hashOf)), await hashOf(start + k, size - k)]
    : [...(await subProof(old - k, start + k, size - k, false, hashOf)), await hashOf(start, k)]
}
/** Whether the proof shows it. */
export function isConsistent(old: { size: number; root: Buffer }, now: { size: number; root: Buffer }, proof: readonly Buffer[]): boolean {
  if (old.size > now.size || old.size < 1) return false
  if (old.size === now.size) return proof.length === 0 && old.root.equals(now.root)
  const left = [...proof]
  const roots = bothRoots(old.size, now.size, true, old.root, left)
  return roots !== null && left.length === 0 && roots.old.equals(old.root) && roots.now.equals(now.root)
}
function bothRoots(old: number, size: number, isWhole: boolean, known: Buffer, proof: Buffer[]): { old: Buffer; now: Buffer } | null {
  if (old === size) {
    const root = isWhole ? known : proof.shift()
    return root ? { old: root, now: root } : null
  }
  const k = split(size)
  const inner = old <= k ? bothRoots(old, k, isWhole, known, proof) : bothRoots(old - k, size - k, false, known, proof)
  const other = proof.shift()
  if (!inner || !other) return null
  return old <= k ? { old: inner.old, now: nodeHash(inner.now, other) } : { old: nodeHash(other, inner.old), now: nodeHash(other, inner.now) }
}
