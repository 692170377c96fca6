import { Migration } from '@mikro-orm/migrations'

/** A task of a pool may be taken by one of those to whom it is offered. */
export class Migration20261121000002_claims extends Migration {
  override up(): void {
    this.addSql(
      'alter table task add column claimed_by_id uuid references employee, add column claimed_at timestamptz, add check ((claimed_by_id is null) = (claimed_at is null))',
    )
  }
  override down(): void {
    this.addSql('alter table task drop column claimed_by_id, drop column claimed_at')
  }
}
