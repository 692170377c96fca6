import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { root } from '../../src/config.js'
import { mealInReview } from '../support/cases.js'
import { Forger } from '../support/forger.js'
import { adoptRoles, logged } from '../support/proof.js'
import { openServer, type TestServer } from '../support/server.js'

let server: TestServer
const proof = mkdtempSync(path.join(tmpdir(), 'countersign-proof-'))
beforeAll(async () => {
  server = await openServer({ PROOF_DIRECTORY: proof })
  const { house } = server
  await adoptRoles(house)
  await mealInReview(house)
  await logged(house)
}, 60_000)
afterAll(() => server.close())

/** The command as an operator runs it, while the server is there. */
async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'src', 'cli', 'verify.js'), ...args], {
    env: { ...process.env, DATABASE_URL: server.house.ownerUrl, PROOF_DIRECTORY: proof },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number>((resolve) => child.once('close', resolve))])
  return { code, out, err }
}
const runs = async (login: string, args = '') =>
  (await server.client.as(login)).gql(
    `{ verifications${args} { totalCount edges { cursor node { mode startedAt entries size root findings clean } } pageInfo { hasNextPage endCursor } } }`,
  )

describe('npm run verify', () => {
  test('a clean history: it says so, ends with 0, and its run is on record', async () => {
    const { code, out } = await command('--json')
    expect(code).toBe(0)
    const report = JSON.parse(out)
    expect(report).toMatchObject({ mode: 'full', clean: true, count: 0, findings: [] })
    const { data } = await runs('auditor-1')
    expect(data.verifications.edges[0].node).toMatchObject({ mode: 'full', clean: true, findings: 0, size: report.size, root: report.root })
  }, 60_000)

  test('the next goes on from there; what was changed is named, and it ends with 1', async () => {
    const meal = await mealInReview(server.house)
    await logged(server.house)
    await new Forger(server.house.owner).unguarded(() =>
      server.house.owner.query(`update audit_entry set role_used = 'GENERAL_MANAGER' where stream = $1 and sequence = 2`, [`case:${meal.id}`]),
    )
    const { code, out } = await command('--incremental')
    expect(code).toBe(1)
    const { number } = await meal.record()
    expect(out).toContain(`COLUMN_WRONG  Entry 2 of case:${meal.id} (case ${number}), position `)
    expect(out).toContain('its column role_used is GENERAL_MANAGER, its text says')
    expect(out).toMatch(/\nIncremental verification of .*\n1 findings: 1 COLUMN_WRONG\n$/)
    const { data } = await runs('auditor-1', '(first: 1)')
    expect(data.verifications).toMatchObject({
      totalCount: 2,
      edges: [{ node: { mode: 'incremental', clean: false, findings: 1 } }],
      pageInfo: { hasNextPage: true },
    })
    const next = await runs('auditor-1', `(first: 1, after: "${data.verifications.pageInfo.endCursor}")`)
    expect(next.data.verifications.edges).toMatchObject([{ node: { mode: 'full', clean: true } }])
  }, 60_000)

  test.each([['--fast'], ['--checkpoints'], ['file.txt']])('%s is no way to ask: 2', async (...args) => {
    const { code, err } = await command(...args)
    expect(code).toBe(2)
    expect(err).toContain('Usage: npm run verify')
  })
})

test('only an auditor reads the runs', async () => {
  for (const login of ['general-manager-1', 'technician-1', 'organisation-administrator-1']) {
    const { errors } = await runs(login)
    expect(errors?.[0]?.extensions.code).toBe('NOT_AUTHORISED')
  }
  expect((await server.client.gql('{ verifications { totalCount } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
})
