import DataLoader from 'dataloader'
import { accessStream } from '../audit/chain.js'
import { type Level, reason } from '../define/index.js'
import type { CommandStore } from '../engine/case-store.js'
import { entryWith } from '../engine/entry.js'

/** One personal or confidential value that somebody is about to read. */
export interface Reading {
  readonly caseId: string | null
  readonly customerId: string | null
  /** What the history names it by: the number of the case, the form and its version; or the code of the customer. Never a value. */
  readonly place: Readonly<Record<string, string>>
  readonly field: string
  readonly level: Level
  /** What for, where that has to be said. It stands beside the hashed text: whoever writes it may write anything. */
  readonly purpose: string | null
  /** It was asked for and not given. */
  readonly refused?: true
}
/** Resolves once the reading is on record; rejects, with `BUSY` when the database is away, when it could not be recorded. */
export type Readings = DataLoader<Reading, null, string>

/** The process that entries about readings stand under. */
export const accessProcess = 'access'

/** What one request reads: what is asked for together is one entry a form version, and the same value is recorded once. */
export function readingsOf(store: Pick<CommandStore, 'record'>, employeeId: string, requestId: string): Readings {
  let written = 0
  const write = async ([first, ...others]: readonly [Reading, ...Reading[]]): Promise<void> => {
    const all = [first, ...others]
    const entry = entryWith({
      process: accessProcess,
      definitionVersion: 1,
      definitionHash: '',
      action: 'READ_PERSONAL',
      actor: { id: employeeId, kind: 'employee' },
      customerId: first.customerId,
      details: { ...first.place, fields: listed(all.map(({ field }) => field)), level: listed(all.map(({ level }) => level)) },
      ...(first.refused && { result: 'REFUSED' as const, reasons: [reason('NOT_AUTHORISED')] }),
      aside: first.purpose === null ? {} : { text: first.purpose.slice(0, 200) },
      requestId,
      // No key of anybody's: only none of its own twice.
      idempotencyKey: `${requestId}/${++written}`,
    })
    await store.record(accessStream(employeeId), first.caseId, entry)
  }
  return new DataLoader(
    async (readings) => {
      const failed = new Map<string, Error>()
      // One after the other: the entries of one reader are one chain.
      for (const [group, members] of Map.groupBy(readings, groupOf))
        await write(members as [Reading, ...Reading[]]).catch((error: Error) => failed.set(group, error))
      return readings.map((reading) => failed.get(groupOf(reading)) ?? null)
    },
    { cacheKeyFn: JSON.stringify, batchScheduleFn: (run) => setImmediate(run) },
  )
}
const groupOf = ({ caseId, place, purpose, refused }: Reading): string => JSON.stringify([caseId, place, purpose, refused])
const listed = (names: readonly string[]): string => [...new Set(names)].sort().join(', ')
