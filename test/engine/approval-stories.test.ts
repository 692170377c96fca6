import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type AnyProcess, anybody, arrowsFrom, everybody, inOrder, listOf, quorum, type Role, ratio, roleOfRule, rulesOf } from '../../src/define/index.js'
import { operations } from '../../src/engine/handling/operations.js'
import { employeeId } from '../../src/organisation/ids.js'
import { atOnce, decide, refusalsOf, times } from '../support/acts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { papers } from '../support/papers.js'
import { chainOf, countersignOf } from '../support/practice.js'

// Approvals as people are: they ask, hand on, stand in, come and go, return and take back, in any order.

const voters = { voters: { everyone: 'FILM_DIRECTOR' } } as const
const practice: readonly AnyProcess[] = [
  chainOf('story-chain'),
  countersignOf('story-all', everybody, voters),
  countersignOf('story-any', anybody('ALL_REJECT'), voters),
  countersignOf('story-in-order', inOrder, voters),
  countersignOf('story-quorum', quorum(2), voters),
  countersignOf('story-ratio', ratio(50), voters),
]
const request = { subject: '申请', amount: '100' }
const practicePapers = { request, opinion: {}, reason: { reason: '理由' } }
const openers: Readonly<Record<string, string>> = {
  ...Object.fromEntries(practice.map(({ id }) => [id, 'technician-1'])),
  'customer-meal-hospitality': 'relations-specialist-3',
  'gift-giving-application': 'relations-specialist-1',
}
/** People of the stories, with what they may be given and lose. */
const staff: Readonly<Record<string, Role>> = {
  'one-1': 'RELATIONS_SUPERVISOR',
  'one-2': 'RELATIONS_SUPERVISOR',
  'two-1': 'CS_MANAGER',
  'two-2': 'CS_MANAGER',
  'pay-1': 'FINANCE',
  'top-1': 'GENERAL_MANAGER',
  'voice-1': 'FILM_DIRECTOR',
  'voice-2': 'FILM_DIRECTOR',
  'voice-3': 'FILM_DIRECTOR',
  'film-director-1': 'FILM_DIRECTOR',
}
const cast = [
  ...Object.keys(staff),
  'technician-1',
  'relations-specialist-1',
  'relations-specialist-3',
  'office-director-1',
  'gift-custodian-1',
  'dept-head-1',
  'quality-1',
]
let house: House
beforeAll(async () => {
  house = await openHouse(practice)
  for (const [login, role] of Object.entries(staff)) if (login !== 'film-director-1') await house.hire(login, [role])
})
afterAll(() => house.close())

const step = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('act' as const) },
    { weight: 6, arbitrary: fc.constant('work' as const) },
    { weight: 1, arbitrary: fc.constantFrom('proxy' as const, 'role' as const) },
  ),
  pick: fc.nat(1_000),
  person: fc.nat(1_000),
  other: fc.nat(1_000),
  sensible: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  position: fc.constantFrom('BEFORE' as const, 'AFTER' as const, 'PARALLEL' as const),
  approves: fc.boolean(),
  /** Somebody else does the same at the same time. */
  together: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
const story = fc.record({ process: fc.constantFrom(...Object.keys(openers)), steps: fc.array(step, { minLength: 8, maxLength: 20, size: 'max' }) })
const at = <T>(list: readonly T[], place: number): T => list[place % list.length]!

const rows = async (sql: string, ...values: readonly unknown[]) => (await house.pool.query(sql, [...values])).rows
const loginsWith = async (roles: readonly Role[]): Promise<string[]> =>
  (
    await rows(
      'select login from employee e where login = any($1) and exists (select from unnest($2::text[]) r where holds_role(e.id, r)) order by 1',
      cast,
      roles,
    )
  ).map(({ login }) => login)

const candidatesOf = async (it: DrivenCase): Promise<string[]> =>
  (
    await rows(
      `select distinct e.login from task t join task_candidate k on k.task_id = t.id join employee e on e.id = k.employee_id
        where t.case_id = $1 and t.status in ('OPEN', 'SUSPENDED') and t.kind = 'DECIDE' and e.login = any($2) order by 1`,
      it.id,
      cast,
    )
  ).map(({ login }) => login)

