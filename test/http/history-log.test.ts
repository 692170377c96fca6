import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readCheckpoint } from '../../src/audit/checkpoint.js'
import { isConsistent, leafOf, rootFromInclusion } from '../../src/audit/merkle.js'
import { verifierKeyOf } from '../../src/audit/note.js'
import { submitted } from '../support/acts.js'
import type { DrivenCase } from '../support/house.js'
import { type Ask, codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { testKeys } from '../support/keys.js'
import { until } from '../support/log.js'

let http: HttpHouse
let auditor: Ask
let it: DrivenCase
beforeAll(async () => {
  http = await serveHouse({ CHECKPOINT_SECONDS: '1' })
  auditor = await http.as('auditor-1')
  it = await submitted(http.house)
})
afterAll(() => http.close())

const trail = `query ($id: ID!) { auditTrail(filter: { caseId: $id }) { edges { node { id hash proof { leafIndex size root hashes note } } } } }`
const bytes = (text: string) => Buffer.from(text, 'base64')
const log = async () => dataOf(await auditor('{ historyLog { origin size verifierKeys checkpoint { size root madeAt note } } }')).historyLog
const nodes = async () => dataOf(await auditor(trail, { id: it.id })).auditTrail.edges.map(({ node }: { node: any }) => node)

test('a client proves an entry with the note and the key alone; until a checkpoint covers it there is no proof', async () => {
  await until(async () => (await nodes()).every(({ proof }: { proof: unknown }) => proof !== null))
  const { origin, size, verifierKeys, checkpoint } = await log()
  expect([origin, verifierKeys, checkpoint.size]).toEqual([testKeys.origin, [verifierKeyOf(testKeys.origin, testKeys.log[0]!)], size])
  for (const { id, hash, proof } of await nodes()) {
    const noted = readCheckpoint(testKeys, proof.note)!
    expect([noted.size, noted.root.toString('base64')]).toEqual([proof.size, proof.root])
    const [leaf, path] = [leafOf(id, hash), proof.hashes.map(bytes)]
    expect(rootFromInclusion(leaf, proof.leafIndex, proof.size, path)).toEqual(noted.root)
    expect(rootFromInclusion(leafOf(`${id}0`, hash), proof.leafIndex, proof.size, path)).not.toEqual(noted.root)
  }
  await it.act('finance-1', 'CHECK')
  const [newest] = await nodes()
  expect(newest.proof === null || newest.proof.size === size + 1).toBe(true)
})

test('checkpoints by pages, newest first, each two of them shown to be of one log', async () => {
  await until(async () => (await log()).checkpoint.size === (await log()).size)
  const page = `query ($first: Int, $after: String) { checkpoints(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { size root madeAt note } } } }`
  const first = dataOf(await auditor(page, { first: 1 })).checkpoints
  expect(first.pageInfo.hasNextPage).toBe(true)
  const rest = dataOf(await auditor(page, { first: 100, after: first.pageInfo.endCursor })).checkpoints
  const all = [...first.edges, ...rest.edges].map(({ node }: { node: any }) => node)
  expect(all).toHaveLength(first.totalCount)
  expect(all.map(({ size }) => size)).toEqual(all.map(({ size }) => size).sort((a, b) => b - a))
  const [newer, older] = all
  expect(readCheckpoint(testKeys, newer.note)!.madeAt.slice(0, 23)).toBe(newer.madeAt.slice(0, 23))
  const query = 'query ($from: SafeInt!, $to: SafeInt!) { consistencyProof(from: $from, to: $to) { from to fromRoot toRoot hashes } }'
  const proof = dataOf(await auditor(query, { from: older.size, to: newer.size })).consistencyProof
  expect([proof.fromRoot, proof.toRoot]).toEqual([older.root, newer.root])
  expect(isConsistent({ size: older.size, root: bytes(older.root) }, { size: newer.size, root: bytes(newer.root) }, proof.hashes.map(bytes))).toBe(true)
  for (const [from, to, field] of [
    [0, 1, 'from'],
    [3, 2, 'from'],
    [1, 1_000_000, 'to'],
    [1, 0, 'to'],
  ] as const)
    expect(fieldsOf(await auditor(query, { from, to }))).toEqual([`${field} OUT_OF_RANGE`])
  expect(codeOf(await auditor(page, { first: 101 }))).toBe('INPUT_INVALID')
})

test('nobody but the auditor reads the log, its checkpoints or a proof', async () => {
  const applicant = await http.as('technician-1')
  for (const query of ['{ historyLog { size } }', '{ checkpoints { edges { node { size } } } }', '{ consistencyProof(from: 1, to: 1) { hashes } }'])
    expect([codeOf(await applicant(query)), codeOf(await http.withToken()(query))]).toEqual(['NOT_AUTHORISED', 'UNAUTHENTICATED'])
  const answer = await applicant(trail, { id: it.id })
  expect(codeOf(answer)).toBe('NOT_AUTHORISED')
  expect(answer.json!.data.auditTrail.edges.map(({ node }: any) => node.proof)).toEqual(answer.json!.data.auditTrail.edges.map(() => null))
})

test('the metrics say how far the log and its checkpoints have come', async () => {
  await until(async () => (await log()).checkpoint.size === (await log()).size)
  const { size } = await log()
  const { text } = await http.send({ method: 'GET', path: '/metrics' })
  for (const line of [
    `countersign_log_size ${size}`,
    `countersign_log_checkpoint_size ${size}`,
    'countersign_log_unsealed_seconds 0',
    'countersign_log_fork_alarm{seen_by="tables"} 0',
    'countersign_log_fork_alarm{seen_by="file"} 0',
    'countersign_log_place_failures_total{place="file"} 0',
  ])
    expect(text.split('\n')).toContain(line)
})
