import type pg from 'pg'
import { insertDeliveries } from '../persistence/deliveries.js'
import { dueDigests, holdsDigests, takeIntoDigest } from '../persistence/digests.js'
import { inTransaction } from '../persistence/pool.js'
import { linesMax, saySummary } from './wording.js'

const digestsMax = 50

/** Sends the summaries that are due: one message for all that waits, in the transaction that takes it out of the queue. Output: whether there may be more. */
export const sendDigests = (pool: pg.Pool): Promise<boolean> =>
  inTransaction(pool, async (db) => {
    if (!(await holdsDigests(db))) return false
    const due = await dueDigests(db, digestsMax)
    for (const digest of due) {
      const { first, total } = await takeIntoDigest(db, digest, linesMax)
      const said = saySummary(
        first.map(({ line, subject, link }) => ({ line: line ?? subject, link })),
        total,
        digest.language,
      )
      const { now } = (await db.query('select clock_timestamp() as now')).rows[0]
      const content = { at: now.toISOString(), ...said, link: null, body: null }
      const { employeeId, channel, endpointId } = digest
      const lane = `${employeeId}:${channel}:digest`
      await insertDeliveries(db, [
        { eventPosition: null, caseId: null, channel, endpointId, employeeId, lane, content, status: 'PENDING', notBefore: now.toISOString() },
      ])
    }
    return due.length === digestsMax
  })
