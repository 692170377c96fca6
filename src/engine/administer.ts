import { type Actor, type FieldError, fieldError, grantable, judge, noCaseYet, type Reason, type Role, reason, role, roleIds } from '../define/index.js'
import { calendarDetails, setCalendar } from './calendar.js'
import type { EntryFacts } from './case-record.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { type AddressFault, againstDelivery, type DeliveryChange, isDeliveryChange, toldOf, wrongInEndpoint } from './endpoints.js'
import { entryWith } from './entry.js'
import { isErasureChange, setErasure } from './erasure.js'
import { handOver } from './hand-over.js'
import type { OrganisationChange, PeopleChange } from './organisation-change.js'
import type { Processes } from './processes.js'
import { againstProxy, type ProxyChange } from './proxies.js'
import { invalidInput, Refused, refuse } from './refused.js'
import { type AccessChange, isAccess, setAccess } from './sensitive-access.js'
import { systemAccount } from './system-account.js'

/**
 * A change of the organisation: who holds which role, who may decide how much, who stands in for whom, who is there at all, when it works.
 * Takes effect with the next act of the person; what somebody loses is handed on in the same transaction.
 * Throws `NOT_AUTHORISED`, `SOD_CONFLICT`, `NOT_FOUND`, `INPUT_INVALID`, `CONDITION_UNMET`.
 */
export async function administer(
  processes: Processes,
  tx: CommandTransaction,
  command: AdministerCommand,
  addressFault: AddressFault | undefined,
): Promise<Receipt> {
  const actor = await tx.actor(command.actorId, organisation)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const { change } = command
  if (isErasureChange(change)) return setErasure(tx, change, actor, (used) => administrationEntry(command, 'DONE', [], used))
  const verdict = judge(role('ORGANISATION_ADMINISTRATOR'), actor, noCaseYet(''))
  if (isAccess(change)) {
    const { subjectId, role } = await setAccess(tx, change, actor)
    return { caseId: subjectId, sequence: await tx.recordOrganisation(administrationEntry(command, 'DONE', [], role)) }
  }
  if (!isProxy(change) && !verdict.allowed) throw new Refused(verdict.reasons)
  const { subjectId, report } =
    change.action === 'SET_CALENDAR'
      ? { subjectId: command.actorId, report: await setCalendar(tx, change, command.actorId) }
      : isDeliveryChange(change)
        ? { subjectId: await setDelivery(processes, tx, change, { actorId: command.actorId, addressFault }), report: {} }
        : await setPeople(processes, tx, command, change, actor)
  const entry = administrationEntry(command, 'DONE', [], verdict.allowed ? verdict.role : 'EMPLOYEE')
  const sequence = await tx.recordOrganisation({ ...entry, details: { ...entry.details, ...report } })
  return { caseId: subjectId, sequence }
}

/** Output: the id of what was changed, and what else happened. */
async function setPeople(processes: Processes, tx: CommandTransaction, command: AdministerCommand, change: AboutPeople, actor: Actor) {
  const fields = wrongWords(processes, change)
  const reasons = [...fields.map(invalidInput), ...(isProxy(change) ? await againstProxy(tx, change, actor) : await aboutThePerson(tx, change, actor))]
  if (reasons.length > 0) throw new Refused(reasons, { fields })
  const subjectId = await tx.changeOrganisation(change, command.actorId)
  const report = takesAway(change) ? await handOver(processes, tx, change.employeeId, command, change.action === 'SET_ACTIVE') : {}
  return { subjectId, report }
}

type AboutPeople = Exclude<PeopleChange, DeliveryChange | AccessChange>

/** Where word goes, and what becomes of a dead letter. Output: the id of what was changed. */
async function setDelivery(
  processes: Processes,
  tx: CommandTransaction,
  change: DeliveryChange,
  { actorId, addressFault }: { actorId: string; addressFault: AddressFault | undefined },
): Promise<string> {
  const fields = wrongInEndpoint(processes, change, addressFault)
  const reasons = [...fields.map(invalidInput), ...(await againstDelivery(tx, change))]
  if (reasons.length > 0) throw new Refused(reasons, { fields })
  return tx.changeOrganisation(change, actorId)
}

