import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Refused } from '../../src/engine/refused.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { formVersionsOf } from '../../src/persistence/form-versions.js'
import { pause } from '../support/acts.js'
import { mealApplicant } from '../support/cases.js'
import {
  close,
  commitmentFaults,
  entriesOf,
  erase,
  eraseDue,
  hold,
  keeper,
  lift,
  manager,
  mealFor,
  pastMealFor,
  sealedOf,
  statusOf,
} from '../support/erasures.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  expect([await faultsIn(house.pool, house.processes), await commitmentFaults(house), house.reported]).toEqual([[], [], []])
  await house.close()
})

const nobody = '00000000-0000-4000-8000-000000000000'
/** Everything but refusals and what is published in the background. */
const traces = async () =>
  (
    await house.pool.query(
      `select (select count(*) from legal_hold) || '|' || (select count(*) from erasure) || '|' || (select count(*) from subject_key where wrapped is not null)
         || '|' || (select count(*) from audit_entry where result = 'DONE') || '|' || (select count(*) from idempotency) as all`,
    )
  ).rows[0].all
const refusals = async () => (await house.pool.query(`select count(*)::int as n from audit_entry where stream = 'attempts:opening'`)).rows[0].n
const codesOf = (attempt: Promise<unknown>): Promise<unknown> => attempt.then(() => 'done').catch((error: Refused) => error.reasons.map(({ code }) => code))

test('a customer without open cases and holds is erased at once: keys, contacts, name, and who asked is on record', async () => {
  const meal = await pastMealFor(house, 'C0029', '鲁建平的客人')
  expect(await sealedOf(house, 'C0029')).toEqual({ sealed: 1, readable: 1 })
  const id = await erase(house, 'C0029')
  expect([await statusOf(house, id), await sealedOf(house, 'C0029')]).toEqual(['DONE', { sealed: 1, readable: 0 }])
  const { rows: keys } = await house.pool.query('select id, wrapped, destroyed_at from subject_key where customer_id = $1', [customerId('C0029')])
  expect(keys).toEqual([{ id: expect.any(String), wrapped: null, destroyed_at: expect.any(Date) }])
  const { rows } = await house.pool.query(
    'select c.name, k.name as contact, post, phone, email from customer c join contact k on k.customer_id = c.id where c.id = $1',
    [customerId('C0029')],
  )
  expect(rows).toEqual([{ name: '已删除客户 C0029', contact: '已删除', post: null, phone: null, email: null }])
  expect((await entriesOf(house, 'ERASE_CUSTOMER')).at(-1)).toMatchObject({
    actor: { id: employeeId(keeper), kind: 'employee' },
    roleUsed: 'INFO_SUPERVISOR',
    customerId: customerId('C0029'),
    details: { customerId: customerId('C0029'), erasureId: id, status: 'DONE', cases: '1', keys: keys[0].id },
    aside: { text: '本人申请' },
  })
  const [version] = await formVersionsOf(house.pool, testKeys, [meal.id])
  expect([version!.erased, version!.values['customerGuests'], version!.values['venue']]).toEqual([true, undefined, '江畔酒楼'])
})

test('a company keeps its name', async () => {
  await pastMealFor(house, 'C0002')
  await erase(house, 'C0002')
  expect((await house.pool.query('select name from customer where id = $1', [customerId('C0002')])).rows).toEqual([{ name: '临江瑞丰食品有限公司' }])
})

test('only the information supervisor erases; the manager may hold besides, and neither the auditor nor the administrator anything', async () => {
  const meal = await pastMealFor(house, 'C0003')
  const before = [await traces(), await refusals()]
  const change = { action: 'ERASE_CUSTOMER', customerId: customerId('C0003'), reason: '本人申请' } as const
  for (const login of [manager, 'auditor-1', 'organisation-administrator-1', mealApplicant])
    expect(await house.administerRefused(login, change)).toEqual(['NOT_AUTHORISED'])
  for (const login of ['auditor-1', 'organisation-administrator-1'])
    expect((await house.administerRefused(login, { action: 'PLACE_HOLD', caseId: meal.id, reason: '诉讼' }))[0]).toBe('NOT_AUTHORISED')
  expect([await traces(), await refusals()]).toEqual([before[0], before[1] + 6])
  await lift(house, await hold(house, meal, manager), manager)
  expect((await entriesOf(house, 'LIFT_HOLD')).at(-1)).toMatchObject({ roleUsed: 'CS_MANAGER', details: { caseId: meal.id }, aside: { text: '结案' } })
})

