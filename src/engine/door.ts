import type { Reason } from '../define/index.js'
import { administer, administrationEntry } from './administer.js'
import type { CommandStore, CommandTransaction, IdempotencyClaim, Receipt } from './case-store.js'
import {
  type AdministerCommand,
  type Answer,
  type BesideCommand,
  type DecideCommand,
  type DraftCommand,
  type HandleCommand,
  hashOf,
  type OpenCommand,
  type PreferenceCommand,
} from './commands.js'
import { copy } from './copy.js'
import { decide } from './decide.js'
import { saveDraft } from './draft.js'
import type { AddressFault } from './endpoints.js'
import { entryWith, under } from './entry.js'
import { type EraseAgainCommand, type EraseDeferredCommand, eraseAgain, eraseDeferred } from './erasure.js'
import { type FireCommand, type Firing, fire } from './fire.js'
import { handle } from './handling/handle.js'
import { setNoticePreferences } from './notice-preferences.js'
import { open } from './open.js'
import { pauseOrResume } from './pause.js'
import { type Processes, pinned } from './processes.js'
import { recalculate } from './recalculate.js'
import { Refused, refuse } from './refused.js'
import { revoke } from './revoke.js'

/** The one door: no other code changes a case. All throw {@link Refused} for every expected failure, which is then on record. */
export interface Door {
  open(command: OpenCommand): Promise<Answer>
  decide(command: DecideCommand): Promise<Answer>
  administer(command: AdministerCommand): Promise<Answer>
  /** Everything that is done with a task besides deciding it. */
  handle(command: HandleCommand): Promise<Answer>
  /** 草稿: keeps a decision that is not taken yet. */
  saveDraft(command: DraftCommand): Promise<Answer>
  /** 抄送: lets people see a case. */
  copy(command: BesideCommand): Promise<Answer>
  /** 撤销已通过: opens the case that revokes a completed one. The answer names the new case. */
  revoke(command: BesideCommand): Promise<Answer>
  /** 暂停计时 and 恢复计时. */
  pause(command: BesideCommand): Promise<Answer>
  /** 到期: the clock says that a term is over. Done once, however often it is said. */
  fire(command: FireCommand): Promise<Firing>
  /** 日历变更: reckons the terms of a case anew. Output: how many moved. */
  recalculate(command: { readonly caseId: string; readonly requestId: string }): Promise<number>
  /** Runs a deferred erasure when nothing stands in its way any more. Done once, however often it is said. Output: whether it was done now. */
  eraseDeferred(command: EraseDeferredCommand): Promise<boolean>
  /** Does again what was erased before the database was restored from a backup. Output: whether there was anything to do. */
  eraseAgain(command: EraseAgainCommand): Promise<boolean>
  /** How the actor wants to be told: a wish of one's own, in no history. */
  setNoticePreferences(command: PreferenceCommand): Promise<Answer>
}
type Command = OpenCommand | DecideCommand | AdministerCommand | HandleCommand | BesideCommand | DraftCommand | PreferenceCommand
/** What the door stands on. `report`: told when a refusal could not be recorded. `addressFault`: without it no endpoint is taken. */
export interface House {
  readonly store: CommandStore
  readonly processes: Processes
  readonly report: (error: unknown) => void
  readonly addressFault?: AddressFault
}

export const doorOf = (house: House): Door => ({
  open: (command) => once(house, command, (tx) => open(house.processes, tx, command)),
  decide: (command) => once(house, command, (tx) => decide(house.processes, tx, command)),
  administer: (command) => once(house, command, (tx) => administer(house.processes, tx, command, house.addressFault)),
  // A claim needs no key: repeating it changes nothing.
  handle: (command) => (claims.includes(command.operation) ? unkeyed : once)(house, command, (tx) => handle(house.processes, tx, command)),
  saveDraft: (command) => once(house, command, (tx) => saveDraft(house.processes, tx, command)),
  copy: (command) => once(house, command, (tx) => copy(house.processes, tx, command)),
  revoke: (command) => once(house, command, (tx) => revoke(house.processes, tx, command)),
  pause: (command) => once(house, command, (tx) => pauseOrResume(house.processes, tx, command)),
  // The term itself is the key: it is over once.
  fire: (command) => house.store.transact((tx) => fire(house.processes, tx, command)),
  recalculate: (command) => house.store.transact((tx) => recalculate(house.processes, tx, command)),
  eraseDeferred: (command) => house.store.transact((tx) => eraseDeferred(tx, command)),
  eraseAgain: (command) => house.store.transact((tx) => eraseAgain(tx, command)),
  setNoticePreferences: (command) => once(house, command, (tx) => setNoticePreferences(tx, command)),
})

