import { Migration } from '@mikro-orm/migrations'

/** What proves the history: signed entries, a log of all of them in one order, checkpoints, and personal values that can be forgotten. */
export class Migration20261122000007_proof extends Migration {
  override up(): void {
    for (const statement of [entries, log, subjects, guards]) this.addSql(statement)
  }
  /** The history is never dropped by a migration: going back means restoring a backup. */
  override down(): void {
    throw new Error('this migration is not reversible: it holds the history')
  }
}

/** All in the order in which they were written, those that wait for their place among the events as well: the log is told in that order. */
const entries = `
alter table audit_entry
  add column mac text,
  add column mac_key text,
  add column customer_id uuid references customer,
  add column amount numeric(16, 2),
  add column reason_codes text[];
alter table outbox add column position bigint, add column hash text, add column told boolean not null default true;
create temporary table waiting on commit drop as select stream, sequence from outbox;
delete from outbox;
insert into outbox (stream, sequence, case_id, written_at, position, hash, told)
  select a.stream, a.sequence, a.case_id, a.recorded_at, a.position, a.hash, w.stream is not null
    from audit_entry a left join waiting w on w.stream = a.stream and w.sequence = a.sequence order by a.position;
alter table outbox alter column position set not null, alter column hash set not null;`

/** RFC 6962: a leaf an entry, in the order in which the sequencer found them committed; roots of whole blocks of 256 leaves, and of 256 blocks. */
const log = `
create table log_leaf (
  index bigint primary key check (index >= 0),
  position bigint not null unique,
  hash bytea not null
);
create table log_block (
  level smallint not null check (level > 0 and level % 8 = 0),
  index bigint not null check (index >= 0),
  hash bytea not null,
  primary key (level, index)
);
create table checkpoint (
  size bigint primary key check (size > 0),
  root bytea not null,
  note text not null,
  made_at timestamptz not null
);`

const subjects = `
create table subject_key (
  id uuid primary key,
  customer_id uuid references customer,
  case_id uuid references service_case,
  wrapped text,
  created_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  check ((customer_id is null) <> (case_id is null)),
  check ((wrapped is null) = (destroyed_at is not null))
);
create unique index subject_key_customer on subject_key (customer_id) where destroyed_at is null;
create unique index subject_key_case on subject_key (case_id) where destroyed_at is null;
alter table form_version add column sealed text, add column personal_digest text, add column subject_id uuid references subject_key,
  add check ((sealed is null) = (personal_digest is null) and (sealed is null) = (subject_id is null));`

const guarded = ['form_version', 'log_leaf', 'log_block', 'checkpoint']
const guards = `
create function is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
${guarded
  .map(
    (table) => `
create trigger ${table}_no_change before update or delete on ${table} for each row execute function is_append_only();
create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function is_append_only();
alter table ${table} enable always trigger ${table}_no_change;
alter table ${table} enable always trigger ${table}_no_truncate;`,
  )
  .join('\n')}`