/** A decision that the state names, by somebody who may well take it: himself, or for whoever made him a proxy. */
async function act(it: DrivenCase, definition: AnyProcess, applicant: string, { pick, person, other, sensible, together }: Step): Promise<Promise<unknown>[]> {
  const arrows = arrowsFrom(definition, await it.state()).filter(({ by }) => by.kind !== 'system')
  if (arrows.length === 0) return [decide(it, sensible ? applicant : at(cast, person), 'APPROVE')]
  const arrow = at(arrows, pick)
  const rules = rulesOf(arrow.by)
  const fit = rules.some(({ kind }) => kind === 'applicant')
    ? [applicant]
    : rules.some(({ kind }) => kind === 'lastToAct')
      ? cast
      : arrow.vote
        ? await candidatesOf(it)
        : await loginsWith(rules.map(roleOfRule))
  const people = sensible ? (fit.length > 0 ? fit : [applicant]) : cast
  const login = at(people, person)
  const mine: Readonly<Record<string, object>> = papers[definition.id] ?? practicePapers
  const forms = Object.fromEntries(listOf(arrow.form).map((key) => [key, key === 'request' ? { ...request, amount: String(50 + other) } : mine[key]]))
  const [grant] =
    other % 3 === 0
      ? await rows(
          'select p.login as proxy, g.principal_id from proxy_grant g join employee p on p.id = g.proxy_id where g.principal_id = $1 and g.revoked_at is null',
          employeeId(login),
        )
      : []
  const rest = { forms, ...(arrow.aim !== undefined && { to: arrow.aim }), ...(arrow.seat !== undefined && { seat: arrow.seat }) }
  return [
    grant ? decide(it, grant.proxy, arrow.action, { ...rest, onBehalfOfId: grant.principal_id }) : decide(it, login, arrow.action, rest),
    ...(together ? [decide(it, at(people, person + 1), arrow.action, rest)] : []),
  ]
}

/** Something with an open task of the case, by somebody whose task it is, who asked, or who was asked. */
async function work(it: DrivenCase, { pick, person, other, sensible, position, approves, together }: Step): Promise<Promise<unknown>[]> {
  const tasks = await rows(`select id, kind from task where case_id = $1 and status in ('OPEN', 'SUSPENDED') order by opened_at, id`, it.id)
  if (tasks.length === 0) return []
  const task = at(tasks, other)
  const names = Object.keys(operations) as (keyof typeof operations)[]
  const operation = sensible && task.kind !== 'DECIDE' ? at(['RESPOND', 'REMOVE_SIGNER', 'RECALL', 'CLAIM'] as const, pick) : at(names, pick)
  const candidates = (
    await rows(
      'select distinct login from task_candidate k join employee e on e.id = k.employee_id where k.task_id = $1 and login = any($2) order by 1',
      task.id,
      cast,
    )
  ).map(({ login }) => login)
  const asking = await rows(
    'select a.login as by, b.login as to from ask join employee a on a.id = by_id join employee b on b.id = to_id where case_id = $1 and live',
    it.id,
  )
  const added = await rows(
    `select a.login as by, b.login as to from service_case c, jsonb_array_elements(c.handling -> 'ballot' -> 'seats') s
       join employee a on a.person_id = (s ->> 'addedBy')::uuid join employee b on b.id = (s ->> 'employeeId')::uuid where c.id = $1 and c.handling ? 'ballot'`,
    it.id,
  )
  const signers = [...asking, ...added]
  const undoes = operation === 'REMOVE_SIGNER' || operation === 'RECALL'
  const fit = undoes ? signers.map(({ by }) => by) : operation === 'REASSIGN' ? ['two-1', 'two-2'] : candidates
  const login = at(sensible ? (fit.length > 0 ? fit : [openers[it.process]!]) : cast, person)
  const peers = staff[candidates[0] ?? ''] ? Object.keys(staff).filter((one) => staff[one] === staff[candidates[0]!]) : cast
  const people = [
    operation === 'REMOVE_SIGNER' && signers.length > 0
      ? at(signers, other).to
      : at(operation === 'TRANSFER' || operation === 'REASSIGN' ? peers : cast, other),
  ]
  const words = { people, position, approves }
  return [it.handle(login, operation, words, task.id), ...(together ? [it.handle(at(cast, person + 1), operation, words, task.id)] : [])]
}