/** The history of the organisation stands beside those of the processes, under this name. */
export const organisation = 'organisation'

const isProxy = (change: OrganisationChange): change is ProxyChange => change.action === 'GRANT_PROXY' || change.action === 'REVOKE_PROXY'

type Losing = Extract<OrganisationChange, { action: 'SET_ACTIVE' | 'REVOKE_ROLE' }>
const takesAway = (change: AboutPeople): change is Losing => change.action === 'REVOKE_ROLE' || (change.action === 'SET_ACTIVE' && !change.active)

function wrongWords(processes: Processes, change: AboutPeople): FieldError[] {
  const unknown = (path: string) => fieldError(path, 'CHOICE_UNKNOWN')
  const isRole = !('role' in change) || (roleIds.includes(change.role) && grantable(change.role))
  const isProcess = change.action !== 'SET_LIMIT' || processes.current.has(change.process)
  const areProcesses = change.action !== 'GRANT_PROXY' || change.processes.every((id) => processes.current.has(id))
  return [...(isRole ? [] : [unknown('role')]), ...(isProcess ? [] : [unknown('process')]), ...(areProcesses ? [] : [unknown('processes')])]
}

async function aboutThePerson(tx: CommandTransaction, change: AboutPeople, actor: Actor): Promise<Reason[]> {
  const own = [reason('SOD_CONFLICT', ['管理员不得变更本人权限', 'an administrator may not change his own rights'])]
  // What the system does must go on, and what nobody can sign in as needs no rights.
  if (change.employeeId === systemAccount.employeeId) return [reason('CONDITION_UNMET', ['系统账号不得变更', 'the account of the system stays as it is'])]
  if (change.employeeId === null) return 'role' in change && actor.roles.includes(change.role) ? own : []
  const person = (await tx.personsOf([change.employeeId]))[change.employeeId]
  if (!person) throw refuse('NOT_FOUND')
  if (person === actor.personId) return own
  if (change.action !== 'GRANT_ROLE') return []
  const held = await tx.grantedRoles(change.employeeId)
  const mixes = (alone: Role) => (change.role === alone ? held.some((other) => other !== alone) : held.includes(alone))
  return mixes('AUDITOR') ? [reason('CONDITION_UNMET', ['审计员不得兼任其他角色', 'an auditor holds no other role'])] : []
}

/** What was asked for, as the history tells it: no secret, and a calendar by its days. */
function plainly(change: OrganisationChange, asked: object): { readonly reason?: string } & Readonly<Record<string, unknown>> {
  if (change.action === 'SET_CALENDAR') return calendarDetails(change)
  if (change.action === 'GRANT_SENSITIVE_ACCESS') {
    const { purpose, ...facts } = asked as Omit<typeof change, 'action'>
    return { ...facts, reason: purpose }
  }
  return isDeliveryChange(change) ? toldOf(change) : { ...asked }
}

/** What the history says of a change of the organisation, done or refused. */
export function administrationEntry(command: AdministerCommand, result: EntryFacts['result'], reasons: readonly Reason[], roleUsed: Role | null): EntryFacts {
  const { action, ...asked } = command.change
  const { reason: text, ...told } = plainly(command.change, asked)
  return entryWith({
    process: organisation,
    definitionVersion: 1,
    definitionHash: '',
    action,
    result,
    reasons,
    actor: { id: command.actorId, kind: 'employee' },
    roleUsed,
    details: Object.fromEntries(
      Object.entries(told)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => [name, String(value)]),
    ),
    // What is refused for its length need not stand in the history whole.
    aside: text === undefined ? {} : { text: text.slice(0, 1000) },
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
}
