import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Keyring, newKeyring, readKeyring, writtenKeyring } from './audit/keyring.js'

/**
 * The keys that the proof of the history rests on. Made on the first start, readable by the owner of the process alone. Of several
 * servers that start at once, the first one's file stands. Throws a sentence when the file is no keyring.
 */
export async function keysFrom(file: string): Promise<Keyring> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text !== null) return readKeyring(text)
  await mkdir(path.dirname(file), { recursive: true })
  await writeKeyFile(file, newKeyring(new Date()), 'new').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return readKeyring(await readFile(file, 'utf8'))
}

/** The keys of a file that must be there: for whoever is no server that starts. Throws a sentence when it is not, or is no keyring. */
export async function keysIn(file: string): Promise<Keyring> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`there is no key file ${file}; the first start of a server makes it (KEY_FILE)`) : error
  })
  return readKeyring(text)
}

/**
 * The keys of the file as it is whenever they are asked for: a server that runs on uses a new key as soon as it is there, and knows what
 * others made with it. A file that is gone or cannot be read leaves those that were known.
 */
export function liveKeys(file: string, first: Keyring): Keyring {
  let [keys, seen] = [first, '']
  const now = (): Keyring => {
    const stat = statSync(file, { throwIfNoEntry: false })
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : seen
    if (stamp === seen) return keys
    seen = stamp
    try {
      keys = readKeyring(readFileSync(file, 'utf8'))
    } catch {
      // Half a file is no file: it is looked at again when it changes.
    }
    return keys
  }
  return {
    get origin() {
      return now().origin
    },
    get mac() {
      return now().mac
    },
    get subjects() {
      return now().subjects
    },
    get log() {
      return now().log
    },
  }
}

/** Whole or not at all. `new`: throws `EEXIST` when there is one. */
export async function writeKeyFile(file: string, keyring: Keyring, how: 'new' | 'over'): Promise<void> {
  // Not by the number of the process: servers in containers that share a folder have the same, and one would write into the other's file.
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, writtenKeyring(keyring), { mode: 0o600, flag: 'wx', flush: true })
    await (how === 'over' ? rename(draft, file) : link(draft, file))
  } finally {
    await rm(draft, { force: true })
  }
  // What is signed with these keys is soon on the disk: their name in the folder must be there before.
  const folder = await open(path.dirname(file))
  await folder.sync().finally(() => folder.close())
}
