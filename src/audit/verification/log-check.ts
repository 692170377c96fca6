import { Frontier, leafOf } from '../merkle.js'
import { skewMs } from './entry-check.js'
import { type Findings, nowhere } from './finding.js'

/** A leaf with the entry of its position; the entry's columns are null where there is none. */
export interface LeafRow {
  readonly index: number
  readonly position: string
  readonly leaf: Buffer
  readonly stream: string | null
  readonly sequence: number | null
  readonly hash: string | null
  readonly recordedAt: string | null
}
export interface BlockRow {
  readonly level: number
  readonly index: number
  readonly hash: Buffer
}

/** The log from some size on, leaf by leaf. */
export class LogCheck {
  readonly frontier: Frontier
  readonly #findings: Findings
  /** Sizes at which the root is wanted, ascending, and what it was. */
  readonly #wanted: number[]
  readonly roots = new Map<number, Buffer>()
  readonly #blocks: BlockTree
  #newest = { ms: Number.NEGATIVE_INFINITY, position: '' }
  #expected: number

  constructor(frontier: Frontier, sizes: Iterable<number>, blocks: readonly BlockRow[], findings: Findings) {
    this.frontier = frontier
    this.#findings = findings
    this.#expected = frontier.size
    this.#wanted = [...new Set(sizes)].filter((size) => size >= frontier.size).sort((a, b) => a - b)
    this.#blocks = new BlockTree(frontier.size, blocks, findings)
    this.#keepRoot()
  }

  add(row: LeafRow): void {
    const { index, position, leaf, hash } = row
    const at = { stream: row.stream, sequence: row.sequence, position }
    if (index !== this.#expected) this.#findings.add('LEAF_GAP', at, `its leaf is ${index}, the one before it ${this.#expected - 1}`)
    this.#expected = index + 1
    if (hash === null) this.#findings.add('LEAF_UNRECORDED', at, `the leaf ${index} of the log has no entry`)
    else if (!leafOf(position, hash).equals(leaf)) this.#findings.add('LEAF_WRONG', at, `the leaf ${index} of the log is not that of its hash`)
    this.#checkTime(row)
    this.frontier.add(leaf)
    this.#blocks.add(leaf)
    this.#keepRoot()
  }
  /** After the last leaf. */
  end(): void {
    this.#blocks.end()
  }

  /** What was recorded long before something that stands before it in the log was not recorded then. */
  #checkTime({ stream, sequence, position, recordedAt }: LeafRow): void {
    const ms = Date.parse(recordedAt?.replace(/\+00$/, 'Z') ?? '')
    if (Number.isNaN(ms)) return
    if (ms < this.#newest.ms - skewMs)
      this.#findings.add(
        'BACKDATED',
        { stream, sequence, position },
        `it says ${recordedAt}, but in the log it stands behind position ${this.#newest.position} of ${new Date(this.#newest.ms).toISOString()}`,
      )
    else if (ms > this.#newest.ms) this.#newest = { ms, position }
  }
  #keepRoot(): void {
    if (this.#wanted[0] !== this.frontier.size) return
    this.roots.set(this.frontier.size, this.frontier.root())
    this.#wanted.shift()
  }
}

/** Roots of whole blocks: of 256 leaves (level 8), and of 256 such blocks (level 16). A block that had begun before `size` is left to the others. */
class BlockTree {
  readonly #stored = new Map<number, Map<number, Buffer>>()
  readonly #findings: Findings
  #leaves: Frontier | null
  #blocks: Frontier | null
  #size: number

  constructor(size: number, stored: readonly BlockRow[], findings: Findings) {
    for (const { level, index, hash } of stored) this.#stored.set(level, (this.#stored.get(level) ?? new Map()).set(index, hash))
    this.#findings = findings
    this.#size = size
    this.#leaves = size % fan === 0 ? new Frontier() : null
    this.#blocks = size % fan ** 2 === 0 ? new Frontier() : null
  }
  add(leaf: Buffer): void {
    this.#size++
    this.#leaves?.add(leaf)
    if (this.#size % fan !== 0) return
    const root = this.#leaves?.root()
    if (root) this.#compare(8, this.#size / fan - 1, root)
    this.#leaves = new Frontier()
    // Of the first block that was not read whole there is no root: the block above it is not known either.
    if (root) this.#blocks?.add(root)
    if (this.#size % fan ** 2 !== 0) return
    if (this.#blocks?.size === fan) this.#compare(16, this.#size / fan ** 2 - 1, this.#blocks.root())
    this.#blocks = new Frontier()
  }
  end(): void {
    for (const [level, blocks] of this.#stored)
      for (const index of blocks.keys())
        if (!((index + 1) * 2 ** level <= this.#size))
          this.#findings.add('BLOCK_WRONG', nowhere, `The log has a block ${index} of level ${level}, but no leaves for it`)
  }
  #compare(level: number, index: number, root: Buffer): void {
    const stored = this.#stored.get(level)?.get(index)
    if (stored && !stored.equals(root)) this.#findings.add('BLOCK_WRONG', nowhere, `The block ${index} of level ${level} is not the root of its leaves`)
  }
}
const fan = 256
