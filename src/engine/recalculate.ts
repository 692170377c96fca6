import { deadlinesIn } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import { changeTerms, reckoned } from './deadlines.js'
import { entryWith, under } from './entry.js'
import { type Processes, pinned } from './processes.js'
import type { Timer } from './timer.js'

/**
 * 日历变更: what has not fired is reckoned by the calendar in force; what comes out otherwise is on record, with the moment before and after.
 * Output: how many terms moved.
 */
export async function recalculate(processes: Processes, tx: CommandTransaction, { caseId, requestId }: { caseId: string; requestId: string }): Promise<number> {
  const record = await tx.lockCase(caseId)
  if (!record) return 0
  const loaded = pinned(processes, record)
  const calendar = await tx.calendar()
  const stale = (await tx.timers(caseId)).filter(
    ({ status, calendarVersion }) => (status === 'PENDING' || status === 'PAUSED') && calendarVersion < calendar.version,
  )
  const now = stale.flatMap((timer) => {
    const deadline = deadlinesIn(loaded.definition, timer.place)[timer.name]
    return deadline ? [reckoned(timer, deadline, calendar)] : []
  })
  const moved = now.filter((timer, index) => timer.dueAt !== stale[index]!.dueAt)
  await changeTerms(tx, loaded.definition, record, { move: now })
  if (moved.length > 0)
    await tx.recordWork(
      caseId,
      entryWith({
        ...under(loaded),
        action: 'RECALCULATE',
        from: record.state,
        to: record.state,
        round: record.round,
        actor: { id: '', kind: 'system' },
        roleUsed: 'SYSTEM',
        details: {
          calendar: String(calendar.version),
          ...Object.fromEntries(moved.map((timer) => [labelOf(timer), `${before(stale, timer)} → ${timer.dueAt}`])),
        },
        requestId,
        idempotencyKey: `calendar:${calendar.version}:${caseId}`,
      }),
    )
  return moved.length
}
const labelOf = ({ name, rung }: Timer): string => (rung === null ? name : `${name}#${rung}`)
const before = (stale: readonly Timer[], { id }: Timer): string => stale.find((timer) => timer.id === id)!.dueAt
