import type { NoticePreferences } from '../engine/organisation-change.js'
import type { Querier } from './pool.js'

export async function saveNoticePreferences(
  db: Querier,
  employeeId: string,
  { channels, language, quietFrom, quietTo, digestAt }: NoticePreferences,
): Promise<void> {
  await db.query(
    `insert into notice_preference (employee_id, channels, language, quiet_from, quiet_to, digest_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (employee_id) do update set channels = $2, language = $3, quiet_from = $4, quiet_to = $5, digest_at = $6`,
    [employeeId, channels, language, quietFrom, quietTo, digestAt],
  )
}

/** What somebody wished, or what holds for whoever said nothing. */
export async function noticePreferencesOf(db: Querier, employeeId: string): Promise<NoticePreferences> {
  const { rows } = await db.query(
    `select channels, language, to_char(quiet_from, 'HH24:MI') as "quietFrom", to_char(quiet_to, 'HH24:MI') as "quietTo", to_char(digest_at, 'HH24:MI') as "digestAt"
       from notice_preference where employee_id = $1`,
    [employeeId],
  )
  return rows[0] ?? { channels: ['EMAIL'], language: 'zh-CN', quietFrom: null, quietTo: null, digestAt: null }
}