/** A proxy named or dismissed, a role lost or given back. Whatever the organisation refuses is no matter of the case. */
async function organise({ what, pick, person, other }: Step): Promise<void> {
  const login = at(Object.keys(staff), person)
  if (what === 'proxy') {
    const [grant] = await rows('select id from proxy_grant where principal_id = $1 and revoked_at is null limit 1', employeeId(login))
    const change = grant
      ? house.administer(login, { action: 'REVOKE_PROXY', employeeId: employeeId(login), grantId: grant.id })
      : house.proxy(login, at(cast, other), { ...(pick % 4 === 0 && { amountCap: '100' }) })
    await atOnce([change])
    return
  }
  const held = await loginsWith([staff[login]!])
  await atOnce([
    house.administer('organisation-administrator-1', {
      action: held.includes(login) ? 'REVOKE_ROLE' : 'GRANT_ROLE',
      employeeId: employeeId(login),
      role: staff[login]!,
    }),
  ])
}

test('whatever people do with approvals, the rules hold of every case', async () => {
  const runs = Number(process.env['FC_RUNS'] ?? 25)
  const lanes = 4
  const count = { runs: 0, acts: 0, done: 0, ended: 0 }
  const codes = new Map<string, number>()
  const tell = async ({ process: id, steps }: { process: string; steps: readonly Step[] }) => {
    const { definition } = house.processes.current.get(id)!
    const applicant = openers[id]!
    const it = await house.open(applicant, id, (papers[id]?.[definition.startsWith] as Record<string, unknown>) ?? request)
    await it.act(applicant, 'SUBMIT')
    const refused: string[] = []
    let done = 0
    for (const one of steps) {
      if (one.what === 'proxy' || one.what === 'role') {
        await organise(one)
        continue
      }
      const outcomes = await atOnce(one.what === 'act' ? await act(it, definition, applicant, one) : await work(it, one))
      done += outcomes.filter((outcome) => outcome === 'done').length
      refused.push(...outcomes.filter((outcome) => outcome !== 'done'))
      if (outcomes.some((outcome) => /BUSY|CASE_STALE|UNAUTHENTICATED/.test(outcome))) throw new Error(`${outcomes}`)
    }
    const children = await it.children()
    const faults = await faultsIn(house.pool, house.processes, [it.id, ...children.map((child) => child.id)])
    if ((await refusalsOf(it)) !== refused.length) faults.push(`${refused.length} acts were refused, ${await refusalsOf(it)} are on record`)
    const history = (await rows(`select stream, action, to_state from audit_entry where case_id = $1 and result = 'DONE' order by recorded_at`, it.id)).map(
      ({ stream, action, to_state }) => `${stream.slice(0, 4)} ${action} ${to_state}`,
    )
    if (faults.length > 0) throw new Error([id, ...faults, ...history].join('\n'))
    for (const code of refused) codes.set(code, (codes.get(code) ?? 0) + 1)
    count.runs++
    count.acts += done + refused.length
    count.done += done
    if ((await it.record()).outcome !== null) count.ended++
  }
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
  await Promise.all(
    times(lanes, (lane) => fc.assert(fc.asyncProperty(story, tell), { numRuns: Math.ceil(runs / lanes), seed: seed + lane, endOnFailure: true })),
  )
  expect(house.reported).toEqual([])
  const byCode = [...codes].sort(([, one], [, other]) => other - one).map(([code, times]) => `${code} ${times}`)
  console.log(`${count.runs} stories from seed ${seed}: ${count.acts} acts, ${count.done} done, ${count.ended} cases ended; refused: ${byCode.join('; ')}`)
}, 1_800_000)
