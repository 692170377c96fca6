import { type Ballot, roleOfRule, rulesOf } from '../define/index.js'
import type { CommandTransaction, Handling, TaskRecord } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { poolSeat } from './countersign.js'
import { entryWith, under } from './entry.js'
import { contextOf } from './judgement.js'
import { type Processes, pinned } from './processes.js'
import { authorityOf, offerTo, taskOfVoice } from './tasks.js'

/**
 * 离职交接: what somebody held goes on: a claimed task back to its pool, a voice to the proxy named for leavers,
 * or to whoever else holds the role. Votes already cast stay; with `ends`, so do no proxies.
 * Output: how many of each, and how many tasks of the house nobody may do now, for the history.
 */
export async function handOver(
  processes: Processes,
  tx: CommandTransaction,
  employeeId: string,
  command: AdministerCommand,
  ends: boolean,
): Promise<Record<string, string>> {
  const proxy = await tx.proxyOf(employeeId)
  const report = { released: 0, toProxy: 0, toRole: 0 }
  for (const caseId of await tx.casesHeldBy(employeeId)) {
    const record = await tx.lockCase(caseId)
    if (!record) continue
    const loaded = pinned(processes, record)
    const around = await tx.surroundings(record, { openCases: [] })
    const still = await tx.actor(employeeId, record.process)
    let handling: Handling = record.handling
    for (const task of await tx.openTasks(caseId)) {
      const authority = task.kind === 'DECIDE' ? authorityOf(loaded.definition.states[task.state]!, task.seat) : undefined
      const role = authority && roleOfRule(rulesOf(authority)[0]!)
      // Whoever lost one role keeps what another one gives.
      if (still && (!role || still.roles.includes(role))) continue
      const voice = handling.ballot?.seats.find(({ key, employeeId: owner }) => key === task.seat && owner === employeeId)
      if (task.holderId !== employeeId && !voice) continue
      if (task.holderId === employeeId) await tx.setHolder(task.id, null)
      if (voice && role) {
        const next: Ballot['seats'][number] = proxy ? { ...voice, id: proxy.personId, employeeId: proxy.employeeId } : { ...poolSeat(role), key: voice.key }
        handling = { ...handling, ballot: { ...handling.ballot!, seats: handling.ballot!.seats.map((seat) => (seat === voice ? next : seat)) } }
        const context = contextOf(loaded, { ...record, handling }, around, await tx.now())
        await tx.closeTask(task.id, null, record.version)
        await tx.openTask(
          record,
          proxy
            ? { state: task.state, seat: task.seat, dueOn: null, offers: [offerTo(proxy.personId, role)] }
            : taskOfVoice(loaded.definition, task.state, next, context),
        )
      }
      report[!voice ? 'released' : proxy ? 'toProxy' : 'toRole']++
      await tx.recordWork(caseId, handOverEntry(record, loaded, task, employeeId, command))
    }
    if (handling !== record.handling) await tx.setHandling(caseId, handling)
  }
  if (ends) await tx.endProxies(employeeId)
  return Object.fromEntries(Object.entries({ ...report, unassignable: await tx.unassignable() }).map(([what, count]) => [what, String(count)]))
}

const handOverEntry = (
  { round }: { round: number },
  loaded: Parameters<typeof under>[0],
  task: TaskRecord,
  employeeId: string,
  { actorId, requestId, idempotencyKey }: AdministerCommand,
) =>
  entryWith({
    ...under(loaded),
    action: 'HAND_OVER',
    seat: task.seat,
    from: task.state,
    to: task.state,
    round,
    actor: { id: actorId, kind: 'employee' },
    details: { task: task.id, employees: employeeId },
    requestId,
    idempotencyKey,
  })
