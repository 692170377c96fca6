import { organisationStream } from '../audit/chain.js'
import type { Querier } from './pool.js'

/** The house at a moment that is past. */
export interface Moment {
  /** ISO 8601 in UTC with microseconds. */
  readonly at: string
  /** Accounts that were active then and are not now, or the other way round. */
  readonly switched: readonly string[]
}

/** A moment with who was there: whether an account is active is overwritten, and the history of the organisation says when. */
export async function momentAt(db: Querier, at: string): Promise<Moment> {
  const { rows } = await db.query(
    `with change as (
       select (told -> 'details' ->> 'employeeId')::uuid as id, (told -> 'details' ->> 'active')::boolean as active, sequence, past
         from (select content::jsonb as told, sequence, recorded_at <= $2 as past from audit_entry where stream = $1 and action = 'SET_ACTIVE' and result = 'DONE') set_active),
       earlier as (
       select distinct on (id) id, case when past then active else not active end as was from change
        order by id, past desc, case when past then -sequence else sequence end)
     select e.id from earlier join employee e on e.id = earlier.id where e.active <> earlier.was`,
    [organisationStream, at],
  )
  return { at, switched: rows.map(({ id }) => id) }
}
