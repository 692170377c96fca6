import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type LedgerLine, readLine, writtenLine } from '../audit/erasure-ledger.js'
import type { Keyring } from '../audit/keyring.js'

/** What was erased, in a file that no restore of the database touches: one line each, added and never changed. */
export interface ErasureLedger {
  /** The lines as they were when the file was opened. */
  readonly lines: readonly LedgerLine[]
  /** The numbers of the lines that are not of our making; they count for nothing. */
  readonly forged: readonly number[]
  has(erasureId: string): boolean
  /** On the disk when this ends. */
  add(lines: readonly LedgerLine[]): Promise<void>
}

/** Opens the ledger of this server, or begins one. A line that a crash tore is taken off its end. Throws when the folder cannot be written. */
export async function ledgerIn(directory: string, keys: Keyring): Promise<ErasureLedger> {
  await mkdir(directory, { recursive: true })
  const file = path.join(directory, 'erasures.jsonl')
  const texts = await wholeLines(file, keys)
  const read = texts.map((text) => readLine(keys, text))
  const lines = read.filter((line) => line !== null)
  const known = new Set(lines.map(({ erasureId }) => erasureId))
  return {
    lines,
    forged: read.flatMap((line, index) => (line === null ? [index + 1] : [])),
    has: (erasureId) => known.has(erasureId),
    async add(more) {
      const handle = await open(file, 'a', 0o600)
      try {
        const { size } = await handle.stat()
        try {
          await handle.appendFile(more.map((line) => writtenLine(keys, line)).join(''))
          await handle.sync()
        } catch (error) {
          // A disk that was full leaves no half of a line for the next one to run into.
          await handle.truncate(size)
          throw error
        }
      } finally {
        await handle.close()
      }
      for (const { erasureId } of more) known.add(erasureId)
    },
  }
}

/** The lines of the file. What stands behind the last end of a line was torn: it stays only when nothing but that end is missing. */
async function wholeLines(file: string, keys: Keyring): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return ''
  })
  const end = text.lastIndexOf('\n') + 1
  const rest = text.slice(end)
  const lines = text.slice(0, end).split('\n').slice(0, -1)
  if (rest === '') return lines
  const isWhole = readLine(keys, rest) !== null
  const handle = await open(file, 'r+')
  try {
    if (isWhole) await handle.write('\n', Buffer.byteLength(text))
    else await handle.truncate(Buffer.byteLength(text.slice(0, end)))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return isWhole ? [...lines, rest] : lines
}
