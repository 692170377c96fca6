import { type Actor, anyOf, judge, noCaseYet, type Reason, type Role, reason, role } from '../define/index.js'
import type { EntryFacts } from './case-record.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import { entryWith } from './entry.js'
import type { Erased, Obstacle } from './erasure-store.js'
import type { ErasureChange, OrganisationChange } from './organisation-change.js'
import { invalidInput, Refused, refuse } from './refused.js'
import { systemAccount } from './system-account.js'

const actions: readonly string[] = ['PLACE_HOLD', 'LIFT_HOLD', 'ERASE_CUSTOMER'] satisfies ErasureChange['action'][]
export const isErasureChange = (change: OrganisationChange): change is ErasureChange => actions.includes(change.action)

/** 客户信息主管 answers for personal information (002 2.1职责8, 7.1职责5); a dispute may also be the business of the department's head. */
const mayHold = anyOf(role('INFO_SUPERVISOR'), role('CS_MANAGER'))
const mayErase = role('INFO_SUPERVISOR')
const reasonMax = 1_000

/**
 * 法律保留 and 个人信息删除 (PIPL 47). The answer names the hold or the erasure.
 * Throws `NOT_AUTHORISED`, `NOT_FOUND`, `INPUT_INVALID`, `CONDITION_UNMET`, `ACTION_UNAVAILABLE`.
 */
export async function setErasure(tx: CommandTransaction, change: ErasureChange, actor: Actor, entryBy: (roleUsed: Role) => EntryFacts): Promise<Receipt> {
  const verdict = judge(change.action === 'ERASE_CUSTOMER' ? mayErase : mayHold, actor, noCaseYet(''))
  if (!verdict.allowed) throw new Refused(verdict.reasons)
  if (change.reason.trim() === '' || change.reason.length > reasonMax) {
    const field = { path: 'reason', code: 'VALUE_INVALID', message: [`须为 1–${reasonMax} 字`, `1 to ${reasonMax} characters`] } as const
    throw new Refused([invalidInput(field)], { fields: [field] })
  }
  const asked: Asked = { tx, actorId: actor.employeeId, entry: entryBy(verdict.role) }
  if (change.action === 'PLACE_HOLD') return placeHold(asked, change.caseId, change.reason)
  return change.action === 'LIFT_HOLD' ? liftHold(asked, change.holdId) : eraseCustomer(asked, change.customerId, change.reason)
}

interface Asked {
  readonly tx: CommandTransaction
  readonly actorId: string
  /** What was asked for, as the history tells it. */
  readonly entry: EntryFacts
}
type Details = Readonly<Record<string, string>>

async function placeHold(asked: Asked, caseId: string, text: string): Promise<Receipt> {
  const { tx, actorId } = asked
  if (!(await tx.lockCase(caseId))) throw refuse('NOT_FOUND')
  if (await tx.isCaseErased(caseId)) throw new Refused([erased])
  const holdId = await tx.placeHold(caseId, text, actorId)
  return { caseId: holdId, sequence: await recorded(asked, { holdId }) }
}

async function liftHold(asked: Asked, holdId: string): Promise<Receipt> {
  const { tx, actorId } = asked
  const hold = await tx.lockHold(holdId)
  if (!hold) throw refuse('NOT_FOUND')
  if (hold.isLifted) throw new Refused([reason('ACTION_UNAVAILABLE', ['保留已解除', 'the hold has been lifted already'])])
  await tx.liftHold(holdId, actorId)
  return { caseId: holdId, sequence: await recorded(asked, { caseId: hold.caseId }) }
}

/** At once where nothing stands in the way; otherwise the request is kept, and runs by itself when the last obstacle goes. */
async function eraseCustomer(asked: Asked, customerId: string, text: string): Promise<Receipt> {
  const { tx, actorId } = asked
  const customer = await tx.lockCustomer(customerId)
  if (!customer) throw refuse('NOT_FOUND')
  if (await tx.deferredErasure(customerId)) throw new Refused([asksAlready])
  if (customer.isErased && !customer.hasPersonal) throw new Refused([erased])
  const erasureId = await tx.requestErasure(customerId, text, actorId)
  const obstacles = await tx.obstacles(customerId)
  if (obstacles.length > 0) {
    const sequence = await recorded(asked, { erasureId, ...waitsFor(obstacles) }, customerId)
    await tx.setErasureRequested(erasureId, sequence)
    return { caseId: erasureId, sequence }
  }
  const done = await tx.erase(customerId, [])
  const sequence = await recorded(asked, { erasureId, ...destroyed(done) }, customerId)
  await tx.setErasureRequested(erasureId, sequence)
  await tx.settleErasure({ id: erasureId, customerId, keys: done.keys, sequence })
  return { caseId: erasureId, sequence }
}