const claims: readonly HandleCommand['operation'][] = ['CLAIM', 'RELEASE']

/** One command, one transaction, one effect, however often it is sent. */
const once = (house: House, command: Command, work: (tx: CommandTransaction) => Promise<Receipt>): Promise<Answer> =>
  onRecord(house, command, async () => {
    if (!/^[\x21-\x7e]{1,255}$/.test(command.idempotencyKey)) throw refuse('INPUT_INVALID', { fields: [keyFault] })
    const claim: IdempotencyClaim = { actorId: command.actorId, key: command.idempotencyKey, requestHash: hashOf(command) }
    return await house.store.transact(async (tx) => {
      const before = await tx.claimKey(claim)
      if (before) return replayed(before, claim)
      const receipt = await work(tx)
      await tx.keep(claim, receipt)
      return { ...receipt, replayed: false }
    })
  })
const unkeyed = (house: House, command: Command, work: (tx: CommandTransaction) => Promise<Receipt>): Promise<Answer> =>
  onRecord(house, command, async () => ({ ...(await house.store.transact(work)), replayed: false }))

async function onRecord(house: House, command: Command, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    // A busy house has judged nothing.
    if (error instanceof Refused && error.code !== 'BUSY') await putOnRecord(house, command, error.onRecord)
    throw error
  }
}
const keyFault = {
  path: 'idempotencyKey',
  code: 'VALUE_INVALID',
  message: ['须为 1–255 个可见 ASCII 字符', '1 to 255 printable ASCII characters, no blanks'],
} as const

function replayed(before: { requestHash: string; receipt: Receipt }, claim: IdempotencyClaim): Answer {
  if (before.requestHash !== claim.requestHash) throw refuse('IDEMPOTENCY_KEY_REUSED')
  return { ...before.receipt, replayed: true }
}

/** The refusal stands whether or not it can be written down; failing to write it is reported, not hidden. */
async function putOnRecord({ store, processes, report }: House, command: Command, refused: Refused): Promise<void> {
  if (refused.attempt) return store.recordRefusal(refused.attempt.caseId, refused.attempt.entry).catch(report)
  if ('operation' in command || 'what' in command) return besideOnRecord(command, refused, store, processes).catch(report)
  if (!('process' in command) && !('change' in command)) return
  if ('change' in command) return store.recordRefusal(null, administrationEntry(command, 'REFUSED', refused.reasons, null)).catch(report)
  const loaded = processes.current.get(command.process)
  if (!loaded) return
  const isAct = 'caseId' in command
  const entry = entryWith({
    ...under(loaded),
    action: isAct ? command.action : 'OPEN',
    seat: (isAct && command.seat) || null,
    from: typeof refused.details['state'] === 'string' ? refused.details['state'] : null,
    round: 0,
    result: refused.code === 'CASE_STALE' ? 'CONFLICT' : 'REFUSED',
    reasons: [
      ...refused.reasons,
      ...refused.fields.map(
        ({ path, code, message }): Reason => ({ code: 'FORM_INVALID', message: [`${path} ${code} ${message[0]}`, `${path} ${code} ${message[1]}`] }),
      ),
    ],
    actor: { id: command.actorId, kind: 'employee' },
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
  await store.recordRefusal(isAct ? command.caseId : null, entry).catch(report)
}
/** What was tried around a case that was refused before anybody looked at it: the key was used up, or whoever tried has left. */
async function besideOnRecord(command: HandleCommand | BesideCommand, { reasons }: Refused, store: CommandStore, processes: Processes): Promise<void> {
  const record = await store.transact(async (tx) => {
    const caseId = 'operation' in command ? await tx.caseOfTask(command.taskId) : command.caseId
    return caseId && tx.lockCase(caseId)
  })
  if (!record) return
  const entry = entryWith({
    ...under(pinned(processes, record)),
    action: 'operation' in command ? command.operation : command.what,
    from: record.state,
    round: record.round,
    result: 'REFUSED',
    reasons,
    actor: { id: command.actorId, kind: 'employee' },
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
  await store.recordRefusal(record.id, entry)
}
