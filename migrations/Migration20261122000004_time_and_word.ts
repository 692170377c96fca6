import { Migration } from '@mikro-orm/migrations'

/** Time and word: calendars, deadlines, what is published, and what is delivered to whom. */
export class Migration20261122000004_time_and_word extends Migration {
  override up(): void {
    for (const statement of [clocks, periods, word, delivery]) this.addSql(statement)
  }
  /** The history is never dropped by a migration: going back means restoring a backup. */
  override down(): void {
    throw new Error('this migration is not reversible: it holds the history')
  }
}

/**
 * A timer is one term of one case: of a state (\`place\`), or of the whole case (''). \`entered\` is the sequence with which the place was entered.
 * \`rung\`: absent for the term itself, else its step of the ladder. \`paused_ms\`: how long it has stood still, in the measure of its term.
 */
const clocks = `
create table calendar_version (
  version integer primary key,
  content jsonb not null,
  published_at timestamptz not null,
  published_by_id uuid references employee
);
alter table service_case add column entered_sequence integer not null default 1, add column entered_at timestamptz, add column paused_at timestamptz;
update service_case set entered_at = updated_at, entered_sequence = version;
alter table service_case alter column entered_at set not null, alter column entered_at set default now();
create table timer (
  id uuid primary key,
  case_id uuid not null references service_case,
  place text not null,
  entered integer not null,
  name text not null,
  rung integer,
  starts_at timestamptz not null,
  term jsonb not null,
  due_at timestamptz not null,
  calendar_version integer not null,
  provisional boolean not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'PAUSED', 'FIRED', 'CANCELLED', 'SKIPPED')),
  paused_ms bigint not null default 0,
  settled_at timestamptz,
  late_ms bigint
);
create unique index timer_live on timer (case_id, place, entered, name, coalesce(rung, -1)) where status in ('PENDING', 'PAUSED');
create index timer_case on timer (case_id);
create index timer_due on timer (due_at, id) where status = 'PENDING';
create index timer_calendar on timer (calendar_version) where status in ('PENDING', 'PAUSED');`

/** The account of the system itself, and where cases are found by the moments of their first entry and their end: what statistics of a period begin with. */
const periods = `
insert into employee (id, number, login, name, person_id, kind) values ('69a6bffb-5c3f-59a2-9a5f-56372e00f2f3', 'SYSTEM', 'system', '系统', 'd0fc553f-6366-5be7-868e-8c13b504872f', 'SERVICE');
create index audit_entry_opened on audit_entry (process, occurred_at, case_id) where sequence = 1 and action = 'OPEN' and result = 'DONE';
create index service_case_closed on service_case (process, closed_at);`

/** What was done waits in \`outbox\` from the act's own transaction on; one server at a time gives it its place among the events. */
const word = `
create table outbox (
  seq bigint generated always as identity primary key,
  stream text not null,
  sequence integer not null,
  case_id uuid,
  written_at timestamptz not null
);
create table event (
  position bigint primary key,
  id uuid not null unique default gen_random_uuid(),
  stream text not null,
  sequence integer not null,
  case_id uuid,
  written_at timestamptz not null
);
create index event_case on event (case_id, position);
create index event_written on event (written_at);
create table event_reader (
  name text primary key,
  position bigint not null
);`

/** \`lane\`: what must arrive in order, one after the other. */
const delivery = `
alter table employee add column email text, add column mobile text;
create table endpoint (
  id uuid primary key,
  kind text not null check (kind in ('WEBHOOK', 'DINGTALK', 'WECOM', 'FEISHU')),
  label text not null,
  url text not null,
  secret text,
  processes text[] not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create table notice_preference (
  employee_id uuid primary key references employee,
  channels text[] not null,
  language text not null check (language in ('zh-CN', 'en')),
  quiet_from time,
  quiet_to time,
  digest_at time,
  check ((quiet_from is null) = (quiet_to is null))
);
create table delivery (
  seq bigint generated always as identity primary key,
  id uuid not null unique default gen_random_uuid(),
  event_position bigint,
  case_id uuid references service_case,
  channel text not null check (channel in ('WEBHOOK', 'EMAIL', 'DINGTALK', 'WECOM', 'FEISHU')),
  endpoint_id uuid references endpoint,
  employee_id uuid references employee,
  lane text not null,
  content jsonb not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DIGEST', 'SENT', 'DEAD', 'DROPPED')),
  not_before timestamptz not null default now(),
  leased_until timestamptz,
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index delivery_lane on delivery (lane, seq) where status in ('PENDING', 'DEAD');
create index delivery_waiting on delivery (seq) where status = 'PENDING';
create index delivery_dead on delivery (seq) where status = 'DEAD';
create index delivery_digest on delivery (employee_id, seq) where status = 'DIGEST';`
