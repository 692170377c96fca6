import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writtenNote } from '../../src/audit/checkpoint.js'
import { newKeyring } from '../../src/audit/keyring.js'
import { verifierKeysOf } from '../../src/audit/note.js'
import { root } from '../../src/config.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { testKeys } from '../support/keys.js'

const auditor = 'auditor-1'
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bundle-'))
let api: HttpHouse
let meal: DrivenCase
let began: Date
beforeAll(async () => {
  began = new Date()
  api = await serveHouse({ CHECKPOINT_SECONDS: '1' })
  meal = await api.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.refused(mealApplicant, 'APPROVE')
}, 60_000)
afterAll(() => api.close())

const request = `mutation ($filter: AuditFilterInput, $key: String!) {
  requestExport(format: BUNDLE, filter: $filter, purpose: "年度审计", idempotencyKey: $key) { url } }`
const asking = async (login: string, filter: object) => (await api.as(login))(request, { filter, key: randomUUID() })
/** The text of a bundle, once a checkpoint covers what was there when it was asked for. */
async function bundle(filter: object): Promise<string> {
  const { url } = dataOf(await asking(auditor, filter)).requestExport
  const headers = { authorization: `Bearer ${(await api.tokens.issue(employeeId(auditor))).token}` }
  for (let tries = 0; ; tries++) {
    const { status, text } = await api.send({ method: 'GET', path: url, headers })
    if (status === 200) return text
    if (status !== 503 || tries === 100) throw new Error(`${status} ${text}`)
    await wait(200)
  }
}
/** What the script says that an auditor runs elsewhere. */
function checked(
  text: string,
  args: readonly string[] = [],
): { code: number | null; faults: string[]; entries: number; forms: number; cases: number; earlier: number } {
  const file = path.join(folder, `${randomUUID()}.jsonl`)
  writeFileSync(file, text)
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'src', 'audit', 'check-bundle.mjs'), file, '--json', ...args], {
    encoding: 'utf8',
  })
  return stdout === '' ? { code: status, faults: [stderr], entries: 0, forms: 0, cases: 0, earlier: 0 } : { code: status, ...JSON.parse(stdout) }
}
const linesOf = (text: string): any[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const textOf = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

describe('a bundle holds, checked by a script that has nothing but Node', () => {
  test('of one case', async () => {
    const text = await bundle({ caseNumber: (await meal.record()).number })
    expect(checked(text)).toMatchObject({ code: 0, faults: [], entries: 3, forms: 1, cases: 1 })
    expect(checked(text, ['--key', verifierKeysOf(testKeys)[0]!])).toMatchObject({ code: 0, faults: [] })
  })
  test('of a customer and of a period, twice the same', async () => {
    expect(checked(await bundle({ customerId: (await meal.record()).customerId }))).toMatchObject({ code: 0, faults: [], cases: 1 })
    const period = { recordedFrom: began.toISOString(), recordedBefore: new Date().toISOString() }
    const text = await bundle(period)
    const found = checked(text)
    expect(found).toMatchObject({ code: 0, faults: [], cases: 0, forms: 1 })
    expect(found.entries).toBeGreaterThanOrEqual(3)
  })
  test('with the proof that the log still contains a checkpoint that somebody kept', async () => {
    const [first] = linesOf(await bundle({ caseId: meal.id }))
    await api.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
    const later = await bundle({ caseId: meal.id })
    const kept = path.join(folder, 'kept.txt')
    writeFileSync(kept, writtenNote(first.checkpoint))
    expect(checked(later, ['--checkpoint', kept])).toMatchObject({ code: 0, faults: [], earlier: 1 })
  })
})

test('the personal values are not in it, only what was committed to', async () => {
  const text = await bundle({ caseId: meal.id })
  for (const guest of (mealForm() as { customerGuests: string[] }).customerGuests) expect(text).not.toContain(guest)
})

/** Everything that somebody may do to a file, and what the script says then. */
const tampering: Readonly<Record<string, readonly [change: (lines: any[]) => any[], says: RegExp]>> = {
  'a word of an entry': [
    (lines) => lines.map((line) => (line.kind === 'entry' && line.sequence === 2 ? { ...line, content: line.content.replace('SUBMIT', 'REJECT') } : line)),
    /case:\S+ 2: its text is not what was hashed/,
  ],
  'an entry left out': [
    (lines) => lines.filter(({ kind, stream, sequence }) => !(kind === 'entry' && stream.startsWith('case:') && sequence === 1)),
    /case:\S+ 2: the entry before it is not there/,
  ],
  'the last entry left out': [
    (lines) => lines.filter(({ kind, stream, sequence }) => !(kind === 'entry' && stream.startsWith('case:') && sequence === 2)),
    /its head is not its last entry/,
  ],
  'two entries in each other’s place': [
    (lines) => lines.map((line) => (line.kind === 'entry' && line.stream.startsWith('case:') ? { ...line, sequence: 3 - line.sequence } : line)),
    /its text is that of/,
  ],
  'another number': [
    (lines) => lines.map((line) => (line.kind === 'entry' && line.sequence === 1 ? { ...line, position: '999999' } : line)),
    /1: the log does not contain it/,
  ],
  'another proof': [(lines) => lines.map((line) => (line.kind === 'entry' ? { ...line, proof: line.proof.slice(1) } : line)), /the log does not contain it/],
  'what stands beside an entry': [
    (lines) =>
      lines.map((line) => (line.kind === 'entry' && line.aside ? { ...line, aside: line.aside.replace(/"signedName":"./, '"signedName":"某') } : line)),
    /what stands beside it is not what it committed to/,
  ],
  'a field of a form': [
    (lines) => lines.map((line) => (line.kind === 'form' ? { ...line, content: line.content.replace(/"budgetTotal":"\d+/, '"budgetTotal":"1') } : line)),
    /application version 1: it is not what was committed to/,
  ],
  'a form left out': [(lines) => lines.filter(({ kind }) => kind !== 'form'), /an entry names this form, and it is not there/],
  'the checkpoint': [
    ([head, ...rest]) => [{ ...head, checkpoint: head.checkpoint.replace(/\n\d+\n/, '\n7\n') }, ...rest],
    /the checkpoint is not signed by the log/,
  ],
  'a line after the end': [(lines) => [...lines, lines[1]], /a line follows the end/],
  'the end': [(lines) => lines.slice(0, -1), /cut short/],
}
describe('whatever is done to a bundle is said by name', () => {
  let whole: string
  beforeAll(async () => {
    whole = await bundle({ caseId: meal.id })
  }, 60_000)
  test.each(Object.entries(tampering))('%s', (_, [change, says]) => {
    const lines = linesOf(whole)
    const changed = change(lines)
    expect(textOf(changed)).not.toBe(textOf(lines))
    const { code, faults } = checked(textOf(changed))
    expect(code).toBe(1)
    expect(faults.join('\n')).toMatch(says)
  })
  test('a bundle that another log has signed from end to end', () => {
    expect(checked(whole, ['--key', verifierKeysOf({ ...newKeyring(new Date()), origin: testKeys.origin })[0]!]).faults).toContain(
      'the checkpoint is not signed by the log',
    )
  })
  test('a file that is none', () => {
    expect(checked('no bundle\n')).toMatchObject({ code: 1 })
    expect(checked('').code).toBe(1)
  })
})

test('a bundle is of one case, one customer or one period', async () => {
  for (const filter of [
    {},
    { caseId: meal.id, customerId: customerId('C0001') },
    { caseId: meal.id, actions: ['SUBMIT'] },
    { recordedFrom: began.toISOString() },
  ])
    expect(fieldsOf(await asking(auditor, filter))).toEqual(['filter VALUE_INVALID'])
  expect(codeOf(await asking('technician-1', { caseId: meal.id }))).toBe('NOT_AUTHORISED')
})
