import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { verificationStream } from '../audit/chain.js'
import type { Keyring } from '../audit/keyring.js'
import type { CheckpointFile } from '../audit/verification/checkpoint-check.js'
import { runEntry } from '../audit/verification/run-record.js'
import { type Report, type Verification, verify } from '../audit/verification/verify.js'
import type { CommandStore } from '../engine/case-store.js'
import type { Processes } from '../engine/processes.js'
import { withHistory } from '../persistence/history-reader.js'
import { sealedDigest } from '../persistence/subject-keys.js'

export interface VerificationRun {
  readonly appUrl: string
  readonly store: CommandStore
  readonly processes: Processes
  readonly keys: Keyring
  readonly proofDirectory: string
  /** Files of checkpoints that others took. */
  readonly copies?: readonly string[]
  readonly mode: Verification['mode']
  readonly requestId: string
  /** How many entries are read at once: fewer where others wait for this process. */
  readonly batch?: number
  /** False where the keys are not those of the history, to which nothing may be added then. Absent: true. */
  readonly goesOnRecord?: boolean
}

/** The file of every checkpoint that was made, outside the database. */
const checkpointsFile = 'checkpoints.txt'

/** Verifies the history and records that it did, whatever it found, unless it is told not to. Throws when the database cannot be read. */
export async function runVerification(run: VerificationRun): Promise<Report> {
  const { appUrl, store, processes, keys, mode, requestId, batch, goesOnRecord = true } = run
  const files = await filesOf(run)
  const commitmentOf = (form: { readonly sealed: string; readonly wrapped: string }) => sealedDigest(keys, form) ?? ''
  const report = await withHistory(appUrl, (history) => verify({ history, processes, keys, files, mode, commitmentOf }), batch)
  if (!goesOnRecord) return report
  await store.record(verificationStream, null, runEntry(report, requestId)).catch((error: unknown) => {
    // A history that cannot be read may not be written to either: what was found must still be told.
    if (report.count === 0) throw error
  })
  return report
}

async function filesOf({ proofDirectory, copies = [] }: VerificationRun): Promise<CheckpointFile[]> {
  const read = async (name: string, isOwn: boolean) => ({ name, isOwn, text: await readFile(name, 'utf8').catch(() => null) })
  return Promise.all([read(path.join(proofDirectory, checkpointsFile), true), ...copies.map((name) => read(name, false))])
}
