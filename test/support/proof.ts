import { randomUUID } from 'node:crypto'
import { organisationStream, verificationStream } from '../../src/audit/chain.js'
import { noteDigest, signedCheckpoint, writtenNote } from '../../src/audit/checkpoint.js'
import type { Keyring } from '../../src/audit/keyring.js'
import { Frontier } from '../../src/audit/merkle.js'
import type { CheckpointFile } from '../../src/audit/verification/checkpoint-check.js'
import { runEntry } from '../../src/audit/verification/run-record.js'
import { type Report, type Verification, verify } from '../../src/audit/verification/verify.js'
import { entryWith } from '../../src/engine/entry.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { publish } from '../../src/persistence/events.js'
import { historyOn, withHistory } from '../../src/persistence/history-reader.js'
import type { Querier } from '../../src/persistence/pool.js'
import { sealedDigest } from '../../src/persistence/subject-keys.js'
import type { House } from './house.js'
import { testKeys } from './keys.js'

/** Records every role that was given by SQL, as the first start does. */
export async function adoptRoles(house: House): Promise<void> {
  const store = commandStoreOf(house.pool, house.processes, testKeys)
  const { rows } = await house.owner.query(
    `select id, employee_id, role from role_assignment r
      where not exists (select from audit_entry where stream = $1 and content::jsonb -> 'details' ->> 'assignment' = r.id::text)`,
    [organisationStream],
  )
  for (const { id, employee_id, role } of rows)
    await store.record(
      organisationStream,
      null,
      entryWith({
        process: 'organisation',
        definitionVersion: 1,
        definitionHash: '',
        action: 'ADOPT_ROLE',
        actor: { id: systemAccount.employeeId, kind: 'system' },
        roleUsed: 'SYSTEM',
        details: { employeeId: employee_id, role, assignment: id },
        requestId: 'test',
        idempotencyKey: randomUUID(),
      }),
    )
}

/** Everything committed gets its place in the log. */
export async function logged(house: House): Promise<void> {
  while (await publish(house.pool));
}

/** What stands outside the database: the file of checkpoints. */
export class ProofFile {
  constructor(public text: string | null = null) {}
  get files(): CheckpointFile[] {
    return [{ name: 'checkpoints.txt', text: this.text, isOwn: true }]
  }
}

/** A checkpoint of the log as it stands, with the roots of its whole blocks. `agoMs`: made so long ago. */
export async function checkpointed(db: Querier, file: ProofFile, { keys = testKeys, agoMs = 0 }: { keys?: Keyring; agoMs?: number } = {}): Promise<string> {
  const { rows: leaves } = await db.query('select hash from log_leaf order by index')
  const tree = new Frontier()
  for (const { hash } of leaves) tree.add(hash)
  for (let block = 0; (block + 1) * 256 <= leaves.length; block++) {
    const part = new Frontier()
    for (const { hash } of leaves.slice(block * 256, (block + 1) * 256)) part.add(hash)
    await db.query('insert into log_block (level, index, hash) values (8, $1, $2) on conflict do nothing', [block, part.root()])
  }
  const { rows } = await db.query('select note from checkpoint order by size desc limit 1')
  const now = await db.query('select clock_timestamp() as now')
  const madeAt = new Date(now.rows[0].now - agoMs).toISOString()
  const note = signedCheckpoint(keys, { size: tree.size, root: tree.root(), madeAt, previous: rows[0] ? noteDigest(rows[0].note) : '' })
  await db.query('insert into checkpoint (size, root, note, made_at) values ($1, $2, $3, $4)', [tree.size, tree.root(), note, madeAt])
  file.text = (file.text ?? '') + writtenNote(note)
  return note
}

export type Verifying = Partial<Pick<Verification, 'mode' | 'keys' | 'files'>>
/** Verifies as the application does. */
export const verified = (house: House, file: ProofFile, options: Verifying = {}): Promise<Report> =>
  withHistory(house.appUrl, (history) => verify({ history, ...givenTo(house, file, options) }))

/** The same on a connection in a transaction, so that it sees what was not committed. */
export const verifiedWithin = async (house: House, db: Querier, file: ProofFile, options: Verifying = {}): Promise<Report> =>
  verify({ history: historyOn(db, { role: 'countersign_app' }), ...givenTo(house, file, options) })

function givenTo(house: House, file: ProofFile, { mode = 'full', keys = testKeys, files = file.files }: Verifying): Omit<Verification, 'history'> {
  return { processes: house.processes, keys, files, mode, commitmentOf: (form) => sealedDigest(keys, form) ?? '' }
}

/** Puts a run on record, as every run is. */
export async function recorded(house: House, report: Report): Promise<void> {
  await commandStoreOf(house.pool, house.processes, testKeys).record(verificationStream, null, runEntry(report, randomUUID()))
}