test('what there is not, and a reason that says nothing, are refused and leave no trace but their entry', async () => {
  const meal = await pastMealFor(house, 'C0004')
  const holdId = await hold(house, meal)
  await lift(house, holdId)
  const before = [await traces(), await refusals()]
  expect(await house.administerRefused(keeper, { action: 'PLACE_HOLD', caseId: nobody, reason: '诉讼' })).toEqual(['NOT_FOUND'])
  expect(await house.administerRefused(keeper, { action: 'LIFT_HOLD', holdId: nobody, reason: '结案' })).toEqual(['NOT_FOUND'])
  expect(await house.administerRefused(keeper, { action: 'LIFT_HOLD', holdId, reason: '结案' })).toEqual(['ACTION_UNAVAILABLE'])
  expect(await house.administerRefused(keeper, { action: 'ERASE_CUSTOMER', customerId: nobody, reason: '本人申请' })).toEqual(['NOT_FOUND'])
  expect(await house.administerRefused(keeper, { action: 'ERASE_CUSTOMER', customerId: customerId('C0004'), reason: '  ' })).toEqual([
    'INPUT_INVALID',
    'reason VALUE_INVALID',
  ])
  expect([await traces(), await refusals()]).toEqual([before[0], before[1] + 5])
})

test('an open case and a hold defer it; it runs by itself when the last of them goes, by the system, and says what asked for it', async () => {
  const [open, past] = [await mealFor(house, 'C0005'), await pastMealFor(house, 'C0005')]
  const holdId = await hold(house, past)
  const id = await erase(house, 'C0005')
  const asked = (await entriesOf(house, 'ERASE_CUSTOMER')).at(-1)
  expect(asked.details).toMatchObject({ status: 'DEFERRED', openCases: (await open.record()).number, holds: holdId })
  expect([await statusOf(house, id), await eraseDue(house), await sealedOf(house, 'C0005')]).toEqual(['DEFERRED', 0, { sealed: 2, readable: 2 }])
  expect(await house.administerRefused(keeper, { action: 'ERASE_CUSTOMER', customerId: customerId('C0005'), reason: '再次' })).toEqual(['CONDITION_UNMET'])
  await close(open)
  expect([await eraseDue(house), await statusOf(house, id)]).toEqual([0, 'DEFERRED'])
  await lift(house, holdId)
  expect([await eraseDue(house), await eraseDue(house), await statusOf(house, id)]).toEqual([1, 0, 'DONE'])
  expect(await sealedOf(house, 'C0005')).toEqual({ sealed: 2, readable: 0 })
  expect((await entriesOf(house, 'ERASE_CUSTOMER')).at(-1)).toMatchObject({
    actor: { kind: 'system' },
    roleUsed: 'SYSTEM',
    causedBy: { caseId: id, sequence: asked.sequence },
    details: { erasureId: id, status: 'DONE', cases: '2' },
  })
})

test('a hold on one case of two keeps both; a case that is opened meanwhile defers it further', async () => {
  const past = await pastMealFor(house, 'C0006')
  const holdId = await hold(house, past)
  const id = await erase(house, 'C0006')
  const late = await mealFor(house, 'C0006')
  await lift(house, holdId)
  expect([await eraseDue(house), await statusOf(house, id)]).toEqual([0, 'DEFERRED'])
  await close(late)
  expect([await eraseDue(house), await sealedOf(house, 'C0006')]).toEqual([1, { sealed: 2, readable: 0 }])
})

test('about whom was erased no case is opened, none is held, and nothing is erased twice', async () => {
  const past = await pastMealFor(house, 'C0007')
  await erase(house, 'C0007')
  expect(await codesOf(mealFor(house, 'C0007'))).toEqual(['CONDITION_UNMET'])
  expect(await codesOf(hold(house, past))).toEqual(['CONDITION_UNMET'])
  expect(await codesOf(erase(house, 'C0007'))).toEqual(['CONDITION_UNMET'])
})

test('an open case cannot be moved to a customer who was erased', async () => {
  await pastMealFor(house, 'C0008')
  await erase(house, 'C0008')
  const meal = await mealFor(house, 'C0009')
  const form = { application: { ...(await formVersionsOf(house.pool, testKeys, [meal.id]))[0]!.values, customer: customerId('C0008') } }
  expect(await meal.refused(mealApplicant, 'SUBMIT', form)).toEqual(['CONDITION_UNMET'])
  await close(meal)
})

