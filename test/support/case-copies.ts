import type { House } from './house.js'

/** What becomes of each column in a copy; a moment keeps its place in the life of the case, which took as much longer. */
const then = (column: string): string => `copy.began + (t.${column} - copy.opened) * copy.slower`
type Changed = Readonly<Record<string, string>>
const tables: readonly (readonly [table: string, key: string, changed: Changed])[] = [
  [
    'service_case',
    't.id = copy.old_id',
    {
      id: 'copy.id',
      number: `t.number || '-' || copy.place`,
      parent_id: 'null',
      ...Object.fromEntries(['opened_at', 'closed_at', 'updated_at', 'entered_at'].map((column) => [column, then(column)])),
    },
  ],
  [
    'audit_entry',
    't.case_id = copy.old_id',
    { stream: `split_part(t.stream, ':', 1) || ':' || copy.id`, case_id: 'copy.id', occurred_at: then('occurred_at'), recorded_at: then('recorded_at') },
  ],
  [
    'task',
    't.case_id = copy.old_id and t.ask_id is null',
    {
      id: `md5(t.id || copy.id::text)::uuid`,
      case_id: 'copy.id',
      opened_at: then('opened_at'),
      claimed_at: then('claimed_at'),
      closed_at: then('closed_at'),
    },
  ],
  ['task_offer', 't.task_id in (select id from task where case_id = copy.old_id and ask_id is null)', { task_id: 'md5(t.task_id || copy.id::text)::uuid' }],
  [
    'timer',
    't.case_id = copy.old_id',
    {
      id: `md5(t.id || copy.id::text)::uuid`,
      case_id: 'copy.id',
      // A term begins with the millisecond of its state, which is magnified here.
      starts_at: `greatest(${then('starts_at')}, copy.began)`,
      // A term is as long as it is: the slower a case, the more it misses.
      due_at: `${then('starts_at')} + (t.due_at - t.starts_at)`,
      settled_at: then('settled_at'),
    },
  ],
]

/**
 * Copies of every case of a process, as if they had happened within the last `days` before now, and between 10^6 and 10^7 times as slowly: what
 * takes a test milliseconds took hours. With their entries, refusals, tasks and terms; not with their forms. The chains of the copies do not hold.
 */
export async function copyCases({ owner }: House, process: string, copies: number, days: number): Promise<void> {
  await owner.query('select setseed(0.42)')
  await owner.query(
    `create temp table copy as
       select *, clock_timestamp() - lasted * slower - random() * make_interval(days => $3) as began from (
         select c.id as old_id, gen_random_uuid() as id, place, c.opened_at as opened, power(10, 6 + random()) as slower,
                (select max(recorded_at) from audit_entry a where a.case_id = c.id) - c.opened_at + interval '1 ms' as lasted
           from service_case c cross join generate_series(1, $2::integer) place where c.process = $1) drawn`,
    [process, copies, days],
  )
  for (const [table, key, changed] of tables) {
    const { rows } = await owner.query(
      `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_identity = 'NO'`,
      [table],
    )
    const names: string[] = rows.map(({ name }) => name)
    const values = names.map((name) => changed[name] ?? `t.${name}`)
    await owner.query(`insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${table} t join copy on ${key}`)
  }
  await owner.query('drop table copy')
  await owner.query('analyze')
}
