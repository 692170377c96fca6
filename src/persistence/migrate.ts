import { createHmac } from 'node:crypto'
import path from 'node:path'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { root } from '../config.js'
import { grantsOf, roleIds, rolesHeld } from '../define/index.js'
import { entities } from './entities.js'
import { jobGrants, setUpJobs } from './job-queue.js'

/** One key for all servers that set up the same database. */
const setUpLock = 7_263_514

/**
 * Brings the database to the newest version, one server at a time, and makes the application's role.
 * Input: the owner's address. Output: the address with which the application connects.
 */
export async function setUpDatabase(ownerUrl: string, appUrl?: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    await owner.query('select pg_advisory_lock($1)', [setUpLock])
    await migrate(ownerUrl)
    await setUpJobs(ownerUrl)
    await writeRoleMeanings(owner)
    return appUrl ?? (await makeApplicationRole(owner, ownerUrl))
  } finally {
    await owner.end()
  }
}

async function migrate(ownerUrl: string): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: ownerUrl,
    entities,
    extensions: [Migrator],
    // Standard output belongs to whoever asked for a report.
    logger: (message) => void process.stderr.write(`${message}\n`),
    migrations: { path: path.join(root, 'dist', 'migrations'), glob: '!(*.d).js', snapshot: false, transactional: true, disableForeignKeys: false },
  })
  try {
    await orm.migrator.up()
  } finally {
    await orm.close(true)
  }
}

/** What holding a role means is for the product to say; the database only looks it up. */
async function writeRoleMeanings(owner: pg.Client): Promise<void> {
  const meanings = roleIds.filter((role) => !rolesHeld([]).includes(role)).flatMap((role) => grantsOf(role).map((granted) => ({ role, granted })))
  await owner.query('begin')
  await owner.query('delete from role_meaning')
  await owner.query('insert into role_meaning (role, granted) select role, granted from jsonb_to_recordset($1) as pair(role text, granted text)', [
    JSON.stringify(meanings),
  ])
  await owner.query('commit')
}

const appRole = 'countersign_app'

/** The application may write what it must, and of the history it may only add and read. */
async function makeApplicationRole(owner: pg.Client, ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  // The same whatever name a server knows the database by: servers share the role.
  const password = createHmac('sha256', url.password).update(appRole).digest('hex')
  await owner.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${appRole}') then create role ${appRole} login noinherit; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  // Roles belong to the whole cluster: servers of other databases in it may be doing the same just now.
  await owner.query('select pg_advisory_lock($1)', [setUpLock + 1])
  await owner.query(`alter role ${appRole} with login password '${password}'`)
  await owner.query(grants)
  url.username = appRole
  url.password = password
  return url.href
}
const grants = `
revoke create on schema public from public;
grant usage on schema public to ${appRole};
grant select on all tables in schema public to ${appRole};
grant insert, update on employee, credential, role_assignment, authority_limit, process_setting, department, customer, contact to ${appRole};
grant insert, update on service_case, task, ask, commitment, commitment_account, proxy_grant, task_draft, idempotency, rate_limit to ${appRole};
grant insert on case_participant, case_copy, task_reminder, task_offer, form_version, audit_entry, signing_key to ${appRole};
grant insert, update on calendar_version, timer, event, event_reader, endpoint, notice_preference, delivery to ${appRole};
grant insert on outbox, log_leaf, log_block, checkpoint to ${appRole};
grant insert, update on subject_key, checkpoint_place, legal_hold, erasure, sensitive_access, export to ${appRole};
grant delete on rate_limit, outbox, event, delivery to ${appRole};
grant usage on all sequences in schema public to ${appRole};
${jobGrants(appRole)}`
