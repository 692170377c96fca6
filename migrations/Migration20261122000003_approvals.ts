import { Migration } from '@mikro-orm/migrations'

/** Approvals as they are practised: voices, proxies, signers and opinions, copies, drafts, reminders, commitments, revocations. */
export class Migration20261122000003_approvals extends Migration {
  override up(): void {
    for (const statement of [cases, tasks, proxies, commitments, beside]) this.addSql(statement)
  }
  /** The history is never dropped by a migration: going back means restoring a backup. */
  override down(): void {
    throw new Error('this migration is not reversible: it holds the history')
  }
}

/** A case is in one state, and remembers what goes on around its next decision. */
const cases = `
alter table service_case drop column value;
alter table service_case add column handling jsonb not null default '{}',
  add column content_salt text not null default replace(gen_random_uuid()::text, '-', ''),
  add column revokes_id uuid references service_case;
create index service_case_revokes on service_case (revokes_id) where revokes_id is not null;
alter table audit_entry add column aside jsonb, add column aside_salt text, add column grant_id uuid;`

/** \`role_meaning\`: who is granted a role holds what it means; written at start from the roles that the product knows. */
const tasks = `
create table role_meaning (
  role text not null,
  granted text not null,
  primary key (role, granted)
);
alter table task drop constraint task_status_check;
alter table task add column kind text not null default 'DECIDE' check (kind in ('DECIDE', 'SIGN', 'ADVISE', 'ANSWER')),
  add column ask_id uuid,
  add check (status in ('OPEN', 'SUSPENDED', 'COMPLETED', 'SUPERSEDED')),
  add check ((kind = 'DECIDE') = (ask_id is null));
drop index task_open;
create unique index task_open on task (case_id, state, coalesce(seat, ''), coalesce(ask_id::text, '')) where status in ('OPEN', 'SUSPENDED');
drop index task_opened;
create index task_opened on task (opened_at desc, id desc) where status in ('OPEN', 'SUSPENDED');
create index task_completed on task (completed_by_id, closed_at desc) where completed_by_id is not null;
create index task_claimed on task (claimed_by_id) where claimed_by_id is not null;
alter table task_offer add column level smallint not null default 0, add column stands_in_for text,
  add column excluded_department_ids uuid[] not null default '{}';
create table ask (
  id uuid primary key,
  case_id uuid not null references service_case,
  state text not null,
  seat text,
  round integer not null,
  kind text not null check (kind in ('OPINION', 'SIGN_BEFORE', 'SIGN_AFTER', 'ANSWER')),
  by_id uuid not null references employee,
  to_id uuid not null references employee,
  question text not null,
  answer text,
  status text not null check (status in ('WAITING', 'OPEN', 'APPROVED', 'REJECTED', 'ANSWERED', 'WITHDRAWN')),
  live boolean not null default true,
  asked_at timestamptz not null,
  answered_at timestamptz
);
create index ask_case on ask (case_id);
alter table task add foreign key (ask_id) references ask;

create function holds_role(employee uuid, wanted text) returns boolean language sql stable as $$
  select exists (select from role_assignment r join role_meaning m on m.granted = r.role and m.role = wanted
                  where r.employee_id = employee and r.valid_from <= statement_timestamp() and (r.valid_to is null or r.valid_to > statement_timestamp()))
$$;
/* Who holds each role now: joined where a function called for each pair of offer and employee would take seconds. */
create view role_holder as
  select m.role, e.id, e.person_id, e.department_id, e.number, e.kind from role_meaning m
    join role_assignment r on r.role = m.granted and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
    join employee e on e.id = r.employee_id and e.active;
/* Whom the offers of open tasks mean, at every level. */
create view offered_person as
  select o.task_id, o.place, o.level, o.stands_in_for, e.id as employee_id, e.person_id, e.number
    from task_offer o cross join lateral (
      select id, person_id, department_id, number, kind from employee where active and o.person_id is not null and person_id = o.person_id
      union all
      select id, person_id, department_id, number, kind from employee where active and o.person_id is null and department_id = any(o.department_ids)
      union all
      select id, person_id, department_id, number, kind from role_holder where o.person_id is null and o.department_ids is null and role = o.role) e
   where e.kind = 'EMPLOYEE' and not (e.person_id = any(o.excluded_person_ids))
     and not (e.department_id is not null and e.department_id = any(o.excluded_department_ids));
/* Who may do a task now: a level counts while separation of duties leaves nobody below it. */
create view task_candidate as
  select p.task_id, p.employee_id, p.person_id, p.number from offered_person p
   where p.level = 0 or (
     exists (select from role_holder h where h.role = p.stands_in_for)
     and not exists (select from offered_person lower where lower.task_id = p.task_id and lower.level < p.level));`

const proxies = `
create table proxy_grant (
  id uuid primary key,
  principal_id uuid not null references employee,
  proxy_id uuid not null references employee,
  processes text[] not null,
  amount_cap numeric(16, 2) check (amount_cap >= 0 and amount_cap <> 'NaN'),
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  revoked_at timestamptz,
  reason text not null,
  granted_by_id uuid not null references employee,
  check (principal_id <> proxy_id),
  check (valid_to > valid_from)
);
create index proxy_grant_principal on proxy_grant (principal_id);
create index proxy_grant_proxy on proxy_grant (proxy_id);`

/** A reservation keeps its place in the account: only what stands before it counts against it. */
const commitments = `
alter table authority_limit add column cumulative numeric(16, 2) check (cumulative >= 0 and cumulative <> 'NaN');
create table commitment_account (
  account text not null,
  counterparty_id uuid not null references customer,
  period text not null,
  places integer not null,
  primary key (account, counterparty_id, period)
);
create table commitment (
  case_id uuid not null references service_case,
  account text not null,
  counterparty_id uuid not null,
  period text not null,
  amount numeric(16, 2) not null,
  status text not null check (status in ('RESERVED', 'USED', 'RELEASED')),
  place integer not null,
  changed_at timestamptz not null,
  primary key (case_id, account),
  foreign key (account, counterparty_id, period) references commitment_account
);
create index commitment_of on commitment (account, counterparty_id, period, place);`

const beside = `
create table case_copy (
  case_id uuid not null references service_case,
  person_id uuid not null,
  employee_id uuid not null references employee,
  from_id uuid not null references employee,
  note text not null,
  copied_at timestamptz not null,
  primary key (case_id, person_id)
);
create index case_copy_person on case_copy (person_id, copied_at desc);
create table task_reminder (
  task_id uuid not null references task,
  by_id uuid not null references employee,
  reminded_at timestamptz not null
);
create index task_reminder_task on task_reminder (task_id, reminded_at);
create table task_draft (
  task_id uuid not null references task,
  employee_id uuid not null references employee,
  action text not null,
  content text not null,
  saved_at timestamptz not null,
  primary key (task_id, employee_id)
);`
