import pg from 'pg'
import type { History } from '../audit/verification/history.js'
import { casesById } from './case-rows.js'
import { catalogueOf } from './history-catalogue.js'
import { entryColumns, instant, looseEnds, orphans } from './history-statements.js'
import type { Querier } from './pool.js'

/** How many entries or leaves are read at once, unless told. */
const usualBatch = 4000

/**
 * The whole database as it is at this moment, however long the reading takes; nothing is written. `url`: the application's address.
 * `batch`: how many entries or leaves are read at once.
 * Throws what the connection throws.
 */
export async function withHistory<T>(url: string, work: (history: History) => Promise<T>, batch = usualBatch): Promise<T> {
  const db = new pg.Client({
    connectionString: url,
    application_name: 'countersign-verify',
    options: '-c timezone=UTC -c datestyle=ISO -c statement_timeout=0',
  })
  await db.connect()
  try {
    await db.query('begin isolation level repeatable read read only')
    return await work(historyOn(db, { batch }))
  } finally {
    await db.end()
  }
}

/** `db`: a connection in a transaction, with its time zone UTC. `role`: the application's, where somebody else is connected. */
export function historyOn(db: Querier, { role = null, batch = usualBatch }: { readonly role?: string | null; readonly batch?: number }): History {
  const read = (sql: string, values: readonly unknown[]) => inBatches(db, batch, sql, values)
  const all = async (sql: string, values: readonly unknown[] = []) => (await db.query(sql, [...values])).rows
  return {
    now: async () => (await all(`select ${instant('clock_timestamp()')} as now`))[0].now,
    entries: (of) => {
      if (!of) return read(`select ${entryColumns} from audit_entry a order by stream, sequence`, [])
      const given = [of.map(({ stream }) => stream), of.map(({ after }) => after)]
      const wanted = 'unnest($1::text[], $2::int[]) as given (wanted, after)'
      return read(`select ${entryColumns} from ${wanted} join audit_entry a on a.stream = wanted and a.sequence > after order by a.stream, a.sequence`, given)
    },
    streamsSince: (size) =>
      all('select stream, min(sequence) as first from log_leaf l join audit_entry a on a.position = l.position where l.index >= $1 group by stream', [size]),
    link: async (stream, sequence) =>
      (
        await all('select stream, sequence, hash, position::text, recorded_at::text as "recordedAt" from audit_entry where stream = $1 and sequence = $2', [
          stream,
          sequence,
        ])
      )[0] ?? null,
    cases: (ids) => casesById(db, ids),
    forms: (caseIds) =>
      all(
        `select f.case_id as "caseId", f.key, f.version, f.form, f.submitted_by_id as "submittedById", f.submitted_at::text as "submittedAt", f.content, f.salt, f.digest, f.sequence, f.sealed, f.personal_digest as "personalDigest", f.subject_id as "subjectId",
           k.id is not null as "hasKey", k.wrapped, k.customer_id as "subjectCustomerId", k.case_id as "subjectCaseId" from form_version f left join subject_key k on k.id = f.subject_id
          where f.case_id = any($1) order by f.case_id, f.key, f.version`,
        [caseIds],
      ),
    work: (caseIds) =>
      all(
        `select case_id as "caseId", stream, sequence, position::text, content, hash, aside from audit_entry
          where stream = any($1) and result = 'DONE' order by audit_entry.position`,
        [caseIds.map((id) => `work:${id}`)],
      ),
    persons: async () => new Map((await all('select id, person_id from employee')).map(({ id, person_id }) => [id, person_id])),
    assignments: () =>
      all(
        `select r.id, employee_id as "employeeId", coalesce(login, employee_id::text) as login, role, ${instant('valid_from')} as "validFrom", ${instant('valid_to')} as "validTo"
           from role_assignment r left join employee e on e.id = r.employee_id order by valid_from, r.id`,
      ),
    leaves: (from) =>
      read(
        `select l.index::float8 as index, l.position::text, l.hash as leaf, a.stream, a.sequence, a.hash, a.recorded_at::text as "recordedAt"
           from log_leaf l left join audit_entry a on a.position = l.position where l.index >= $1 order by l.index`,
        [from],
      ),
    blocks: () => all('select level, index::float8 as index, hash from log_block'),
    leafHashes: async (from, to) =>
      (await all('select hash from log_leaf where index >= $1 and index < $2 order by index', [from, to])).map(({ hash }) => hash),
    checkpoints: () => all(`select size::float8 as size, root, note, ${instant('made_at')} as "madeAt" from checkpoint order by checkpoint.size`),
    unlogged: (before, since) =>
      all(
        `select stream, sequence, position::text from audit_entry a where recorded_at < $1 and not exists (select from log_leaf l where l.position = a.position)
           and position > coalesce((select max(position) from log_leaf where index between $2 - 1000 and $2 - 1), 0) - 10000 order by a.position limit 1000`,
        [before, since],
      ),
    looseEnds: () => all(looseEnds),
    orphans: () => all(orphans),
    catalogue: () => catalogueOf(db, role),
    deeds: async (stream, actions, newest) =>
      (
        await all(`select ${entryColumns} from audit_entry a where stream = $1 and action = any($2) and result = 'DONE' order by a.sequence desc limit $3`, [
          stream,
          actions,
          newest ?? null,
        ])
      ).toReversed(),
  }
}

let cursors = 0
/** The next batch is on its way while one is worked on. */
async function* inBatches(db: Querier, batch: number, sql: string, values: readonly unknown[]): AsyncGenerator<any[]> {
  const name = `history_${++cursors}`
  await db.query(`declare ${name} no scroll cursor for ${sql}`, [...values])
  const next = () => db.query(`fetch ${batch} from ${name}`)
  let coming = next()
  try {
    for (;;) {
      const { rows } = await coming
      if (rows.length === 0) return
      coming = next()
      yield rows
    }
  } finally {
    await coming.then(
      () => db.query(`close ${name}`),
      () => {},
    )
  }
}
