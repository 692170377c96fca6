import type { CaseRecord } from '../../src/engine/case-record.js'
import { divergences, foldCase } from '../../src/engine/fold.js'
import { type Processes, pinned } from '../../src/engine/processes.js'
import { casesById } from '../../src/persistence/case-rows.js'
import { historiesOf } from '../../src/persistence/histories.js'
import type { Querier } from '../../src/persistence/pool.js'

/** I2: the fold of the history is the stored case, and whoever holds a task by it holds the stored task. One sentence for each thing that is not so. */
export async function foldFaults(db: Querier, processes: Processes, ids: readonly string[], rewritten: readonly (keyof CaseRecord)[] = []): Promise<string[]> {
  const histories = await historiesOf(db, ids)
  const { rows: tasks } = await db.query(
    `select id, case_id, claimed_by_id as "employeeId", claimed_at as at from task where case_id = any($1) and claimed_by_id is not null order by id`,
    [ids],
  )
  return (await casesById(db, ids)).flatMap((stored) => {
    const folded = foldCase(pinned(processes, stored).definition, histories.get(stored.id)!)
    if (!folded) return [`${stored.number} has no history`]
    const claimed = tasks.filter((task) => task.case_id === stored.id).map(({ id, employeeId, at }) => `${id} ${employeeId} ${at.valueOf()}`)
    const held = [...folded.holders].map(([id, { employeeId, at }]) => `${id} ${employeeId} ${Date.parse(at)}`).sort()
    return [
      ...divergences(folded, stored)
        .filter((field) => !rewritten.includes(field))
        .map((field) => `${stored.number} ${field}: stored ${JSON.stringify(stored[field])}, by its history ${JSON.stringify(folded.record[field])}`),
      ...(held.join() === claimed.join() ? [] : [`${stored.number} holders: stored ${claimed}, by its history ${held}`]),
    ]
  })
}
