import { Frontier, nodeHash, wholeSubtrees } from '../merkle.js'
import type { History } from './history.js'

const levels = [16, 8] as const

/** The root of the first `size` leaves, from the roots of whole blocks as far as they are stored, and from the leaves beyond. */
export async function beginningOf(history: History, size: number): Promise<Buffer> {
  const stored = new Map((await history.blocks()).map(({ level, index, hash }) => [`${level} ${index}`, hash]))
  const roots: Buffer[] = []
  for (const { start, size: leaves } of wholeSubtrees(size)) roots.push(await rootOf(history, stored, start, leaves))
  return new Frontier(size, roots).root()
}

async function rootOf(history: History, stored: ReadonlyMap<string, Buffer>, start: number, size: number): Promise<Buffer> {
  for (const level of levels) {
    const block = size === 2 ** level ? stored.get(`${level} ${start / size}`) : undefined
    if (block) return block
  }
  if (size > leavesAtOnce) return nodeHash(await rootOf(history, stored, start, size / 2), await rootOf(history, stored, start + size / 2, size / 2))
  const tree = new Frontier()
  for (const leaf of await history.leafHashes(start, start + size)) tree.add(leaf)
  return tree.root()
}
/** Not above a block, so that no block that is stored is passed over. */
const leavesAtOnce = 256
