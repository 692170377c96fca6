import { createHash } from 'node:crypto'
import { Decimal } from 'decimal.js'
import type { Role } from '../define/index.js'
import { adoptRoles } from '../engine/adopt-roles.js'
import type { CommandStore } from '../engine/case-store.js'
import type { Querier } from '../persistence/pool.js'
import type { RecordedEvent, Trace } from './xes.js'

export const replayedProcess = 'expense-reimbursement'

/**
 * The replay's own employees, each a person apart, since separation of duties looks at persons.
 *
 * The log does not say how much anyone may approve, so what was recorded is bound to whoever could have done it (page 67):
 * `supervisorFinal` may sign any amount and signs what was FINAL_APPROVED; `supervisorEscalating` may sign none, by a limit
 * of zero of its own (the organisation's limit for the role would count otherwise), and passes on what was only APPROVED.
 * `nobody` holds no role: what the log says was done by MISSING, or what page 67 does not know, the door itself refuses.
 */
const cast = {
  claimant: { login: 'replay-claimant' },
  preApprover: { login: 'replay-pre-approver', role: 'PRE_APPROVER' },
  administration: { login: 'replay-administration', role: 'ADMINISTRATION' },
  budgetOwner: { login: 'replay-budget-owner', role: 'BUDGET_OWNER' },
  supervisorFinal: { login: 'replay-supervisor-final', role: 'SUPERVISOR', limit: '99999999999999.99' },
  supervisorEscalating: { login: 'replay-supervisor-escalating', role: 'SUPERVISOR', limit: '0' },
  director: { login: 'replay-director', role: 'DIRECTOR' },
  system: { login: 'replay-system', kind: 'SERVICE' },
  nobody: { login: 'replay-nobody' },
} as const satisfies Record<string, { login: string; role?: Role; limit?: string; kind?: 'SERVICE' }>

type Player = keyof typeof cast

/** What is sent for an event: the act, who acts, and the forms handed in with it. */
export interface Act {
  readonly action: string
  readonly actorId: string
  readonly forms: Readonly<Record<string, unknown>>
}
const reason = { reason: { reason: 'The recorded history gives no reason' } }
const by = (player: Player, action: string, forms = {}): Act => ({ action, actorId: idOf(player), forms })

/** Page 67, last column: the recorded activity without the name of the paper before it. */
const acts: Readonly<Record<string, Act>> = {
  'SAVED by EMPLOYEE': by('claimant', 'SAVE'),
  'SUBMITTED by EMPLOYEE': by('claimant', 'SUBMIT'),
  'APPROVED by PRE_APPROVER': by('preApprover', 'PRE_APPROVE'),
  'APPROVED by ADMINISTRATION': by('administration', 'CHECK'),
  'APPROVED by BUDGET OWNER': by('budgetOwner', 'CONFIRM_BUDGET'),
  'FINAL_APPROVED by SUPERVISOR': by('supervisorFinal', 'APPROVE'),
  'APPROVED by SUPERVISOR': by('supervisorEscalating', 'APPROVE_AND_ESCALATE'),
  'FINAL_APPROVED by DIRECTOR': by('director', 'APPROVE'),
  'REJECTED by PRE_APPROVER': by('preApprover', 'RETURN', reason),
  'REJECTED by ADMINISTRATION': by('administration', 'RETURN', reason),
  'REJECTED by BUDGET OWNER': by('budgetOwner', 'RETURN', reason),
  'REJECTED by SUPERVISOR': by('supervisorFinal', 'RETURN', reason),
  'REJECTED by DIRECTOR': by('director', 'RETURN', reason),
  'REJECTED by EMPLOYEE': by('claimant', 'ACKNOWLEDGE_RETURN'),
  'REJECTED by MISSING': by('nobody', 'RETURN', reason),
  'Request Payment': by('system', 'REQUEST_PAYMENT'),
  'Payment Handled': by('system', 'PAYMENT_HANDLED'),
}

/** The act that an event stands for. An activity that page 67 does not list goes to the door under its own name, by nobody. */
export function actFor({ activity }: RecordedEvent): Act {
  const [, bare] = /([A-Z_]+ by [A-Z_ ]+)$/.exec(activity) ?? [activity, activity]
  return Object.hasOwn(acts, bare!) ? acts[bare!]! : by('nobody', activity)
}

export const claimantId = (): string => idOf('claimant')

/** The amount that the log gives the case, to the cent; null when it gives none, or less than a cent. */
export function amountOf({ attributes, events }: Trace): string | null {
  const recorded = attributes['Amount'] ?? attributes['amount'] ?? events[0]?.attributes['(case)_Amount'] ?? ''
  const amount = /^\d{1,14}(\.\d+)?$/.test(recorded) ? new Decimal(recorded).toDecimalPlaces(2) : new Decimal(0)
  return amount.isZero() ? null : amount.toFixed(2)
}
/** The claim: one item for the whole. A claim of nothing cannot be written down: it stands with one cent, and its item says so. */
export function claimFor(trace: Trace): Record<string, unknown> {
  const amount = amountOf(trace)
  const item = amount === null ? 'No amount recorded; one cent stands for it' : 'Recorded amount'
  return { source: 'OTHER', sourceRecord: trace.id.slice(0, 200), items: [{ item, amount: amount ?? '0.01' }], total: amount ?? '0.01' }
}

/**
 * Runs the work with the replay's employees in office. They have no password, keep their ids for good, and are active only
 * while a replay runs (after a kill: until the next one ends); that they hold their roles is on record. Input: a connection of the owner. Throws when another replay
 * runs on this database.
 */
export async function withCast<T>(owner: Querier, store: CommandStore, work: () => Promise<T>): Promise<T> {
  const { rows } = await owner.query('select pg_try_advisory_lock($1) as alone', [onlyReplay])
  if (!rows[0].alone) throw new Error('another replay is running on this database')
  const ids = (Object.keys(cast) as Player[]).map(idOf)
  try {
    for (const player of Object.keys(cast) as Player[]) await hire(owner, player)
    await adoptRoles(
      store,
      (Object.keys(cast) as Player[]).map((player) => uuidOf(`role ${player}`)),
    )
    await owner.query('update employee set active = true where id = any($1)', [ids])
    return await work()
  } finally {
    await owner.query('update employee set active = false where id = any($1)', [ids])
    await owner.query('select pg_advisory_unlock($1)', [onlyReplay])
  }
}
const onlyReplay = 7_263_520

async function hire(owner: Querier, player: Player): Promise<void> {
  const { login, role, limit, kind = 'EMPLOYEE' }: { login: string; role?: Role; limit?: string; kind?: string } = cast[player]
  const id = idOf(player)
  await owner.query(
    `insert into employee (id, number, login, name, person_id, kind, active) values ($1, $2, $3, $4, $5, $6, false) on conflict (id) do nothing`,
    [id, login.toUpperCase(), login, `回放 ${login}`, uuidOf(`person ${player}`), kind],
  )
  const assignment = [uuidOf(`role ${player}`), id, role]
  if (role) await owner.query('insert into role_assignment (id, employee_id, role) values ($1, $2, $3) on conflict (id) do nothing', assignment)
  if (limit === undefined) return
  const values = [uuidOf(`limit ${player}`), replayedProcess, role, id, limit]
  await owner.query('insert into authority_limit (id, process, role, employee_id, amount) values ($1, $2, $3, $4, $5) on conflict (id) do nothing', values)
}

/** The same id for the same name on every machine (RFC 9562, version 8), so that a second run finds its own employees. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`countersign/replay/1\n${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
function idOf(player: Player): string {
  return uuidOf(`employee ${player}`)
}
