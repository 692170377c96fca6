import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AnyProcess, anybody, approver, everybody, inOrder, type Mode, quorum, ratio } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { barred, barredFrom } from '../support/attempts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { complaintToCountersign } from '../support/papers.js'
import { countersignOf } from '../support/practice.js'

// Somebody tries to have more than one vote, or one that is not his.

const modes: Readonly<Record<string, Mode>> = {
  all: everybody,
  any: anybody('ALL_REJECT'),
  'in-order': inOrder,
  quorum: quorum(2),
  ratio: ratio(60),
}
const administrator = 'organisation-administrator-1'
const [one, two, three] = ['business-dept-1', 'business-dept-2', 'business-dept-3']
const reject = { forms: { reason: { reason: '理由' } } }
const seats = { ONE: approver('BUSINESS_DEPT'), TWO: approver('BUSINESS_DEPT'), THREE: approver('BUSINESS_DEPT') }
let house: House
beforeAll(async () => {
  house = await openHouse(
    Object.entries(modes).flatMap(([name, mode]): AnyProcess[] => [
      countersignOf(`drawn-${name}`, mode, { voters: { everyone: 'BUSINESS_DEPT' } }),
      countersignOf(`seated-${name}`, mode, { seats }),
    ]),
  )
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const voting = async (process: string): Promise<DrivenCase> => {
  const it = await house.open('technician-1', process, { subject: '练习' })
  await it.act('technician-1', 'SUBMIT')
  return it
}
/** A new holder of the role; only cases that are submitted from now on have a voice for him, until he is gone. */
async function whileHolder(login: string, work: () => Promise<void>): Promise<void> {
  await house.hire(login, ['BUSINESS_DEPT'])
  await work()
  await house.dismiss(login, 'BUSINESS_DEPT')
}

// In `any` the first approval decides: a rejection leaves it open.
for (const mode of Object.keys(modes)) {
  const [action, forms] = mode === 'any' ? ['REJECT', reject.forms] : ['APPROVE', {}]
  test(`${mode}: one votes twice, or takes one’s vote back by another`, async () => {
    const it = await voting(`drawn-${mode}`)
    expect(await it.act(one, action, forms)).toBe('voting')
    await barred(it, one, 'APPROVE', ['SOD_CONFLICT'])
    await barred(it, one, 'REJECT', ['SOD_CONFLICT'], reject)
    await barred(it, one, 'ABSTAIN', ['SOD_CONFLICT'])
  })

  test(`${mode}: one votes with two accounts`, async () => {
    const second = await house.hire(`second-account-${mode}`, ['BUSINESS_DEPT'], { person: one })
    const it = await voting(`drawn-${mode}`)
    await it.act(one, action, forms)
    await barred(it, second, 'APPROVE', ['SOD_CONFLICT'])
    await house.dismiss(second, 'BUSINESS_DEPT')
  })

  test(`${mode}: one votes for oneself and for a principal`, () =>
    whileHolder(`a-principal-${mode}`, async () => {
      const [principal, proxy] = [`a-principal-${mode}`, mode === 'in-order' ? one : two]
      const grantId = await house.proxy(principal, proxy)
      const it = await voting(`drawn-${mode}`)
      // In order the voices are called by the numbers of the accounts: the principal comes last.
      for (const login of mode === 'in-order' ? [one, two, three] : [proxy]) if ((await it.state()) === 'voting') await it.act(login, action, forms)
      await barred(it, proxy, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: principal })
      await house.administer(principal, { action: 'REVOKE_PROXY', employeeId: employeeId(principal), grantId })
    }))
}

for (const mode of ['any', 'quorum', 'ratio']) {
  test(`${mode}: one signs two seats, though each is open to one’s role`, async () => {
    const it = await voting(`seated-${mode}`)
    await it.act(one, mode === 'any' ? 'REJECT' : 'APPROVE', mode === 'any' ? reject.forms : {}, { seat: 'ONE' })
    await barred(it, one, 'APPROVE', ['SOD_CONFLICT'], { seat: 'TWO' })
    await barred(it, two, 'APPROVE', ['SEAT_TAKEN'], { seat: 'ONE' })
  })
}

test('one votes for two principals', async () => {
  const [first, second, proxy] = ['principal-of-both-1', 'principal-of-both-2', await house.hire('proxy-of-both', ['TECHNICIAN'])]
  await house.hire(first, ['BUSINESS_DEPT'])
  await house.hire(second, ['BUSINESS_DEPT'])
  for (const principal of [first, second]) await house.proxy(principal, proxy)
  const it = await voting('drawn-all')
  await it.act(proxy, 'APPROVE', {}, { onBehalfOf: first })
  await barred(it, proxy, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: second })
  await barred(it, first, 'APPROVE', ['SOD_CONFLICT'])
  for (const principal of [first, second]) await house.dismiss(principal, 'BUSINESS_DEPT')
})

