import { Migration } from '@mikro-orm/migrations'

/** Organisation, customers, cases, tasks, forms, the history and what guards it. */
export class Migration20261121000001_first extends Migration {
  override up(): void {
    for (const statement of [organisation, customers, cases, history, doorkeeping]) this.addSql(statement)
  }
  /** The history is never dropped by a migration: going back means restoring a backup. */
  override down(): void {
    throw new Error('this migration is not reversible: it holds the history')
  }
}

const organisation = `
create table department (
  id uuid primary key,
  code text not null unique,
  name_zh text not null,
  name_en text not null,
  parent_id uuid references department
);
create table employee (
  id uuid primary key,
  number text not null unique,
  login text not null unique,
  name text not null,
  person_id uuid not null,
  kind text not null default 'EMPLOYEE' check (kind in ('EMPLOYEE', 'SERVICE')),
  department_id uuid references department,
  active boolean not null default true
);
create table credential (
  employee_id uuid primary key references employee,
  password_hash text not null
);
create table role_assignment (
  id uuid primary key,
  employee_id uuid not null references employee,
  role text not null,
  valid_from timestamptz not null default now(),
  valid_to timestamptz,
  check (valid_to is null or valid_to >= valid_from)
);
create index role_assignment_employee on role_assignment (employee_id, role);
create index role_assignment_role on role_assignment (role);
create table authority_limit (
  id uuid primary key,
  process text not null,
  role text not null,
  employee_id uuid references employee,
  amount numeric(16, 2) not null check (amount >= 0 and amount <> 'NaN'),
  valid_from timestamptz not null default now(),
  valid_to timestamptz
);
create index authority_limit_process on authority_limit (process, role);
create table process_setting (
  process text not null,
  key text not null,
  value numeric not null,
  primary key (process, key)
);`

const customers = `
create table customer (
  id uuid primary key,
  code text not null unique,
  kind text not null check (kind in ('LEGAL_PERSON', 'NATURAL_PERSON')),
  name text not null,
  status text not null default 'ACTIVE' check (status in ('PROSPECT', 'ACTIVE', 'CLOSING', 'CLOSED')),
  industry text,
  region text,
  created_at timestamptz not null default now()
);
create table contact (
  id uuid primary key,
  customer_id uuid not null references customer,
  name text not null,
  post text,
  phone text,
  email text
);
create index contact_customer on contact (customer_id);`

const cases = `
create sequence case_number_seq;
create table service_case (
  id uuid primary key,
  number text not null unique,
  process text not null,
  definition_version integer not null,
  definition_hash text not null,
  state text not null,
  value jsonb not null,
  outcome text check (outcome in ('completed', 'rejected', 'withdrawn', 'cancelled')),
  version integer not null check (version > 0),
  round integer not null check (round > 0),
  decisions jsonb not null,
  applicant_id uuid not null references employee,
  applicant_person_id uuid not null,
  customer_id uuid references customer,
  parent_id uuid references service_case,
  head_hash text not null,
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  due_at timestamptz
);
create index service_case_parent on service_case (parent_id);
create index service_case_customer on service_case (customer_id, process);
create index service_case_process on service_case (process, state);
create index service_case_applicant on service_case (applicant_person_id);
create index service_case_opened on service_case (opened_at desc, id desc);
create table case_participant (
  case_id uuid not null references service_case,
  person_id uuid not null,
  primary key (case_id, person_id)
);
create index case_participant_person on case_participant (person_id);
create table task (
  id uuid primary key,
  case_id uuid not null references service_case,
  state text not null,
  seat text,
  round integer not null,
  status text not null check (status in ('OPEN', 'COMPLETED', 'SUPERSEDED')),
  opened_sequence integer not null,
  closed_sequence integer,
  completed_by_id uuid references employee,
  opened_at timestamptz not null,
  closed_at timestamptz,
  due_at timestamptz
);
create unique index task_open on task (case_id, state, coalesce(seat, '')) where status = 'OPEN';
create index task_case on task (case_id);
create index task_opened on task (opened_at desc, id desc) where status = 'OPEN';
create table task_offer (
  task_id uuid not null references task,
  place integer not null,
  role text not null,
  department_ids uuid[],
  person_id uuid,
  excluded_person_ids uuid[] not null,
  primary key (task_id, place)
);
create index task_offer_role on task_offer (role);
create index task_offer_person on task_offer (person_id);
create table form_version (
  case_id uuid not null references service_case,
  key text not null,
  version integer not null,
  form text not null,
  content text not null,
  salt text not null,
  digest text not null,
  sequence integer not null,
  submitted_by_id uuid references employee,
  submitted_at timestamptz not null,
  primary key (case_id, key, version)
);`

/** One table, one chain a stream: \`case:<id>\` for what was done, \`attempts:<id>\` for what was refused. */
const history = `
create table audit_entry (
  position bigint generated always as identity unique,
  stream text not null,
  sequence integer not null check (sequence > 0),
  case_id uuid references service_case,
  process text not null,
  action text not null,
  result text not null check (result in ('DONE', 'REFUSED', 'CONFLICT')),
  actor_id uuid references employee,
  on_behalf_of_id uuid references employee,
  role_used text,
  from_state text,
  to_state text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  content text not null,
  previous_hash text not null,
  hash text not null,
  primary key (stream, sequence)
);
create index audit_entry_case on audit_entry (case_id, sequence);
create function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_entry is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_no_change before update or delete on audit_entry for each row execute function audit_entry_is_append_only();
create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function audit_entry_is_append_only();
alter table audit_entry enable always trigger audit_entry_no_change;
alter table audit_entry enable always trigger audit_entry_no_truncate;`

const doorkeeping = `
create table idempotency (
  actor_id uuid not null,
  key text not null,
  request_hash text not null,
  case_id uuid,
  sequence integer,
  created_at timestamptz not null default now(),
  primary key (actor_id, key)
);
create table signing_key (
  id text primary key,
  private_jwk text not null,
  created_at timestamptz not null default now()
);
create table rate_limit (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);`
