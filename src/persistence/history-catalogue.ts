import type { Catalogue } from '../audit/verification/guards.js'
import { appendOnly } from '../audit/verification/shapes.js'
import type { Querier } from './pool.js'

/** What the database says of its own guards. `role`: the application's; null: whoever is connected. */
export async function catalogueOf(db: Querier, role: string | null): Promise<Catalogue> {
  const all = async (sql: string, ...values: readonly unknown[]) => (await db.query(sql, [...values])).rows
  const tables = [...appendOnly]
  const [who] = await all('select rolname, oid::text from pg_roles where rolname = coalesce($1, current_user)', role)
  return {
    role: who.rolname,
    triggers: await all(triggers, tables),
    shapes: Object.fromEntries((await all(shapesNow, tables)).map(({ table, shape }) => [table, shape])),
    detours: await all(detours, tables),
    privileges: (await all(privileges, tables, who.oid)).map(({ privilege }) => privilege),
    powers: (await all(powers, who.oid)).map(({ power }) => power),
    positions: (
      await all(`select (select max(position)::text from audit_entry) as highest,
        (select pg_sequence_last_value(s.objid)::text from pg_depend s join pg_class q on q.oid = s.objid and q.relkind = 'S'
          where s.classid = 'pg_class'::regclass and s.refobjid = to_regclass('public.audit_entry') and s.deptype = 'i' limit 1) as last`)
    )[0],
  }
}

const guarded = `pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public' and c.relname = any($1)`

const triggers = `
select c.relname as table, t.tgname as name, t.tgenabled as enabled, pg_get_triggerdef(t.oid) as definition, p.prosrc as body, l.lanname as language
  from ${guarded} join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang`

const shapesNow = `
select c.relname as table, concat_ws('; ',
    (select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end, case attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end), '; ' order by attnum)
       from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped),
    (select string_agg(replace(pg_get_constraintdef(k.oid), '"', ''), '; ' order by contype) from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u')),
    case when c.relkind <> 'r' or c.relpersistence <> 'p' then concat('kind ', c.relkind, c.relpersistence) end) as shape
  from ${guarded}`

const detours = `
select c.relname as table, 'a rule ' || r.rulename as name from ${guarded} join pg_rewrite r on r.ev_class = c.oid
union all select c.relname, 'row security' from ${guarded} where c.relrowsecurity
union all select c.relname, 'a table ' || i.inhrelid::regclass || ' under it' from ${guarded} join pg_inherits i on i.inhparent = c.oid`

const privileges = `
select lower(privilege) || ' ' || c.relname as privilege from ${guarded} cross join unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) as privilege
 where has_table_privilege($2::oid, c.oid, privilege) or privilege = 'UPDATE' and has_any_column_privilege($2::oid, c.oid, privilege)`

/** A superuser may do everything already: what else he may is not listed. */
const powers = `
select 'is ' || power as power from pg_roles r cross join lateral (values ('a superuser', rolsuper), ('a maker of roles', rolcreaterole), ('a maker of databases', rolcreatedb),
    ('above row security', rolbypassrls), ('a replica', rolreplication)) as held (power, holds) where r.oid = $1::oid and holds
union all select 'is in the role ' || pg_get_userbyid(roleid) from pg_auth_members where member = $1::oid
union all select 'owns ' || pg_describe_object(classid, objid, 0) from pg_shdepend
   where refclassid = 'pg_authid'::regclass and refobjid = $1::oid and deptype = 'o' and dbid in (0, (select oid from pg_database where datname = current_database()))
union all select 'may create in the schema public' where has_schema_privilege($1::oid, 'public', 'CREATE')`
