import { randomUUID } from 'node:crypto'
import { anybody, arrowsFrom, everybody, listOf, ratio } from '../../src/define/index.js'
import type { Operation } from '../../src/engine/handling/operations.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { candidateIdsOf } from '../../src/persistence/queries/task-queries.js'
import type { DrivenCase, House } from './house.js'
import { papers } from './papers.js'
import { chainOf, countersignOf } from './practice.js'
import { timed } from './timed.js'

/** A department at work: anything that may be done, by people who may, in a random order that its seed repeats. */

export const practised = [
  chainOf('life-chain'),
  countersignOf('life-all', everybody, { voters: { everyone: 'CS_MANAGER' } }),
  countersignOf('life-ratio', ratio(50), { voters: { everyone: 'FINANCE' } }),
  countersignOf('life-any', anybody('ALL_REJECT'), { voters: { everyone: 'RELATIONS_SUPERVISOR' } }),
  timed,
]
const request = { request: { subject: '练习', amount: '100' }, opinion: { opinion: '同意' }, reason: { reason: '理由' } }
const sheets: typeof papers = {
  ...papers,
  ...Object.fromEntries(practised.map(({ id }) => [id, request])),
  timed: { ...request, request: { subject: '一般' } },
}
const applicants: Readonly<Record<string, readonly string[]>> = {
  'expense-reimbursement': ['technician-1'],
  'gift-giving-application': ['relations-specialist-1', 'relations-specialist-2'],
  'customer-meal-hospitality': ['relations-specialist-3'],
}
const anyApplicant = ['technician-1', 'technician-2', 'relations-specialist-2']
/** Who is given roles and loses them again, and comes and goes, while cases run. */
const movable: readonly (readonly [login: string, role: string])[] = [
  ['cs-manager-3', 'CS_MANAGER'],
  ['finance-2', 'FINANCE'],
  ['relations-supervisor-2', 'RELATIONS_SUPERVISOR'],
]

interface Life {
  readonly house: House
  readonly cases: DrivenCase[]
  readonly random: () => number
}
/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
export const pick = <T>(random: () => number, from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)]

interface Waiting {
  readonly id: string
  readonly state: string
  readonly seat: string | null
  readonly kind: string
}
const waitingIn = async ({ house, id }: DrivenCase): Promise<Waiting[]> =>
  (await house.statements.query(`select id, state, seat, kind from task where case_id = $1 and status in ('OPEN', 'SUSPENDED') order by opened_at, id`, [id]))
    .rows
const candidatesOf = async (house: House, task: Waiting): Promise<readonly string[]> => (await candidateIdsOf(house.pool, [task.id])).get(task.id) ?? []

/** A decision, by the applicant or by somebody whose task it is. */
async function decided({ house, random }: Life, it: DrivenCase): Promise<unknown> {
  const record = await it.record()
  const { definition } = house.processes.at(record.process, record.definitionVersion)!
  const arrows = arrowsFrom(definition, record.state).filter(({ by }) => by.kind !== 'clock' && by.kind !== 'system')
  const arrow = pick(random, arrows)
  if (!arrow) return
  const tasks = await waitingIn(it)
  const task = pick(random, arrow.seat === undefined ? tasks : tasks.filter(({ seat }) => seat === arrow.seat))
  const people = arrow.by.kind === 'applicant' ? [record.applicantId] : task ? await candidatesOf(house, task) : []
  const actorId = pick(random, people.length > 0 ? people : [record.applicantId])!
  const forms = Object.fromEntries(listOf(arrow.form).map((key) => [key, sheets[record.process]![key]]))
  if (random() < 0.3) Object.assign(forms, revised(random, listOf(arrow.revises), record.process))
  const { action, seat, aim } = arrow
  const asked = { caseId: it.id, process: record.process, action, actorId, forms, idempotencyKey: randomUUID(), requestId: 'life' }
  return house.door.decide({ ...asked, ...(seat !== undefined && { seat }), ...(aim !== undefined && { to: aim }) })
}
const revised = (random: () => number, keys: readonly string[], process: string): object =>
  Object.fromEntries(
    keys.map((key) => {
      const sheet = sheets[process]![key] as Record<string, unknown>
      return [key, 'subject' in sheet ? { ...sheet, subject: `改 ${Math.floor(random() * 1e6)}` } : sheet]
    }),
  )

