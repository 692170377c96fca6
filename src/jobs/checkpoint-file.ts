import { mkdir, open, stat } from 'node:fs/promises'
import path from 'node:path'
import type pg from 'pg'
import { noteDigest, notesIn, readCheckpoint, writtenNote } from '../audit/checkpoint.js'
import type { Keyring } from '../audit/keyring.js'
import { consistencyProof, type HashOf, isConsistent } from '../audit/merkle.js'
import { checkpointsAfter, checkpointsAt, newestCheckpoint, type StoredCheckpoint } from '../persistence/checkpoints.js'
import { hashOf } from '../persistence/merkle-log.js'
import { inTransaction, type Querier } from '../persistence/pool.js'
import { endOf, type File } from './checkpoint-notes.js'
import { Forked } from './forked.js'

/** Checkpoints that are added with one write. */
const most = 100

export interface CheckpointFile {
  readonly pool: pg.Pool
  /** As the key file has them now. */
  readonly keys: () => Promise<Keyring>
  readonly directory: string
  /** Told of the size of the last checkpoint in the file. */
  readonly reached: (size: number) => void
  /** Told when the end of the file was torn, and mended. */
  readonly report: (error: unknown) => void
}
/** A checkpoint that the file ends with. */
interface Last {
  readonly size: number
  readonly root: Buffer
  readonly note: string
}

/**
 * A witness outside the database: the file `checkpoints.txt`, to which every checkpoint is added, once its signature, its link to the one
 * before and the consistency of the log between them are seen to be right. Output: one turn of that work, which answers whether there is
 * more; it throws {@link Forked} where the database does not continue the file, which then stays as it is.
 *
 * Servers that share a file take turns by a lock of the database that is named by the file's inode: it ends with whoever held it.
 */
export function checkpointFileOf({ pool, keys, directory, reached, report }: CheckpointFile): () => Promise<boolean> {
  const name = path.join(directory, 'checkpoints.txt')
  let seen = { bytes: -1, note: '' }
  return async () => {
    const newest = await newestCheckpoint(pool)
    const bytes = await stat(name).then(
      (file) => file.size,
      () => -1,
    )
    if (bytes === seen.bytes && (newest?.note ?? '') === seen.note) return false
    await mkdir(directory, { recursive: true })
    const file = await open(name, 'a+', 0o640)
    try {
      const { ino } = await file.stat()
      return await inTransaction(pool, async (db) => {
        const { rows } = await db.query('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine', [`checkpoints ${ino}`])
        if (!rows[0].mine) return false
        const keyring = await keys()
        const last = await lastIn(db, keyring, file, name, report)
        reached(last?.size ?? 0)
        const { good, fault } = await continued(db, keyring, last, await checkpointsAfter(db, last?.size ?? 0, most))
        if (good.length > 0) await append(file, directory, good)
        const end = good.at(-1) ?? last
        reached(end?.size ?? 0)
        if (fault) throw fault
        seen = { bytes: (await file.stat()).size, note: end?.note ?? '' }
        return good.length === most
      })
    } finally {
      await file.close()
    }
  }
}

/** The checkpoint that the file ends with, which the database must have too. Null: the file is empty. */
async function lastIn(db: Querier, keys: Keyring, file: File, name: string, report: (error: unknown) => void): Promise<Last | null> {
  const { text, torn } = await endOf(file)
  if (torn > 0) report(new Error(`the last checkpoint in ${name} was torn: its ${torn} bytes were taken away, and it is added again`))
  const note = notesIn(text).at(-1)
  if (note === undefined) return null
  const checkpoint = readCheckpoint(keys, note)
  if (!checkpoint) throw new Forked(`${name} ends with a checkpoint that no key of the log has signed; nothing is added to it`)
  const [inDatabase] = await checkpointsAt(db, [checkpoint.size])
  if (inDatabase?.note === note) return { ...checkpoint, note }
  const newest = await newestCheckpoint(db)
  throw new Forked(
    `${name} holds a checkpoint of ${checkpoint.size} leaves that the database does not have, whose newest is of ${newest?.size ?? 0}: the database was set back or changed. Nothing is added to the file; if a backup was put in on purpose, keep the file under another name`,
  )
}

/** As many of the next checkpoints as are right, and what is wrong with the one after them. */
async function continued(db: Querier, keys: Keyring, last: Last | null, next: readonly StoredCheckpoint[]) {
  const hashes = hashOf(db)
  const good: Last[] = []
  for (const { size, note } of next) {
    const before = good.at(-1) ?? last
    const fault = await faultOf(keys, hashes, before, size, note)
    if (fault)
      return { good, fault: new Forked(`the checkpoint of ${size} leaves ${fault}; it is not added to the file, which ends with ${before?.size ?? 0}`) }
    good.push({ size, root: readCheckpoint(keys, note)!.root, note })
  }
  return { good, fault: null }
}
async function faultOf(keys: Keyring, hashes: HashOf, before: Last | null, size: number, note: string): Promise<string | null> {
  const checkpoint = readCheckpoint(keys, note)
  if (checkpoint?.size !== size) return 'is not signed by a key of the log'
  if (checkpoint.previous !== (before ? noteDigest(before.note) : '')) return 'does not name the one before it'
  const isRight = before ? isConsistent(before, checkpoint, await consistencyProof(before.size, size, hashes)) : checkpoint.root.equals(await hashes(0, size))
  return isRight ? null : 'does not continue the log'
}

async function append(file: File, directory: string, checkpoints: readonly Last[]): Promise<void> {
  const isNew = (await file.stat()).size === 0
  await file.appendFile(checkpoints.map(({ note }) => writtenNote(note)).join(''))
  await file.sync()
  if (!isNew) return
  const folder = await open(directory)
  await folder.sync().finally(() => folder.close())
}
