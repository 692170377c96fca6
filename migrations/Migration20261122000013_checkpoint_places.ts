import { Migration } from '@mikro-orm/migrations'

/** How far the checkpoints of the history have come at each address outside the database that is told of them. */
export class Migration20261122000013_checkpoint_places extends Migration {
  override up(): void {
    this.addSql(`
create table checkpoint_place (
  name text primary key,
  size bigint not null default 0 check (size >= 0),
  failures integer not null default 0,
  not_before timestamptz not null default clock_timestamp()
);`)
  }
  override down(): void {
    this.addSql('drop table checkpoint_place')
  }
}
