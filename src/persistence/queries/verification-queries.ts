import { isSigned, verificationStream } from '../../audit/chain.js'
import type { Keyring } from '../../audit/keyring.js'
import { type Run, runIn } from '../../audit/verification/run-record.js'
import { toldIn } from '../../audit/verification/told.js'
import type { Querier } from '../pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** A recorded run. `id`: the position of its entry. */
export interface RecordedRun extends Run {
  readonly id: string
}

/** The runs of the verifier, newest first. Throws `INPUT_INVALID` for a bad size or cursor. */
export const findRuns = (db: Querier, request: PageRequest): Promise<Page> =>
  readPage(
    db,
    {
      from: 'audit_entry',
      key: 'sequence',
      id: 'position',
      keyIs: 'number',
      idIs: 'number',
      conditions: new Conditions().and('stream = ?', verificationStream).and("action = 'VERIFY'"),
    },
    request,
  )

/** In the order of the ids; null where the entry cannot be read. */
export async function runsAt(db: Querier, ids: readonly string[]): Promise<(RecordedRun | null)[]> {
  const { rows } = await db.query('select position::text as id, content from audit_entry where position = any($1)', [ids])
  const runs = new Map(rows.map(({ id, content }) => [id, runOf(content)]))
  return ids.map((id) => {
    const run = runs.get(id)
    return run ? { id, ...run } : null
  })
}

interface AgedRun extends Run {
  readonly ageMs: number
}
/** The newest run, and the newest that found nothing: of those that are signed, by the moments that were signed. Nobody else says when we last looked. */
export async function newestRuns(
  db: Querier,
  { mac: keys }: Pick<Keyring, 'mac'>,
): Promise<{ readonly last: AgedRun | undefined; readonly clean: AgedRun | undefined }> {
  const { rows } = await db.query(
    `select content, previous_hash as "previousHash", hash, mac, mac_key as "macKey", extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs" from audit_entry
      where stream = $1 and action = 'VERIFY' order by sequence desc limit 100`,
    [verificationStream],
  )
  const runs = rows.flatMap(({ nowMs, ...row }) => {
    const told = isSigned(keys, row) ? toldIn(row.content) : null
    const run = told && runIn(told)
    return told && run ? { ...run, ageMs: nowMs - Date.parse(told.recordedAt) } : []
  })
  return { last: runs[0], clean: runs.find(({ findings }) => findings === 0) }
}

function runOf(content: string): Run | null {
  const told = toldIn(content)
  return told && runIn(told)
}