const erased = reason('CONDITION_UNMET', ['该客户的个人信息已删除', 'the personal information of the customer has been erased'])
const asksAlready = reason('CONDITION_UNMET', ['已有删除申请等待执行', 'an erasure has been asked for and waits'])

/** No case is opened about somebody who had himself forgotten. Throws `CONDITION_UNMET`. */
export async function refuseErased(tx: CommandTransaction, customerId: string | null): Promise<void> {
  if (customerId !== null && (await tx.isErased(customerId))) throw new Refused([erased])
}

/** What must happen before an erasure that waits. */
export const reasonOf = ({ kind, caseNumber }: Pick<Obstacle, 'kind' | 'caseNumber'>): Reason =>
  kind === 'OPEN_CASE'
    ? reason('CONDITION_UNMET', [`案件 ${caseNumber} 尚未办结，须先办结`, `case ${caseNumber} is open and must be closed first`])
    : reason('CONDITION_UNMET', [`案件 ${caseNumber} 处于法律保留，须先解除`, `case ${caseNumber} is under a hold, which must be lifted first`])

const waitsFor = (obstacles: readonly Obstacle[]): Details => {
  const [open, held] = [obstacles.filter(({ kind }) => kind === 'OPEN_CASE'), obstacles.filter(({ kind }) => kind === 'HOLD')]
  return {
    status: 'DEFERRED',
    ...(open.length > 0 && { openCases: open.map(({ caseNumber }) => caseNumber).join(' ') }),
    ...(held.length > 0 && { holds: held.map(({ holdId }) => holdId).join(' ') }),
  }
}
const destroyed = ({ keys, cases }: Erased): Details => ({ status: 'DONE', cases: String(cases.length), keys: keys.join(' ') })

/** Output: the sequence in the history of the organisation. */
const recorded = ({ tx, entry }: Asked, details: Details, customerId: string | null = null): Promise<number> =>
  tx.recordOrganisation({ ...entry, customerId, details: { ...entry.details, ...details } })

export interface EraseDeferredCommand {
  readonly erasureId: string
  readonly requestId: string
}
/** 延期删除的执行: the system does what was asked for, once nothing stands in its way. Output: whether it did. */
export async function eraseDeferred(tx: CommandTransaction, { erasureId, requestId }: EraseDeferredCommand): Promise<boolean> {
  const asked = await tx.erasure(erasureId)
  if (asked?.status !== 'DEFERRED') return false
  const { customerId, requestedSequence } = asked
  await tx.lockCustomer(customerId)
  // Another server may have done it meanwhile, or somebody placed a hold.
  if ((await tx.erasure(erasureId))?.status !== 'DEFERRED' || (await tx.obstacles(customerId)).length > 0) return false
  const causedBy = requestedSequence === null ? null : { caseId: erasureId, sequence: requestedSequence }
  await eraseBySystem(tx, { erasureId, customerId, keys: [], requestId, causedBy, details: {} })
  return true
}

export interface EraseAgainCommand {
  readonly erasureId: string
  readonly customerId: string
  /** The keys that were destroyed then. */
  readonly keys: readonly string[]
  readonly requestId: string
}
/** 恢复备份后重做: a restored database has the keys back. It was lawful then, so that no open case and no hold of the backup keeps it. */
export async function eraseAgain(tx: CommandTransaction, { erasureId, customerId, keys, requestId }: EraseAgainCommand): Promise<boolean> {
  const customer = await tx.lockCustomer(customerId)
  if (!customer || (customer.isErased && (await tx.areDestroyed(keys)))) return false
  await eraseBySystem(tx, { erasureId, customerId, keys, requestId, causedBy: null, details: { reapplied: 'true' } })
  return true
}

interface BySystem extends EraseAgainCommand {
  readonly causedBy: { readonly caseId: string; readonly sequence: number } | null
  readonly details: Details
}
async function eraseBySystem(tx: CommandTransaction, { erasureId, customerId, keys, requestId, causedBy, details }: BySystem): Promise<void> {
  const done = await tx.erase(customerId, keys)
  const sequence = await tx.recordOrganisation(
    entryWith({
      process: 'organisation',
      definitionVersion: 1,
      definitionHash: '',
      action: 'ERASE_CUSTOMER',
      actor: { id: systemAccount.employeeId, kind: 'system' },
      roleUsed: 'SYSTEM',
      customerId,
      causedBy,
      details: { customerId, erasureId, ...destroyed(done), ...details },
      requestId,
      idempotencyKey: `erasure:${erasureId}`,
    }),
  )
  await tx.settleErasure({ id: erasureId, customerId, keys: done.keys, sequence })
}
