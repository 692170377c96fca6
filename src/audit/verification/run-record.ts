import type { EntryFacts } from '../../engine/case-record.js'
import { entryWith } from '../../engine/entry.js'
import { systemAccount } from '../../engine/system-account.js'
import { verificationStream } from '../chain.js'
import type { Keyring } from '../keyring.js'
import { Frontier } from '../merkle.js'
import { checkEntry } from './entry-check.js'
import { Findings } from './finding.js'
import type { History } from './history.js'
import type { Told } from './told.js'
import type { Report } from './verify.js'

/** The history of verifications stands beside those of the processes, under this name. */
const verification = 'verification'
const bytes = 32

/** What the history says of a run. `requestId`: of whoever asked for it. */
export const runEntry = ({ mode, startedAt, size, root, frontier, entries, count, tookMs }: Report, requestId: string): EntryFacts =>
  entryWith({
    process: verification,
    definitionVersion: 1,
    definitionHash: '',
    action: 'VERIFY',
    actor: { id: systemAccount.employeeId, kind: 'system' },
    roleUsed: 'SYSTEM',
    details: {
      mode,
      startedAt,
      size: String(size),
      root: root.toString('hex'),
      frontier: Buffer.concat(frontier).toString('hex'),
      entries: String(entries),
      findings: String(count),
      tookMs: String(tookMs),
    },
    requestId,
    idempotencyKey: requestId,
  })

/** A run as the history tells of it. */
export interface Run {
  readonly mode: string
  readonly startedAt: string
  readonly size: number
  /** SHA-256, hex. */
  readonly root: string
  readonly entries: number
  readonly findings: number
  readonly tookMs: number
}
export function runIn({ action, details = {} }: Pick<Told, 'action' | 'details'>): Run | null {
  const { mode, startedAt, root } = details
  const [size, entries, findings, tookMs] = ['size', 'entries', 'findings', 'tookMs'].map((name) => Number(details[name]))
  if (action !== 'VERIFY' || mode === undefined || startedAt === undefined || root === undefined) return null
  return { mode, startedAt, size: size!, root, entries: entries!, findings: findings!, tookMs: tookMs! }
}

/** Where an incremental run goes on. */
export interface CleanRun {
  readonly size: number
  readonly root: Buffer
  readonly frontier: Frontier
  readonly recordedAt: string
}
/** With one run in a quarter of an hour, ten days of findings without a full run. */
const runsLookedAt = 1000
/** The newest run that found nothing, as far as its entry is signed and whole; null: there is none to rest on. */
export async function lastCleanRun(history: History, keys: Pick<Keyring, 'mac'>): Promise<CleanRun | null> {
  for (const row of (await history.deeds(verificationStream, ['VERIFY'], runsLookedAt)).toReversed()) {
    const faults = new Findings()
    const told = checkEntry(row, keys, faults)
    const run = told && runIn(told)
    if (faults.count > 0 || !run || run.findings !== 0) continue
    try {
      const roots = Buffer.from(told.details!['frontier'] ?? '', 'hex')
      const frontier = new Frontier(
        run.size,
        Array.from({ length: roots.length / bytes }, (_, index) => roots.subarray(index * bytes, (index + 1) * bytes)),
      )
      const root = Buffer.from(run.root, 'hex')
      if (frontier.root().equals(root)) return { size: run.size, root, frontier, recordedAt: told.recordedAt }
    } catch {
      // No frontier of that size: an older run is gone on from.
    }
  }
  return null
}
