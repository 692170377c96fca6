import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import type { OrganisationChange } from '../../src/engine/organisation-change.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { atOnce, decide, pause, submitted, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

let house: House
/** Administrators: several sessions of the owner. */
let owners: pg.Pool
beforeAll(async () => {
  house = await openHouse()
  owners = new pg.Pool({ connectionString: house.ownerUrl, max: 2 })
})
afterAll(async () => {
  await owners.end()
  await house.close()
})
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
}, 60_000)

// Somebody loses a role, or leaves, at the very moment of an act.

async function hire(login: string): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $3, $3, $4)', [
    employeeId(login),
    login.toUpperCase(),
    login,
    personId(login),
  ])
  await house.owner.query(`insert into role_assignment (id, employee_id, role) values ($1, $2, 'PRE_APPROVER')`, [randomUUID(), employeeId(login)])
  return login
}
/** Takes the row, waits, ends the office, and says when that was: the moment after the lock. */
async function endOffice(login: string, table: 'role_assignment' | 'employee', { before, holding }: { before: number; holding: number }): Promise<Date> {
  const column = table === 'employee' ? 'id' : 'employee_id'
  await pause(before)
  const db = await owners.connect()
  try {
    await db.query('begin')
    await db.query(`select 1 from ${table} where ${column} = $1 for update`, [employeeId(login)])
    await pause(holding)
    const { rows } = await db.query('select clock_timestamp() as now')
    await db.query(`update ${table} set ${table === 'employee' ? 'active = $2::timestamptz is null' : 'valid_to = $2'} where ${column} = $1`, [
      employeeId(login),
      rows[0].now,
    ])
    await db.query('commit')
    return rows[0].now
  } finally {
    db.release()
  }
}

for (const table of ['role_assignment', 'employee'] as const) {
  test(`an act and the end of what it stands on (${table}): before it or not at all`, async () => {
    const outcomes: string[] = []
    for (const index of times(24, Number)) {
      const login = await hire(`race-${table.replace('_', '-')}-${index}`)
      const it = await submitted(house)
      const timing = { before: index % 12, holding: index < 12 ? 0 : 30 }
      const [outcome, ended] = await Promise.all([atOnce([decide(it, login, 'PRE_APPROVE')]), endOffice(login, table, timing)])
      outcomes.push(outcome[0]!)
      const { rows } = await house.pool.query(`select recorded_at from audit_entry where stream = $1 and action = 'PRE_APPROVE'`, [`case:${it.id}`])
      expect(rows.length).toBe(outcome[0] === 'done' ? 1 : 0)
      if (rows[0]) expect(rows[0].recorded_at <= ended).toBe(true)
      expect(['done', table === 'employee' ? 'UNAUTHENTICATED' : 'NOT_FOUND']).toContain(outcome[0])
      expect(await atOnce([decide(await submitted(house), login, 'PRE_APPROVE')])).not.toEqual(['done'])
    }
    console.log(
      `${table}: ${outcomes.filter((outcome) => outcome === 'done').length} acts came before, ${outcomes.filter((outcome) => outcome !== 'done').length} too late`,
    )
    // Held while the act waits: it must be refused once it gets the row.
    const login = await hire(`race-${table.replace('_', '-')}-held`)
    const it = await submitted(house)
    const ending = endOffice(login, table, { before: 0, holding: 300 })
    await pause(100)
    expect(await atOnce([decide(it, login, 'PRE_APPROVE')])).toEqual([table === 'employee' ? 'UNAUTHENTICATED' : 'NOT_FOUND'])
    await ending
  }, 60_000)
}

const administrator = 'organisation-administrator-1'
const change = (change: OrganisationChange, login = administrator) =>
  house.door.administer({ actorId: employeeId(login), idempotencyKey: randomUUID(), requestId: 'race', change })

test('a role that is taken away while an act stands on it ends after the act', async () => {
  const login = await hire('race-revoked')
  const limited = { process: 'expense-reimbursement', role: 'PRE_APPROVER', employeeId: employeeId(login) } as const
  await change({ action: 'SET_LIMIT', ...limited, amount: '10' })
  const taken = [
    ['role_assignment', () => change({ action: 'REVOKE_ROLE', employeeId: employeeId(login), role: 'PRE_APPROVER' })],
    ['authority_limit', () => change({ action: 'SET_LIMIT', ...limited, amount: null })],
  ] as const
  for (const [table, take] of taken) {
    // What an act does to the rows that it stands on, only slower.
    const act = await owners.connect()
    await act.query('begin')
    await act.query(`select 1 from ${table} where employee_id = $1 for share`, [employeeId(login)])
    const taking = take()
    await pause(200)
    const { rows } = await act.query('select clock_timestamp() as recorded')
    await act.query('commit')
    act.release()
    await taking
    const ended = await house.pool.query(`select valid_to from ${table} where employee_id = $1`, [employeeId(login)])
    expect(ended.rows.length).toBe(1)
    expect(ended.rows[0].valid_to >= rows[0].recorded).toBe(true)
  }
})

test('acts and the revocation of their role through the door: the history of the role covers every act', async () => {
  const count = { done: 0, late: 0 }
  for (const index of times(12, Number)) {
    const login = await hire(`race-through-${index}`)
    const cases = await Promise.all(times(4, () => submitted(house)))
    const acts = pause(index * 2).then(() => atOnce(cases.map((it) => decide(it, login, 'PRE_APPROVE'))))
    const [outcomes] = await Promise.all([acts, change({ action: 'REVOKE_ROLE', employeeId: employeeId(login), role: 'PRE_APPROVER' })])
    for (const outcome of outcomes) count[outcome === 'done' ? 'done' : 'late']++
    expect(outcomes.filter((outcome) => !['done', 'NOT_FOUND'].includes(outcome))).toEqual([])
    const { rows } = await house.pool.query(
      `select e.case_id from audit_entry e join role_assignment r on r.employee_id = e.actor_id where e.actor_id = $1 and e.result = 'DONE' and e.recorded_at > r.valid_to`,
      [employeeId(login)],
    )
    expect(rows).toEqual([])
  }
  console.log(`revocation through the door: ${count.done} acts came before, ${count.late} too late`)
})

test('two administrators at once do not make an auditor who holds another role', async () => {
  for (const index of times(8, Number)) {
    const login = `race-auditor-${index}`
    await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $3, $3, $4)', [
      employeeId(login),
      login.toUpperCase(),
      login,
      personId(login),
    ])
    const outcomes = await atOnce((['AUDITOR', 'FINANCE'] as const).map((role) => change({ action: 'GRANT_ROLE', employeeId: employeeId(login), role })))
    expect(outcomes.sort()).toEqual(['CONDITION_UNMET', 'done'])
  }
})
