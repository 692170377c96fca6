import { isCountersign, type Reason, type Role } from '../../define/index.js'
import { advance } from '../advance.js'
import type { CaseRecord, HeldAct } from '../case-record.js'
import type { CommandTransaction } from '../case-store.js'
import { entryWith, under } from '../entry.js'
import { overlay } from '../forms-handed-in.js'
import { contextOf, leadsOn, reasonsAgainst, seatOf } from '../judgement.js'
import type { LoadedProcess } from '../processes.js'
import type { Taking } from '../take.js'
import { offerTo } from '../tasks.js'

/**
 * 后加签: a decision that leads on stands, but the case waits until the signers who follow it have signed.
 * Output: the case as it stands, or null when nobody follows.
 */
export async function hold(tx: CommandTransaction, loaded: LoadedProcess, record: CaseRecord, taking: Taking): Promise<CaseRecord | null> {
  const { actor, forms, around, at, command } = taking
  if (!around.asks.some(({ status }) => status === 'WAITING')) return null
  const context = contextOf(loaded, record, around, at, overlay(around.data, forms))
  const isVote = isCountersign(loaded.definition.states[record.state]!)
  const seat = isVote ? (command.seat ?? seatOf(actor, context) ?? null) : null
  const followers = around.asks.filter((ask) => ask.seat === seat && ask.status === 'WAITING')
  const barred: readonly Reason[] = reasonsAgainst(loaded, record, context, { ...command, actor })
  const step = barred.length === 0 && followers.length > 0 ? advance(loaded, record, context, { ...command, actor }) : null
  if (!step || !leadsOn(loaded.definition, step.arrow)) return null
  const { contentDigest } = contextOf(loaded, record, around, at).facts
  const held: HeldAct = { actor, action: command.action, seat, to: command.to ?? null, forms: await tx.sealForms(record, forms), contentDigest }
  await tx.setHandling(record.id, { ...record.handling, held })
  const own = (await tx.openTasks(record.id)).find((task) => task.kind === 'DECIDE' && task.seat === seat)
  if (own) await tx.suspend(own.id, true)
  for (const { id, to } of followers) {
    await tx.settleAsk(id, 'OPEN', null)
    await tx.openTask(record, { state: record.state, seat, offers: [offerTo(to.personId)], kind: 'SIGN', askId: id })
  }
  await tx.recordWork(record.id, heldEntry(loaded, record, taking, held, step.role))
  return record
}
const heldEntry = (loaded: LoadedProcess, record: CaseRecord, { actor, command, at }: Taking, held: HeldAct, role: Role) =>
  entryWith({
    ...under(loaded),
    action: 'HOLD',
    details: { decision: command.action },
    seat: held.seat,
    // Its forms are no part of the case yet, and may be personal.
    aside: { held },
    from: record.state,
    to: record.state,
    round: record.round,
    actor: { id: actor.employeeId, kind: actor.kind },
    onBehalfOfId: actor.onBehalfOf?.employeeId ?? null,
    roleUsed: role,
    occurredAt: command.occurredAt ?? at,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
