import type { CommitmentChange } from '../engine/case-record.js'
import type { Querier } from './pool.js'

/**
 * Reserves, uses or releases. The account is locked while a place in it is given away, so that of two cases at once one stands behind
 * the other. A case keeps its place until it draws on more, or on another account: then it goes to the end.
 */
export async function commitTo(db: Querier, caseId: string, { account, counterpartyId, period, amount, status }: CommitmentChange, now: string): Promise<void> {
  if (status === 'RELEASED') return release(db, caseId, now)
  const kept = await db.query(
    `update commitment set amount = $5, status = case when status = 'USED' then 'USED' else $6 end, changed_at = $7
      where case_id = $1 and account = $2 and counterparty_id = $3 and period = $4 and amount >= $5 and status <> 'RELEASED'`,
    [caseId, account, counterpartyId, period, amount, status, now],
  )
  if (kept.rowCount === 1) return
  await db.query(
    `with place as (
       insert into commitment_account (account, counterparty_id, period, places) values ($2, $3, $4, 1)
         on conflict (account, counterparty_id, period) do update set places = commitment_account.places + 1 returning places)
     insert into commitment (case_id, account, counterparty_id, period, amount, status, place, changed_at) select $1, $2, $3, $4, $5, $6, places, $7 from place
       on conflict (case_id, account) do update set counterparty_id = $3, period = $4, amount = $5, place = excluded.place, changed_at = $7,
         status = case when commitment.status = 'USED' then 'USED' else $6 end`,
    [caseId, account, counterpartyId, period, amount, status, now],
  )
}
export async function release(db: Querier, caseId: string, now: string): Promise<void> {
  await db.query(`update commitment set status = 'RELEASED', changed_at = $2 where case_id = $1 and status <> 'RELEASED'`, [caseId, now])
}

/** The same for an act: whoever else wants to draw on these accounts waits until this transaction ends. */
export async function lockedCommittedBefore(db: Querier, caseId: string, drawn: Parameters<typeof committedBefore>[2]): Promise<string[]> {
  for (const one of drawn)
    if (one)
      await db.query(
        `insert into commitment_account (account, counterparty_id, period, places) values ($1, $2, $3, 0)
           on conflict (account, counterparty_id, period) do update set places = commitment_account.places`,
        [one.account, one.counterpartyId, one.period],
      )
  return committedBefore(db, caseId, drawn)
}

/** What stands before a case in each account, in CNY; for a case without a place there, all of it. */
export async function committedBefore(
  db: Querier,
  caseId: string | null,
  drawn: readonly (Omit<CommitmentChange, 'status' | 'amount'> | null)[],
): Promise<string[]> {
  const before: string[] = []
  for (const one of drawn) before.push(one ? await standsBefore(db, caseId, one) : '0')
  return before
}
async function standsBefore(db: Querier, caseId: string | null, drawn: Omit<CommitmentChange, 'status' | 'amount'>): Promise<string> {
  const { rows } = await db.query(
    `select coalesce(sum(amount), 0)::text as total from commitment
      where account = $2 and counterparty_id = $3 and period = $4 and case_id is distinct from $1 and status <> 'RELEASED'
        and place < coalesce((select place from commitment where case_id = $1 and account = $2 and counterparty_id = $3 and period = $4 and status <> 'RELEASED'), 2147483647)`,
    [caseId, drawn.account, drawn.counterpartyId, drawn.period],
  )
  return rows[0].total
}
