import { employeeId } from '../../src/organisation/ids.js'
import type { DrivenCase } from './house.js'
import { type HttpAnswer, type HttpHouse, serveHouse } from './http.js'

/** What an answer says at a path: the value, or the code of the error there. */
export function at({ json }: HttpAnswer, ...path: readonly (string | number)[]): unknown {
  const error = json?.errors?.find((one) => JSON.stringify(one.path) === JSON.stringify(path))
  return error ? error.extensions.code : path.reduce((value: any, step) => value?.[step], json?.data)
}
/** The paths of all errors of an answer. */
export const faultPaths = ({ json }: HttpAnswer): unknown[] => (json?.errors ?? []).map(({ path }) => path)

/** A server before which several people read the same case. */
export interface ReadingRoom {
  readonly http: HttpHouse
  /** Reads fields of the forms of a case. Output: the answer under `data.case.forms`. */
  read(login: string, it: DrivenCase, forms: string): Promise<HttpAnswer>
  /** What is on record of somebody's readings since the last look. */
  newEntries(
    login: string,
  ): Promise<readonly { readonly caseId: string | null; readonly details: Readonly<Record<string, string>>; readonly purpose?: string }[]>
  /** How many readings are on record at all. */
  countEntries(): Promise<number>
}
export async function readingRoom(): Promise<ReadingRoom> {
  const http = await serveHouse()
  const { pool } = http.house
  const seen = new Map<string, number>()
  return {
    http,
    async read(login, it, forms) {
      const type = it.process
        .split('-')
        .map((word) => word[0]!.toUpperCase() + word.slice(1))
        .join('')
      return (await http.as(login))(`query ($id: ID!) { case(id: $id) { ... on ${type} { forms { ${forms} } } } }`, { id: it.id })
    },
    async newEntries(login) {
      const { rows } = await pool.query(
        `select sequence, case_id, process, action, result, actor_id, content::jsonb -> 'details' as details, aside ->> 'text' as purpose
           from audit_entry where stream = $1 and sequence > $2 order by sequence`,
        [`access:${employeeId(login)}`, seen.get(login) ?? 0],
      )
      seen.set(login, rows.at(-1)?.sequence ?? seen.get(login) ?? 0)
      for (const { process, action, actor_id } of rows)
        if (process !== 'access' || action !== 'READ_PERSONAL' || actor_id !== employeeId(login)) throw new Error('an entry of another kind')
      // What was asked for and refused is on record too, and is no reading.
      return rows
        .filter(({ result }) => result === 'DONE')
        .map(({ case_id, details, purpose }) => ({ caseId: case_id, details, ...(purpose !== null && { purpose }) }))
    },
    countEntries: async () => (await pool.query(`select count(*)::int as entries from audit_entry where process = 'access'`)).rows[0].entries,
  }
}