test.each([['opening first', 'DEFERRED', 'done'] as const, ['erasure first', 'DONE', ['CONDITION_UNMET']] as const])(
  'of an opening and an erasure that wait for the same customer one wins: %s',
  async (order, status, opened) => {
    const code = order === 'opening first' ? 'C0010' : 'C0011'
    await pastMealFor(house, code)
    await house.owner.query('begin')
    await house.owner.query('select 1 from customer where id = $1 for update', [customerId(code)])
    const attempts = {
      open: () => codesOf(mealFor(house, code)),
      erase: () => erase(house, code),
    }
    const waiting: Record<string, Promise<unknown>> = {}
    for (const name of order === 'opening first' ? (['open', 'erase'] as const) : (['erase', 'open'] as const)) {
      waiting[name] = attempts[name]()
      await pause(120)
    }
    await house.owner.query('commit')
    expect([await statusOf(house, (await waiting['erase']) as string), await waiting['open']]).toEqual([status, opened])
    expect((await sealedOf(house, code)).readable).toBe(status === 'DONE' ? 0 : 2)
  },
)

test('opening and erasing at once, again and again: never a readable value about whom is erased', async () => {
  const rounds = Number(process.env['RACES'] ?? 5)
  for (let round = 0; round < rounds; round++) {
    const code = `R${round}`
    await house.owner.query(`insert into customer (id, code, kind, name) values ($1, $2, 'NATURAL_PERSON', $2)`, [customerId(code), code])
    await pastMealFor(house, code)
    const [opened, id] = await Promise.all([codesOf(mealFor(house, code)), erase(house, code)])
    const isDone = (await statusOf(house, id)) === 'DONE'
    expect([opened, (await sealedOf(house, code)).readable]).toEqual(isDone ? [['CONDITION_UNMET'], 0] : ['done', 2])
  }
})

type Step = 'OPEN' | 'CLOSE' | 'HOLD' | 'LIFT' | 'ERASE'
/** The customer as the rules have him, beside the one in the database. */
class Model {
  readonly open: DrivenCase[] = []
  readonly past: DrivenCase[] = []
  readonly holds: string[] = []
  asked = false
  done = false
  settle(): void {
    if (!this.asked || this.open.length + this.holds.length > 0) return
    this.asked = false
    this.done = true
  }
}
const steps: Readonly<Record<Step, (code: string, model: Model) => Promise<unknown>>> = {
  async OPEN(code, model) {
    const opened = await mealFor(house, code).catch((error: Refused) => error)
    expect(opened instanceof Refused).toBe(model.done)
    if (!(opened instanceof Refused)) model.open.push(opened)
  },
  async CLOSE(_code, model) {
    const meal = model.open.shift()
    if (meal) model.past.push(meal) && (await close(meal))
  },
  async HOLD(_code, model) {
    const [meal] = [...model.open, ...model.past]
    if (!meal) return
    const held = await hold(house, meal).catch((error: Refused) => error)
    expect(held instanceof Refused).toBe(model.done)
    if (typeof held === 'string') model.holds.push(held)
  },
  async LIFT(_code, model) {
    const held = model.holds.shift()
    if (held) await lift(house, held)
  },
  async ERASE(code, model) {
    const asked = await erase(house, code).catch((error: Refused) => error)
    expect(asked instanceof Refused).toBe(model.asked || model.done)
    model.asked ||= !model.done
    model.settle()
  },
}
test('in whatever order cases are opened, held, let go, closed and erased: the values are there exactly as long as they may be', async () => {
  const numRuns = Number(process.env['FC_RUNS'] ?? 6)
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
  const step = fc.constantFrom<Step>('OPEN', 'OPEN', 'CLOSE', 'CLOSE', 'HOLD', 'LIFT', 'LIFT', 'ERASE')
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (story) => {
      const code = `S${seed}-${run++}`
      await house.owner.query(`insert into customer (id, code, kind, name) values ($1, $2, 'NATURAL_PERSON', $2)`, [customerId(code), code])
      const model = new Model()
      for (const next of story) {
        await steps[next](code, model)
        await eraseDue(house)
        model.settle()
        const { sealed, readable } = await sealedOf(house, code)
        const { rows } = await house.pool.query('select array_agg(status) as all from erasure where customer_id = $1', [customerId(code)])
        expect([readable, rows[0].all]).toEqual([model.done ? 0 : sealed, model.done ? ['DONE'] : model.asked ? ['DEFERRED'] : null])
      }
    }),
    { numRuns, seed, endOnFailure: true },
  )
})
