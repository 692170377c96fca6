import { consistencyProof, Frontier, type HashOf, inclusionProof, wholeSubtrees } from '../audit/merkle.js'
import { newestCheckpoint } from './checkpoints.js'
import type { Querier } from './pool.js'

/** A block is the root of 256 of the level below: eight levels of the tree. Level 0 are the leaves. */
const levels = 8
const width = 2 ** levels
/** Blocks that are closed with one statement. */
const atOnce = 64

/** How many leaves the log of the history has. */
export async function logSize(db: Querier): Promise<number> {
  return Number((await db.query('select coalesce(max(index) + 1, 0) as size from log_leaf')).rows[0].size)
}

/**
 * The hash of any run of leaves that a proof of RFC 6962 asks for, whole subtree or ragged right edge: `start` is a multiple of the
 * largest power of two within `size`. Rows are read by pages of 256 and kept, so that a proof takes a few statements a level; one such
 * function must not outlive the size of the log that it was made for. Throws when the log lacks a row.
 */
export function hashOf(db: Querier): HashOf {
  const pages = new Map<string, readonly Buffer[]>()
  const pageOf = async (level: number, page: number) => {
    const name = `${level}/${page}`
    const read = pages.get(name) ?? (await nodes(db, level, page * width, (page + 1) * width))
    pages.set(name, read)
    return read
  }
  const whole = async (start: number, size: number): Promise<Buffer> => {
    const level = Math.floor(Math.log2(size) / levels) * levels
    const [first, count] = [start / 2 ** level, size / 2 ** level]
    const page = Math.floor(first / width)
    const from = first - page * width
    const found = (await pageOf(level, page)).slice(from, from + count)
    if (found.length < count) throw new Error(`the log of the history lacks ${nameOf(level, first + found.length)}`)
    return rootOf(found)
  }
  return async (start, size) => {
    const roots: Buffer[] = []
    for (const range of wholeSubtrees(size, start)) roots.push(await whole(range.start, range.size))
    return new Frontier(size, roots).root()
  }
}

/** The nodes of a level from one to before another, as far as there are. Throws at a gap. */
async function nodes(db: Querier, level: number, from: number, to: number): Promise<Buffer[]> {
  const { rows } =
    level === 0
      ? await db.query('select index, hash from log_leaf where index >= $1 and index < $2 order by index', [from, to])
      : await db.query('select index, hash from log_block where level = $1 and index >= $2 and index < $3 order by index', [level, from, to])
  const gap = rows.findIndex(({ index }, at) => Number(index) !== from + at)
  if (gap >= 0) throw new Error(`the log of the history lacks ${nameOf(level, from + gap)}`)
  return rows.map(({ hash }) => hash)
}
const nameOf = (level: number, index: number): string => (level === 0 ? `leaf ${index}` : `block ${index} of level ${level}`)

function rootOf(whole: readonly Buffer[]): Buffer {
  const frontier = new Frontier()
  for (const node of whole) frontier.add(node)
  return frontier.root()
}

/** Adds the blocks that have become whole. For whoever adds leaves, in the same transaction and under the same lock: no reader sees leaves without them. */
export async function closeBlocks(db: Querier): Promise<void> {
  for (let level = levels; ; level += levels) {
    const { rows } = await db.query(
      `select (select coalesce(max(index) + 1, 0) from log_block where level = $1) as closed,
         case when $1 = ${levels} then (select max(index) + 1 from log_leaf) else (select max(index) + 1 from log_block where level = $1 - ${levels}) end as below`,
      [level],
    )
    const [closed, whole] = [Number(rows[0].closed), Math.floor(Number(rows[0].below) / width)]
    if (whole <= closed) return
    for (let from = closed; from < whole; from += atOnce) await close(db, level, from, Math.min(whole, from + atOnce))
  }
}
async function close(db: Querier, level: number, from: number, to: number): Promise<void> {
  const children = await nodes(db, level - levels, from * width, to * width)
  const hashes = Array.from({ length: to - from }, (_, at) => rootOf(children.slice(at * width, (at + 1) * width)))
  await db.query('insert into log_block (level, index, hash) select $1, $2 + place - 1, hash from unnest($3::bytea[]) with ordinality as block(hash, place)', [
    level,
    from,
    hashes,
  ])
}

/** That an entry is in the log: its place, and the newest checkpoint with the proof that leads from the entry's leaf to its root. */
export interface Inclusion {
  readonly index: number
  readonly size: number
  readonly root: Buffer
  readonly note: string
  readonly proof: readonly Buffer[]
}
/** By the numbers of entries, in the order asked for; null while no checkpoint covers one. */
export async function inclusionsOf(db: Querier, positions: readonly string[]): Promise<(Inclusion | null)[]> {
  const newest = await newestCheckpoint(db)
  const { rows } = await db.query('select position, index from log_leaf where position = any($1::bigint[])', [positions])
  const indexes = new Map<string, number>(rows.map(({ position, index }) => [position, Number(index)]))
  const hashes = hashOf(db)
  const inclusions: (Inclusion | null)[] = []
  for (const position of positions) {
    const index = indexes.get(position)
    const isCovered = newest !== null && index !== undefined && index < newest.size
    inclusions.push(
      isCovered ? { index, size: newest.size, root: newest.root, note: newest.note, proof: await inclusionProof(index, newest.size, hashes) } : null,
    )
  }
  return inclusions
}
export const inclusionOf = async (db: Querier, position: string): Promise<Inclusion | null> => (await inclusionsOf(db, [position]))[0]!

/** That the log of `old` leaves is the beginning of that of `size`, with both roots as the log has them now. Throws when it is not that long. */
export async function consistencyBetween(db: Querier, old: number, size: number): Promise<{ oldRoot: Buffer; root: Buffer; proof: readonly Buffer[] }> {
  const hashes = hashOf(db)
  return { oldRoot: await hashes(0, old), root: await hashes(0, size), proof: await consistencyProof(old, size, hashes) }
}
