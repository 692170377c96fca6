import { type AnyProcess, listOf } from '../../src/define/index.js'
import type { House } from './house.js'

export type Row = Record<string, any>
/** One case with its history, read entry by entry; times are seconds since 1970. */
export interface Life {
  readonly record: Row
  readonly entries: readonly Row[]
  readonly refused: readonly Row[]
  readonly work: readonly Row[]
  readonly timers: readonly Row[]
  readonly visits: readonly Visit[]
}
export interface Visit {
  readonly state: string
  readonly by: Row
  end: Row | null
}
const seconds = (...columns: string[]) => columns.map((column) => `extract(epoch from ${column})::float8 as ${column}`).join(', ')
/** Everything that is on file of a process: its lives, and the attempts to open one. */
export async function livesOf({ owner }: House, definition: AnyProcess): Promise<{ lives: Life[]; openings: Row[]; kinds: Map<string, Row> }> {
  const all = async (sql: string, values: unknown[] = [definition.id]): Promise<Row[]> => (await owner.query(sql, values)).rows
  const entries = await all(
    `select stream, case_id, sequence, action, result, actor_id, role_used, from_state, to_state, content, ${seconds('recorded_at')} from audit_entry where process = $1 order by sequence`,
  )
  const timers = await all(
    `select t.case_id, place, entered, name, t.status, ${seconds('starts_at', 't.due_at', 'settled_at')} from timer t join service_case c on c.id = t.case_id where c.process = $1 and rung is null`.replaceAll(
      'as t.due_at',
      'as due_at',
    ),
  )
  const byStream = Map.groupBy(entries, ({ stream }) => stream)
  const byCase = Map.groupBy(timers, ({ case_id }) => case_id)
  const records = await all(`select id, round, outcome, ${seconds('opened_at', 'closed_at')} from service_case where process = $1`)
  const lives = records.map((record): Life => {
    const [own, refused, work] = ['case', 'attempts', 'work'].map((kind) => byStream.get(`${kind}:${record['id']}`) ?? [])
    return { record, entries: own!, refused: refused!, work: work!, timers: byCase.get(record['id']) ?? [], visits: visitsOf(definition, own!) }
  })
  const kinds = new Map((await all('select id, kind, person_id from employee', [])).map((row) => [row['id'], row]))
  return { lives, openings: byStream.get('attempts:opening') ?? [], kinds }
}
/** A visit begins with an act that comes to a state, from another one or by an arrow that points to where it comes from. */
function visitsOf(definition: AnyProcess, entries: readonly Row[]): Visit[] {
  const visits: Visit[] = []
  for (const entry of entries) {
    const on: any = (definition.states[entry['from_state']] as any)?.on?.[entry['action']]
    const anew = listOf<any>(on).some(({ target }) => target === entry['from_state'])
    if (entry['from_state'] === entry['to_state'] && !anew) continue
    if (visits.length > 0) visits.at(-1)!.end = entry
    visits.push({ state: entry['to_state'], by: entry, end: null })
  }
  return visits
}
