import { afterAll, beforeAll, test } from '@jest/globals'
import fc from 'fast-check'
import { type AnyProcess, arrowsFrom, arrowsOf, listOf, roleOfRule, rolesHeld, rulesOf } from '../../src/define/index.js'
import { demonstration } from '../../src/organisation/demonstration.js'
import { atOnce, decide, refusalsOf, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { papers } from '../support/papers.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

// Anybody, anything, in any order.

const cast = [
  'relations-specialist-1',
  'relations-specialist-2',
  'relations-specialist-3',
  'cs-manager-1',
  'cs-manager-2',
  'cs-manager-assistant-1',
  'finance-1',
  'finance-2',
  'dept-manager-1',
  'dept-head-1',
  'gift-custodian-1',
  'gift-custodian-2',
  'office-director-1',
  'deputy-manager-1',
  'general-manager-1',
  'relations-supervisor-1',
  'payment-run',
  'technician-1',
]
const openers: Readonly<Record<string, readonly string[]>> = {
  'expense-reimbursement': cast.filter((login) => login !== 'payment-run'),
  'gift-giving-application': ['relations-specialist-1', 'relations-specialist-2'],
  'customer-meal-hospitality': ['relations-specialist-3', 'cs-manager-2'],
}
const rolesOf = new Map(demonstration('large').people.map(({ login, roles, kind }) => [login, kind === 'SERVICE' ? ['SYSTEM'] : rolesHeld(roles)]))

interface Step {
  readonly act: number
  readonly person: number
  /** An act that the state names, by somebody who holds the role for it. */
  readonly sensible: boolean
  readonly paper: 'right' | 'none' | 'stray'
  /** Somebody else does the same at the same time. */
  readonly together: boolean
}
const step: fc.Arbitrary<Step> = fc.record({
  act: fc.nat(40),
  person: fc.nat(40),
  sensible: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  paper: fc.oneof({ weight: 8, arbitrary: fc.constant('right' as const) }, { weight: 1, arbitrary: fc.constantFrom('none' as const, 'stray' as const) }),
  together: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
const story = fc.record({
  process: fc.constantFrom(...Object.keys(openers)),
  opener: fc.nat(40),
  steps: fc.array(step, { minLength: 1, maxLength: 16, size: 'max' }),
})

/** Words for the next step, from what the definition names where the case stands. */
function wordsFor(definition: AnyProcess, state: string, { act, person, sensible, paper }: Step, applicant: string) {
  const here = arrowsFrom(definition, state)
  const arrows = sensible && here.length > 0 ? here : arrowsOf(definition)
  const arrow = arrows[act % arrows.length]!
  const roles = rulesOf(arrow.by).map((rule) => (rule.kind === 'applicant' ? 'applicant' : roleOfRule(rule)))
  const fit = cast.filter((login) => (login === applicant && roles.includes('applicant')) || roles.some((role) => rolesOf.get(login)!.includes(role)))
  const people = sensible && fit.length > 0 ? fit : cast
  const mine = papers[definition.id]!
  const right = Object.fromEntries(listOf(arrow.form).map((key) => [key, mine[key]]))
  const forms = paper === 'right' ? right : paper === 'none' ? {} : { ...right, reason: { reason: 'x', strange: 1 } }
  return { action: arrow.action, forms, login: people[person % people.length]!, another: people[(person + 1) % people.length]! }
}

test('whatever anybody tries in whatever order, every case stays whole', async () => {
  const runs = Number(process.env['FC_RUNS'] ?? 40)
  const lanes = 4
  const count = { acts: 0, done: 0, ended: 0 }
  const tell = async ({ process: id, opener, steps }: { process: string; opener: number; steps: readonly Step[] }) => {
    const { definition } = house.processes.current.get(id)!
    const applicant = openers[id]![opener % openers[id]!.length]!
    const it = await house.open(applicant, id, papers[id]![definition.startsWith] as Record<string, unknown>)
    let refused = 0
    let done = 0
    for (const one of steps) {
      const { action, forms, login, another } = wordsFor(definition, await it.state(), one, applicant)
      const outcomes = await atOnce([decide(it, login, action, { forms }), ...(one.together ? [decide(it, another, action, { forms })] : [])])
      done += outcomes.filter((outcome) => outcome === 'done').length
      refused += outcomes.filter((outcome) => outcome !== 'done').length
      if (outcomes.some((outcome) => /BUSY|CASE_STALE|UNAUTHENTICATED/.test(outcome))) throw new Error(`${action} by ${login}: ${outcomes}`)
    }
    const children = await it.children()
    const faults = await faultsIn(house.pool, house.processes, [it.id, ...children.map(({ id }) => id)])
    if ((await it.history()).length !== done + 1) faults.push(`${done} acts were done, the history has ${(await it.history()).length} entries`)
    if ((await refusalsOf(it)) !== refused) faults.push(`${refused} acts were refused, ${await refusalsOf(it)} are on record`)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    count.acts += done + refused
    count.done += done
    if ((await it.record()).outcome !== null) count.ended++
  }
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
  await Promise.all(
    times(lanes, (lane) => fc.assert(fc.asyncProperty(story, tell), { numRuns: Math.ceil(runs / lanes), seed: seed + lane, endOnFailure: true })),
  )
  console.log(`${runs} stories from seed ${seed}: ${count.acts} acts, ${count.done} done, ${count.ended} cases ended`)
}, 600_000)
