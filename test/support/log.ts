import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { noteDigest, notesIn, readCheckpoint } from '../../src/audit/checkpoint.js'
import { consistencyProof, isConsistent, nodeHash } from '../../src/audit/merkle.js'
import { checkpointsAfter, type StoredCheckpoint } from '../../src/persistence/checkpoints.js'
import { closeBlocks, hashOf, logSize } from '../../src/persistence/merkle-log.js'
import type { House } from './house.js'
import { testKeys } from './keys.js'

/** The tree as RFC 6962 defines it, by its recursion alone. */
export function plainRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(plainRoot(leaves.slice(0, k)), plainRoot(leaves.slice(k)))
}

/** Adds made-up leaves until the log has so many. Their entries have no rows: their numbers begin behind all others. */
export async function growTo({ owner }: House, size: number): Promise<void> {
  const from = await logSize(owner)
  await owner.query(
    `insert into log_leaf (index, position, hash) select n, 1000000000 + n, sha256(convert_to('leaf ' || n, 'UTF8')) from generate_series($1::bigint, $2::bigint - 1) n`,
    [from, size],
  )
  await owner.query('begin')
  await closeBlocks(owner)
  await owner.query('commit')
}

/** Every checkpoint of the database, in order. */
export const allCheckpoints = ({ pool }: House): Promise<StoredCheckpoint[]> => checkpointsAfter(pool, 0, 100_000)
/** What is wrong with any of them: a signature, a link, or a pair that is not consistent. */
export async function checkpointFaults(house: House): Promise<string[]> {
  const faults: string[] = []
  const checkpoints = await allCheckpoints(house)
  const hashes = hashOf(house.pool)
  for (const [at, { size, root, note }] of checkpoints.entries()) {
    const read = readCheckpoint(testKeys, note)
    const before = checkpoints[at - 1]
    if (read?.size !== size || !read.root.equals(root)) faults.push(`${size}: not signed`)
    if (read?.previous !== (before ? noteDigest(before.note) : '')) faults.push(`${size}: not linked`)
    if (!root.equals(await hashes(0, size))) faults.push(`${size}: another root`)
    for (const earlier of checkpoints.slice(0, at))
      if (!isConsistent(earlier, { size, root }, await consistencyProof(earlier.size, size, hashes))) faults.push(`${earlier.size} to ${size}: not consistent`)
  }
  return faults
}

/** Without the protection that its owner has lifted, as a superuser may. */
export async function unprotected({ owner }: House, table: string, sql: string): Promise<void> {
  await owner.query(`alter table ${table} disable trigger all`)
  await owner.query(sql)
  await owner.query(`alter table ${table} enable always trigger ${table}_no_change`)
  await owner.query(`alter table ${table} enable always trigger ${table}_no_truncate`)
}

export const fileIn = (directory: string): string => path.join(directory, 'checkpoints.txt')
/** The notes of a file; none when there is no file. */
export const notesOf = async (directory: string): Promise<string[]> => notesIn(await readFile(fileIn(directory), 'utf8').catch(() => ''))

export async function until(what: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  for (const start = Date.now(); !(await what()); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() - start > ms) throw new Error('it never came to that')
}