const operations: readonly Operation[] = [
  'CLAIM',
  'CLAIM',
  'RELEASE',
  'TRANSFER',
  'REASSIGN',
  'DELEGATE',
  'ASK',
  'ADD_SIGNER',
  'ADD_SIGNER',
  'REMOVE_SIGNER',
  'RECALL',
]
/** Work on a task; what somebody is asked is answered more often than not. */
async function worked({ house, random }: Life, it: DrivenCase): Promise<unknown> {
  const task = pick(random, await waitingIn(it))
  if (!task) return
  const mine = await candidatesOf(house, task)
  const operation = task.kind !== 'DECIDE' && random() < 0.8 ? 'RESPOND' : pick(random, operations)!
  const { rows: holders } = await house.statements.query('select claimed_by_id as id from task where id = $1 and claimed_by_id is not null', [task.id])
  const { rows: signers } = await house.statements.query(
    `select to_id as id, by_id as by from ask where case_id = $1 and live and status in ('OPEN', 'WAITING') and kind like 'SIGN%'`,
    [it.id],
  )
  const held = holders.length > 0 && operation !== 'CLAIM' ? [holders[0].id] : mine
  const actorId = operation === 'REASSIGN' ? employeeId('cs-director-1') : operation === 'REMOVE_SIGNER' ? (signers[0]?.by ?? held[0]) : pick(random, held)
  const others = [...mine, ...['dept-head-1', 'office-director-1', 'deputy-manager-1'].map(employeeId)].filter((id) => id !== actorId)
  const receiver = operation === 'REMOVE_SIGNER' ? (signers[0]?.id ?? others[0]) : pick(random, operation === 'ADD_SIGNER' ? others.slice(-3) : others)
  if (!actorId) return
  return house.door.handle({
    taskId: task.id,
    operation,
    actorId,
    text: '理由',
    approves: random() < 0.7,
    ...(receiver && { employeeIds: [receiver] }),
    ...(operation === 'ADD_SIGNER' && { position: pick(random, ['BEFORE', 'AFTER', 'PARALLEL'] as const)! }),
    idempotencyKey: randomUUID(),
    requestId: 'life',
  })
}

/** The clock: a term that runs is over now, or all of them stand still. */
async function timePassed({ house, random }: Life, it: DrivenCase): Promise<unknown> {
  const running = (await it.timers()).filter(({ status }) => status === 'PENDING')
  if (running.length > 0 && random() < 0.6) {
    const { name, rung } = pick(random, running)!
    return it.expire(name, rung)
  }
  const { pausedAt } = await it.record()
  const actorId = employeeId('cs-manager-1')
  return house.door.pause({ caseId: it.id, what: pausedAt ? 'RESUME' : 'PAUSE', text: '等待', actorId, idempotencyKey: randomUUID(), requestId: 'life' })
}

/** Roles, accounts and proxies come and go. */
async function reorganised({ house, random }: Life): Promise<unknown> {
  const [login, role] = pick(random, movable)!
  const subject = { employeeId: employeeId(login) }
  const { rows } = await house.statements.query(
    `select active, exists (select from role_assignment r where r.employee_id = e.id and r.role = $2 and valid_from <= now() and (valid_to is null or valid_to > now())) as holds from employee e where e.id = $1`,
    [subject.employeeId, role],
  )
  const { active, holds } = rows[0]
  const roll = random()
  if (!active || roll < 0.3) return house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', ...subject, active: !active })
  if (roll < 0.75)
    return house.administer('organisation-administrator-1', { action: holds ? 'REVOKE_ROLE' : 'GRANT_ROLE', ...subject, role: role as 'FINANCE' })
  return house.proxy(login, pick(random, ['dept-head-1', 'office-director-1'])!)
}

async function opened(life: Life): Promise<unknown> {
  const { house, cases, random } = life
  const process = pick(
    random,
    Object.keys(sheets).filter((id) => house.processes.current.has(id)),
  )!
  const { startsWith } = house.processes.current.get(process)!.definition
  cases.push(await house.open(pick(random, applicants[process] ?? anyApplicant)!, process, sheets[process]![startsWith] as Record<string, unknown>))
  return cases.at(-1)
}

async function openOf({ house, cases }: Life): Promise<DrivenCase[]> {
  const { rows } = await house.statements.query('select id from service_case where id = any($1) and outcome is null', [cases.map(({ id }) => id)])
  return cases.filter(({ id }) => rows.some((row) => row.id === id))
}

/** What was done: to which case, or to the organisation (null). */
export type Told = (it: DrivenCase | null, all: readonly DrivenCase[]) => Promise<void>

/** So many things are tried; each that is done is told. What is refused changes nothing and is told to nobody. Output: every case opened, and how many things were done. */
export async function live(
  house: House,
  { seed, tries, cases: most }: { seed: number; tries: number; cases: number },
  told: Told,
): Promise<{ cases: DrivenCase[]; done: number }> {
  const life: Life = { house, cases: [], random: randomFrom(seed) }
  let done = 0
  for (let turn = 0; turn < tries; turn++) {
    const it = pick(life.random, await openOf(life))
    const roll = life.random()
    const isNew = !it || (life.cases.length < most && roll < 0.1)
    const task = isNew ? opened(life) : roll < 0.15 ? reorganised(life) : roll < 0.22 ? timePassed(life, it) : roll < 0.6 ? worked(life, it) : decided(life, it)
    const result = await task.catch((error: unknown) => {
      if (error instanceof Refused) return undefined
      throw error
    })
    if (result === undefined) continue
    done++
    await told(isNew ? life.cases.at(-1)! : roll < 0.15 ? null : it, life.cases)
  }
  return { cases: life.cases, done }
}
