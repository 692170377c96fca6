import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Report } from '../../src/audit/verification/verify.js'
import { attacks, type Deed, type Scene, whens, wheres } from '../support/attacks.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { chainAt, chainOf } from '../support/practice.js'
import { adoptRoles, checkpointed, logged, ProofFile, verifiedWithin } from '../support/proof.js'

/**
 * Whoever is superuser of the database and has no key: every kind of tampering, on the first, a middle and the last entry (or what the kind
 * has of first, middle and last), with entries that a checkpoint covers and with entries behind the newest checkpoint. Each is undone.
 */
let house: House
let scene: Pick<Scene, 'before' | 'after'>
const file = new ProofFile()

beforeAll(async () => {
  house = await openHouse([chainOf('chain')])
  await adoptRoles(house)
  await logged(house)
  await checkpointed(house.owner, file, { agoMs: 3 * 3_600_000 })
  const covered = [await passed(), await passed()]
  await logged(house)
  await checkpointed(house.owner, file, { agoMs: 2 * 3_600_000 })
  covered.push(await passed())
  await logged(house)
  await checkpointed(house.owner, file, { agoMs: 3_600_000 })
  const open = [await passed(), await passed(), await passed()]
  await logged(house)
  scene = { before: covered.map(({ id }) => id), after: open.map(({ id }) => id) }
}, 60_000)
afterAll(() => house.close())

/** A case of six entries, with refusals and work beside it. */
async function passed(): Promise<DrivenCase> {
  const it = await chainAt(house, 'chain', 'first')
  await it.refused('cs-manager-1', 'APPROVE', opinion)
  await it.handle('relations-supervisor-1', 'TRANSFER', { people: ['relations-supervisor-2'] })
  for (const [login, action] of [
    ['relations-supervisor-2', 'APPROVE'],
    ['cs-manager-1', 'APPROVE'],
    ['finance-1', 'PAY'],
    ['general-manager-1', 'APPROVE'],
  ] as const)
    await it.act(login, action, opinion)
  return it
}
const opinion = { opinion: { opinion: '同意' } }

test('nothing is wrong with what nobody touched', async () => {
  await house.owner.query(`begin; set local timezone = 'UTC'`)
  const report = await verifiedWithin(house, house.owner, file)
  await house.owner.query('rollback')
  expect(report.findings).toEqual([])
})

const all = attacks.flatMap((attack) => wheres.flatMap((where) => whens.map((when) => [attack.name, where, when, attack] as const)))

describe('whoever tampers is found out', () => {
  test('there are thirty kinds', () => expect(new Set(attacks.map(({ name }) => name)).size).toBe(30))
  test.each(all)('%s: %s, %s', async (_name, where, when, attack) => {
    await house.owner.query(`begin; set local timezone = 'UTC'`)
    let deed: Deed | undefined
    try {
      deed = await attack.how({ ...scene, db: house.owner, file: file.text! }, where, when)
      const { files = file.files, keys = testKeys } = deed
      const report = await verifiedWithin(house, house.owner, file, { files, keys })
      expect(Object.keys(report.counts)).toEqual(expect.arrayContaining([...deed.expected]))
      if (deed.entry) expect(named(report.findings, deed.expected)).toContain(nameOf(deed.entry))
    } finally {
      await house.owner.query('rollback')
      if (deed?.undo) await house.owner.query(deed.undo)
    }
  })
})
const nameOf = ({ stream, sequence }: { stream: string | null; sequence: number | null }) => `${stream} ${sequence ?? Number.NaN}`
/** The entries that findings of these kinds name. */
const named = (findings: Report['findings'], kinds: readonly string[]) => findings.filter(({ kind }) => kinds.includes(kind)).map(nameOf)
