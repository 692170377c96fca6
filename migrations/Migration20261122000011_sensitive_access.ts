import { Migration } from '@mikro-orm/migrations'

/** Need-to-know grants: who may read the sensitive personal values of a customer or a case, what for and until when. */
export class Migration20261122000011_sensitive_access extends Migration {
  override up(): void {
    this.addSql(grants)
  }
  override down(): void {
    this.addSql('drop table sensitive_access')
  }
}

const grants = `
create table sensitive_access (
  id uuid primary key,
  employee_id uuid not null references employee,
  customer_id uuid references customer,
  case_id uuid references service_case,
  purpose text not null,
  valid_to timestamptz not null,
  granted_by_id uuid not null references employee,
  granted_at timestamptz not null default clock_timestamp(),
  approved_by_id uuid references employee,
  approved_at timestamptz,
  revoked_by_id uuid references employee,
  revoked_at timestamptz,
  check ((customer_id is null) <> (case_id is null)),
  check ((approved_by_id is null) = (approved_at is null)),
  check ((revoked_by_id is null) = (revoked_at is null)),
  check (approved_by_id <> granted_by_id and approved_by_id <> employee_id and granted_by_id <> employee_id)
);
create index sensitive_access_employee on sensitive_access (employee_id);
create index sensitive_access_granted on sensitive_access (granted_at, id);`
