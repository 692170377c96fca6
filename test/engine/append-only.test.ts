import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { claim } from '../support/papers.js'

let house: House
let app: pg.Client
let caseId: string
beforeAll(async () => {
  house = await openHouse()
  app = new pg.Client({ connectionString: house.appUrl })
  await app.connect()
  const it = await house.open('technician-1', 'expense-reimbursement', claim())
  await it.act('technician-1', 'SUBMIT')
  await it.refused('technician-1', 'APPROVE')
  caseId = it.id
})
afterAll(async () => {
  await app.end()
  await house.close()
})

const history = async () =>
  (await house.owner.query(`select md5(string_agg(t::text, '|' order by position)) as digest, count(*)::int as entries from audit_entry t`)).rows[0]
/** The code with which the database refuses. Each attempt is undone, whatever becomes of it. */
async function refusalOf(client: pg.Client, sql: string): Promise<string> {
  await client.query('begin')
  try {
    await client.query(sql)
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
  }
}
const insufficientPrivilege = '42501'

const changes = [
  `update audit_entry set content = '{}'`,
  `update audit_entry set hash = hash where false`,
  `delete from audit_entry`,
  `delete from audit_entry where false`,
  `truncate audit_entry`,
  `truncate audit_entry cascade`,
  `truncate service_case cascade`,
  `insert into audit_entry select * from audit_entry on conflict (stream, sequence) do update set content = '{}'`,
  `merge into audit_entry t using audit_entry s on t.position = s.position when matched then update set content = '{}'`,
  `merge into audit_entry t using audit_entry s on t.position = s.position when matched then delete`,
  `with gone as (delete from audit_entry returning *) select count(*) from gone`,
]
/** What gets no further than the privilege even when it would touch no row; the owner, who has it, is stopped at the first row. */
const touchesNothing = (sql: string) => sql.endsWith('where false')

describe('the application', () => {
  test.each(changes)('may not: %s', async (sql) => {
    const before = await history()
    expect(await refusalOf(app, sql.replace('select * from audit_entry on', 'overriding system value select * from audit_entry on'))).toBe(
      insufficientPrivilege,
    )
    expect(await history()).toEqual(before)
  })
  test.each([
    'alter table audit_entry disable trigger all',
    'alter table audit_entry disable trigger audit_entry_no_change',
    'alter table audit_entry enable replica trigger audit_entry_no_change',
    'alter table audit_entry add column note text',
    'alter table audit_entry drop constraint audit_entry_pkey',
    'alter table audit_entry rename to audit_entry_old',
    'alter table audit_entry owner to countersign_app',
    'drop trigger audit_entry_no_change on audit_entry',
    'drop table audit_entry cascade',
    'drop function audit_entry_is_append_only() cascade',
    `create or replace function audit_entry_is_append_only() returns trigger language plpgsql as 'begin return null; end'`,
    'create trigger mine before insert on audit_entry for each row execute function audit_entry_is_append_only()',
    'create rule mine as on insert to audit_entry do instead nothing',
    'create table public.mine (id int)',
    'set session_replication_role = replica',
    'set role countersign',
    'set session authorization countersign',
    'create role mine superuser',
    'alter role countersign_app superuser',
    'grant countersign to countersign_app',
    `copy audit_entry to '/tmp/audit'`,
    `copy audit_entry from '/tmp/audit'`,
    `copy audit_entry to program 'cat'`,
    `copy audit_entry from program 'cat'`,
    'select * from audit_entry for update',
    'lock table audit_entry in access exclusive mode',
    `select setval('audit_entry_position_seq', 1)`,
    `select pg_read_file('/etc/passwd')`,
    'update form_version set content = content',
    'delete from form_version',
    ...['form_version', 'log_leaf', 'log_block', 'checkpoint'].flatMap((table) => [
      `update ${table} set ${table === 'form_version' ? 'digest' : 'hash'} = null where false`.replace('checkpoint set hash', 'checkpoint set root'),
      `delete from ${table} where false`,
      `truncate ${table}`,
      `alter table ${table} disable trigger all`,
      `copy ${table} from '/tmp/history'`,
      `drop trigger ${table}_no_change on ${table}`,
    ]),
    'delete from subject_key',
    'delete from erasure',
    'delete from legal_hold',
    'delete from export',
    'delete from sensitive_access',
    'delete from service_case',
    'delete from idempotency',
    'delete from employee',
    'delete from role_assignment',
    'delete from case_participant',
    'delete from task_offer',
    'update task_offer set role = role',
  ])('may not: %s', async (sql) => {
    expect(await refusalOf(app, sql)).toBe(insufficientPrivilege)
  })
  test('gains nothing by granting itself what it lacks', async () => {
    await app.query('grant all on audit_entry to countersign_app').catch(() => {})
    await app.query('grant update on audit_entry to public').catch(() => {})
    expect(await refusalOf(app, `update audit_entry set content = '{}'`)).toBe(insufficientPrivilege)
  })
  test('is no superuser, owns nothing and inherits nothing', async () => {
    const { rows } = await app.query(
      'select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolinherit from pg_roles where rolname = current_user',
    )
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, rolreplication: false, rolinherit: false }])
    const owned = await app.query('select relname from pg_class where relowner = current_user::regrole')
    const roles = await app.query('select roleid::regrole from pg_auth_members where member = current_user::regrole')
    expect([owned.rows, roles.rows]).toEqual([[], []])
  })
  test('may not put a second entry in the place of one that stands there', async () => {
    const columns = (
      await app.query(
        `select string_agg(quote_ident(column_name), ', ') as names from information_schema.columns where table_name = 'audit_entry' and is_identity = 'NO'`,
      )
    ).rows[0].names
    expect(await refusalOf(app, `insert into audit_entry (${columns}) select ${columns} from audit_entry`)).toBe('23505')
  })
})

describe('the owner', () => {
  test.each(changes.filter((sql) => !touchesNothing(sql)))('may not: %s', async (sql) => {
    const before = await history()
    expect(await refusalOf(house.owner, sql.replace('select * from audit_entry on', 'overriding system value select * from audit_entry on'))).toBe(
      insufficientPrivilege,
    )
    expect(await history()).toEqual(before)
  })
  test('may not even as a replica, for which ordinary triggers are switched off', async () => {
    await house.owner.query('set session_replication_role = replica')
    for (const sql of ['update audit_entry set action = action', 'delete from audit_entry', 'truncate audit_entry'])
      expect(await refusalOf(house.owner, sql)).toBe(insufficientPrivilege)
    await house.owner.query('reset session_replication_role')
  })
})

test('after all that the history is whole', async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect((await house.caseOf(caseId)).process).toBe('expense-reimbursement')
})