test('one votes out of turn', async () => {
  const it = await voting('drawn-in-order')
  await barred(it, two, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
  await barred(await voting('seated-in-order'), two, 'APPROVE', ['SEAT_TAKEN'], { seat: 'TWO' })
})

test('one votes after the vote is decided', async () => {
  const it = await voting('drawn-quorum')
  await it.act(one, 'APPROVE')
  expect(await it.act(two, 'APPROVE')).toBe('passed')
  await barred(it, three, 'REJECT', ['ACTION_UNAVAILABLE'], reject)
})

test('one votes under the name of somebody else’s voice', async () => {
  const it = await voting('drawn-all')
  const { ballot } = (await it.record()).handling
  const key = ballot!.seats.find(({ employeeId: id }) => id === employeeId(two))!.key
  await it.refused('technician-1', 'APPROVE', {}, { seat: key })
  await it.act(one, 'APPROVE', {}, { seat: key }).catch(() => 'refused')
  expect((await it.record()).decisions.filter(({ vote, seat }) => vote !== undefined && seat === key)).toEqual([])
})

test('somebody who got the role after the voices were drawn votes', async () => {
  const it = await voting('drawn-all')
  const joiner = await house.hire('who-joined-later', ['BUSINESS_DEPT'])
  await barred(it, joiner, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
  await house.dismiss(joiner, 'BUSINESS_DEPT')
})

test('somebody whose role has run out since votes', () =>
  whileHolder('whose-role-runs-out', async () => {
    const it = await voting('drawn-all')
    await house.dismiss('whose-role-runs-out', 'BUSINESS_DEPT')
    await barred(it, 'whose-role-runs-out', 'APPROVE', ['NOT_AUTHORISED'])
    await barredFrom(it, 'whose-role-runs-out', 'CLAIM', ['NOT_AUTHORISED'], {}, { of: 'whose-role-runs-out' })
  }))

test('somebody from whom the administrator took the role votes', async () => {
  const login = await house.hire('whose-role-is-taken', ['BUSINESS_DEPT'])
  const it = await voting('drawn-all')
  await house.administer(administrator, { action: 'REVOKE_ROLE', employeeId: employeeId(login), role: 'BUSINESS_DEPT' })
  await barred(it, login, 'APPROVE', ['NOT_AUTHORISED'])
})

test('the proxy of a leaver, who has a voice of his own, does not get a second one', async () => {
  const leaver = await house.hire('leaver-with-a-voice', ['BUSINESS_DEPT'])
  await house.proxy(leaver, one)
  const it = await voting('drawn-all')
  await it.act(one, 'APPROVE')
  await house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(leaver), active: false })
  await barred(it, one, 'APPROVE', ['SOD_CONFLICT'])
  await barred(it, one, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: leaver })
})

test('the system’s count is called by a voter', async () => {
  const it = await voting('drawn-all')
  for (const login of [one, 'cs-manager-1']) await barred(it, login, 'COUNT', ['NOT_AUTHORISED', 'CONDITION_UNMET'])
})

test('a service votes', async () => {
  await barred(await voting('drawn-all'), 'payment-run', 'APPROVE', ['NOT_AUTHORISED'])
  await barred(await voting('seated-all'), 'payment-run', 'APPROVE', ['NOT_AUTHORISED'], { seat: 'ONE' })
})

test('the seat of another department of a complaint is signed', async () => {
  const it = await complaintToCountersign(house)
  const opinion = { countersignOpinion: { stance: 'AGREE', opinion: '同意' } }
  await barred(it, 'marketing-1', 'GIVE_OPINION', ['NOT_AUTHORISED'], { seat: 'FINANCE', forms: opinion })
  await barred(it, 'finance-1', 'GIVE_OPINION', ['SEAT_REQUIRED'], { forms: opinion })
  await barred(it, 'finance-1', 'GIVE_OPINION', ['SEAT_TAKEN'], { seat: 'NOBODY', forms: opinion })
  await it.act('finance-1', 'GIVE_OPINION', opinion, { seat: 'FINANCE' })
  await barred(it, 'finance-2', 'GIVE_OPINION', ['SEAT_TAKEN'], { seat: 'FINANCE', forms: opinion })
})
